#!/usr/bin/env bash
# Renders every dashboard in headless Chromium: on a Prometheus with hours of simulated history, for all endpoints and pods, for one
# of each, as it opens, in the light theme and on a phone; and on an empty Prometheus. Fails if a panel shows an error, or no data
# although its series exist, or if a picture of one is that of all. Saves the pictures in target/dashboards.
#
# PROMETHEUS_PORT: port of a Prometheus with data; only its pictures are taken, and FROM is the start of their time range.
# HISTORY: directory of a history that was generated before.
# MANY: a number of endpoints, such as 500. Copies the history to as many, takes the pictures of the Overview and Endpoint dashboards,
#   and prints the time that each of their panels takes. Needs about 6 GB of disk for 500 endpoints, and some minutes.
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
node $render/run.mjs $out/empty "$port" --from now-6h --empty --expand grafana/dashboards/*.json

prometheus_on "$history"
boards=grafana/dashboards
range=(--from "$(history_value from)" --to "$(history_value to)" --scrape 60)
picture() { node $render/run.mjs "$out/$1" "$port" "${range[@]}" "${@:2}"; }
# The options that select each endpoint, or each pod.
each() { node -p "JSON.parse(require('fs').readFileSync('$history/history.json')).$1s.map((id) => '--var-$1=' + id).join(' ')"; }

echo "rendering: all endpoints and pods"
picture all --expand $boards/runpod-{overview,pods,workloads,cost,exporter}.json
# shellcheck disable=SC2046 # one option for each endpoint
picture all --expand $(each endpoint) $boards/runpod-endpoint.json
echo "rendering: one endpoint, one pod"
picture one --expand --var-endpoint "$(history_value endpoint)" --var-pod "$(history_value pod)" $boards/runpod-{overview,endpoint,pods,workloads}.json
for board in overview endpoint pods workloads; do
  if cmp -s "$out"/{all,one}/runpod-$board.png; then
    echo "runpod-$board: the picture of one is that of all" >&2
    exit 1
  fi
done
echo "rendering: as they open, in the light theme, 390 pixels wide"
picture opened --var-endpoint "$(history_value endpoint)" $boards/runpod-endpoint.json
picture opened $boards/runpod-{overview,pods,workloads,cost,exporter}.json
picture light --theme light $boards/*.json
picture narrow --width 390 $boards/*.json

[ -n "${MANY:-}" ] || exit 0
echo "copying the history to $MANY endpoints"
node $render/many.mjs "$port" "$(history_value from)" "$(history_value to)" "$MANY" > "$work/many.om"
promtool tsdb create-blocks-from openmetrics --quiet "$work/many.om" "$work/many"
rm "$work/many.om"
prometheus_on "$work/many"
echo "rendering: $MANY endpoints"
picture many $boards/runpod-{overview,endpoint}.json
node $render/cost.mjs "$port" "$out/many/runpod-overview.json" "$out/many/runpod-endpoint.json"
