#!/usr/bin/env bash
# Runs every stage of `make test` and ends with one line per stage. Stages that run little of this machine's processors run
# beside the Rust tests, which mostly wait.
set -uo pipefail
cd "$(dirname "$0")/.."

logs=target/stages
mkdir -p "$logs"
summary=() failed=0

# Runs a stage in the foreground, with its output.
stage() {
  local name=$1 start=$SECONDS
  echo "== $name"
  if make --no-print-directory "$name"; then report "$name" ok $((SECONDS - start)); else report "$name" FAILED $((SECONDS - start)); fi
}

# Starts stages in the background, one after the other; their output is kept until they have ended.
start() {
  (
    for name in "$@"; do
      begin=$SECONDS
      make --no-print-directory "$name" > "$logs/$name.log" 2>&1
      echo "$? $((SECONDS - begin))" > "$logs/$name.result"
    done
  ) &
  pids+=($!)
  background+=("$@")
}

report() {
  summary+=("$(printf '%-18s %-7s %4d s' "$1" "$2" "$3")")
  [ "$2" = ok ] || failed=1
}

stage tools
stage fmt
stage build
background=() pids=()
if [ "$failed" = 0 ]; then
  export RUNPOD_EXPORTER=$PWD/target/debug/runpod-exporter
  start check-workflows
  start check-dashboards check-rules check-deploy # one after the other: the first two need the compiled TypeScript
  start doc
  if [ "$(uname)" = Linux ]; then start bench-short; fi # reads /proc
  start check-page
  start check-clients # mostly waits
  stage unit
  wait "${pids[@]}"
  for name in "${background[@]}"; do
    read -r code seconds < "$logs/$name.result"
    echo "== $name"
    cat "$logs/$name.log"
    if [ "$code" = 0 ]; then report "$name" ok "$seconds"; else report "$name" FAILED "$seconds"; fi
  done
fi

echo
printf '%s\n' "${summary[@]}"
if [ "$failed" = 0 ]; then
  echo "all passed"
else
  echo "failed: the stages above that say FAILED; run one alone with: make STAGE"
  exit 1
fi
