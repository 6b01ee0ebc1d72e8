#!/usr/bin/env bash
# Builds the files of a release in target/dist: an archive with the program, the Debian package, the rpm, the Helm chart and their
# checksums. Two builds of one commit with one compiler have the same bytes, in whatever folders they run.
#
#   scripts/dist.sh         builds what the installed tools can build
#   scripts/dist.sh --all   fails if a tool is missing
#
# TARGET is a Rust target that this machine can run, for example x86_64-unknown-linux-musl; without it, the machine's own.
# SOURCE_DATE_EPOCH and RUNPOD_EXPORTER_REVISION are those of the commit, and must be set where there is no git.
set -euo pipefail
cd "$(dirname "$0")/.."
export LC_ALL=C TZ=UTC
umask 022

all=${1:-}
root=$PWD package=target/package dist=target/dist
export CARGO_TARGET_DIR=$root/target
cargo_home=${CARGO_HOME:-$HOME/.cargo}
id=$(cargo pkgid --locked --package runpod-exporter)
version=${id##*[#@]}
: "${SOURCE_DATE_EPOCH:=$(git log -1 --format=%ct)}"
: "${RUNPOD_EXPORTER_REVISION:=$(git rev-parse --short=12 HEAD)}"
export SOURCE_DATE_EPOCH RUNPOD_EXPORTER_REVISION
[ -z "$(git status --porcelain 2> /dev/null)" ] || echo "dist: the checkout has changes that are not committed" >&2

# Whether a tool is there; with --all it must be.
has() {
  command -v "$1" > /dev/null && return
  echo "dist: no $1, so no $2" >&2
  [ "$all" != --all ] || exit 1
  return 1
}

# An archive that depends only on its files: sorted, of one owner and one time, with permissions of its own.
archive() { # FILE FOLDER NAME: NAME is below FOLDER
  tar --create --format=gnu --sort=name --owner=0 --group=0 --numeric-owner --mode=u=rwX,go=rX \
    --mtime="@$SOURCE_DATE_EPOCH" --directory "$2" "$3" | gzip -9n > "$1"
}

# Messages of panics and C sources name the files that they were built from; the folders of this machine do not belong there.
separator=$'\x1f'
flags="--remap-path-prefix=$cargo_home=/usr/src/cargo${separator}--remap-path-prefix=$root=/usr/src/runpod-exporter"
export CARGO_ENCODED_RUSTFLAGS="${CARGO_ENCODED_RUSTFLAGS:+$CARGO_ENCODED_RUSTFLAGS$separator}$flags"
export CFLAGS="${CFLAGS:-} -ffile-prefix-map=$cargo_home=/usr/src/cargo -ffile-prefix-map=$root=/usr/src/runpod-exporter"
export CARGO_INCREMENTAL=0
cargo build --release --locked --bin runpod-exporter ${TARGET:+--target "$TARGET"}
binary=target/${TARGET:+$TARGET/}release/runpod-exporter

rm -rf "$package" "$dist"
mkdir -p "$package/completions" "$dist"
run() { env -i COLUMNS=100 "$binary" "$@"; }
run man --dir "$package/man"
run completions bash > "$package/completions/runpod-exporter.bash"
run completions zsh > "$package/completions/_runpod-exporter"
run completions fish > "$package/completions/runpod-exporter.fish"
run config init > "$package/runpod-exporter.yml"
cp CHANGELOG.md "$package/changelog"
# The licenses of most crates demand that their text comes with the program.
if has cargo-about "license texts of the crates"; then
  cargo about generate --frozen --fail --config deploy/licenses/about.toml deploy/licenses/about.hbs > "$package/third-party-licenses.txt"
else
  echo "Built without cargo-about, which collects the licenses of the crates: do not distribute this package." > "$package/third-party-licenses.txt"
fi
maintainer=$(sed -n 's/^maintainer = "\(.*\)"$/\1/p' Cargo.toml)
printf 'runpod-exporter (%s-1) unstable; urgency=medium\n\n  * Release %s: see changelog.gz.\n\n -- %s  %s\n' \
  "$version" "$version" "$maintainer" "$(date --utc --date="@$SOURCE_DATE_EPOCH" --rfc-email)" > "$package/changelog.Debian"

case ${TARGET:-$(uname -m)} in
  x86_64*) architecture=amd64 ;;
  aarch64*) architecture=arm64 ;;
  *) architecture=${TARGET:-$(uname -m)} ;;
esac
name=runpod-exporter-$version.linux-$architecture
content=$package/archive/$name
mkdir -p "$content/systemd"
install -m 755 "$binary" "$content/"
cp LICENSE README.md CHANGELOG.md SECURITY.md "$package/runpod-exporter.yml" "$package/third-party-licenses.txt" "$content/"
cp -r "$package/man" "$package/completions" "$content/"
cp deploy/systemd/* deploy/rpm/runpod-exporter.sysusers "$content/systemd/"
archive "$dist/$name.tar.gz" "$package/archive" "$name"

if has cargo-deb "Debian package"; then
  cargo deb --locked --no-build --no-strip --no-dbgsym ${TARGET:+--target "$TARGET"} --output "$dist/"
fi
if has cargo-generate-rpm rpm; then
  cargo generate-rpm --source-date "$SOURCE_DATE_EPOCH" ${TARGET:+--target "$TARGET"} --output "$dist/"
fi
PATH=$PATH:$root/scripts/deploy/node_modules/.tools/helm
if has helm chart; then
  # Helm writes the times of the files of the checkout into its archive, so it is packed again.
  helm package --destination "$package" deploy/helm/runpod-exporter > /dev/null 2>&1
  mkdir "$package/chart"
  tar --extract --directory "$package/chart" --file "$package/runpod-exporter-$version.tgz"
  archive "$dist/runpod-exporter-chart-$version.tgz" "$package/chart" runpod-exporter
fi

(cd "$dist" && sha256sum -- * > "$root/$package/SHA256SUMS" && mv "$root/$package/SHA256SUMS" .)
cat "$dist/SHA256SUMS"
