#!/usr/bin/env bash
# Fuzzes targets for some minutes each, one after the other: scripts/fuzz.sh MINUTES [TARGET…]. Each starts from its seeds, the recorded
# responses, and what earlier runs have kept in fuzz/corpus. An input that fails is written to fuzz/artifacts; when its cause is
# repaired, it belongs in fuzz/seeds, which a test runs.
set -euo pipefail
cd "$(dirname "$0")/.."

minutes=$1
shift
if ! cargo +nightly fuzz --version > /dev/null 2>&1; then
  echo "fuzz: cargo-fuzz is missing; run: rustup toolchain install nightly && cargo install cargo-fuzz" >&2
  exit 1
fi
mapfile -t all < <(sed -n '/\[\[bin\]\]/,$ s/^name = "\(.*\)"$/\1/p' fuzz/Cargo.toml)
[ "$#" -gt 0 ] || set -- "${all[@]}"

cp Cargo.lock fuzz/Cargo.lock # the same dependencies; Cargo adds those of the engine
for target in "$@"; do
  mkdir -p "fuzz/corpus/$target"
  # No sanitizer: there is no unsafe code to check, and it takes most of the time.
  nice cargo +nightly fuzz run --sanitizer none "$target" "fuzz/corpus/$target" "fuzz/seeds/$target" tests/fixtures -- \
    -max_total_time=$((minutes * 60)) -timeout=25 -rss_limit_mb=2048 -print_final_stats=1
done
