#!/usr/bin/env bash
# Renders every dashboard in headless Chromium: on a Prometheus with hours of simulated history, for all endpoints and pods and for
# one of each, and on an empty Prometheus. Fails if a panel shows an error, or no data although its series exist. Saves the pictures
# in target/dashboards.
#
# PROMETHEUS_PORT: port of a Prometheus with data; only its pictures are taken, and FROM is the start of their time range.
# HISTORY: directory of a history that was generated before.
set -euo pipefail
cd "$(dirname "$0")/.."

render=grafana/render
out=target/dashboards

scripts/tools.sh
[ -d $render/node_modules/puppeteer-core ] || npm --prefix $render ci --legacy-peer-deps --no-audit --no-fund --silent
npm --prefix $render run --silent bundle

if [ -n "${PROMETHEUS_PORT:-}" ]; then
  exec node $render/run.mjs $out/live "$PROMETHEUS_PORT" --from "${FROM:-now-1h}" grafana/dashboards/*.json
fi

work=$(mktemp -d)
pids=()
finish() {
  [ "${#pids[@]}" = 0 ] || kill "${pids[@]}" 2> /dev/null || true
  wait
  rm -rf "$work"
}
trap finish EXIT

free_port() {
  node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close(); })'
}
# Starts a Prometheus without scrape jobs on the data in a directory. Sets `port`.
prometheus_on() {
  port=$(free_port)
  prometheus --config.file=/dev/null --storage.tsdb.path="$1" --storage.tsdb.retention.time=100y \
    --web.listen-address="127.0.0.1:$port" > "$work/log.${#pids[@]}" 2>&1 & pids+=($!)
  for _ in $(seq 100); do
    curl -fsS "http://127.0.0.1:$port/-/ready" > /dev/null 2>&1 && return
    sleep 0.2
  done
  tail "$work"/log.* >&2
  return 1
}
history_value() { node -p "JSON.parse(require('fs').readFileSync('$history/history.json')).$1"; }

history=${HISTORY:-$work/history}
if ! [ -f "$history/history.json" ]; then
  echo "generating a history"
  mkdir -p "$history"
  KEEP_HISTORY=$history cargo test --locked --quiet --test it hours_of_history
fi

prometheus_on "$work/empty"
echo "rendering: no data"
node $render/run.mjs $out/empty "$port" --from now-6h --empty grafana/dashboards/*.json

prometheus_on "$history"
picture() { node $render/run.mjs "$out/$1" "$port" --from "$(history_value from)" --to "$(history_value to)" --scrape 60 "${@:2}"; }
echo "rendering: all endpoints and pods"
picture all grafana/dashboards/*.json
echo "rendering: one endpoint, one pod"
picture one --var-endpoint "$(history_value endpoint)" --var-pod "$(history_value pod)" grafana/dashboards/runpod-{overview,endpoint,pods}.json
