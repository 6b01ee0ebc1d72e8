#!/usr/bin/env bash
# Runs every stage of `make test` and ends with one line per stage. After the build, all stages run side by side: tests that wait for
# timers first, and what only computes with a low priority, so that it takes the time in which the tests wait.
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

# Starts stages in the background, one after the other, with this niceness; their output is kept until they have ended.
start() {
  local niceness=$1
  shift
  (
    for name in "$@"; do
      begin=$SECONDS
      nice -n "$niceness" make --no-print-directory "$name" > "$logs/$name.log" 2>&1
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

# Waits for all stages in the background, and prints their output.
finish() {
  local name code seconds
  wait "${pids[@]}"
  for name in "${background[@]}"; do
    read -r code seconds < "$logs/$name.result"
    echo "== $name"
    cat "$logs/$name.log"
    if [ "$code" = 0 ]; then report "$name" ok "$seconds"; else report "$name" FAILED "$seconds"; fi
  done
}

background=() pids=()
start 10 check-workflows packages # need Node alone: they arrive while Rust compiles
stage tools
stage fmt
stage build
if [ "$failed" = 0 ]; then
  export RUNPOD_EXPORTER=$PWD/target/debug/runpod-exporter
  start 5 end-to-end # most of it waits
  start 5 check-page check-clients # the second waits
  start 10 doc memory
  if [ "$(uname)" = Linux ]; then start 5 bench-short; fi # reads /proc
  wait "${pids[0]}" # the next stages use the packages
  start 10 check-dashboards check-rules check-deploy
  stage unit
fi
finish

echo
printf '%s\n' "${summary[@]}"
if [ "$failed" = 0 ]; then
  echo "all passed"
else
  echo "failed: the stages above that say FAILED; run one alone with: make STAGE"
  exit 1
fi
