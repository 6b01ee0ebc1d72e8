#!/usr/bin/env bash
# Opens every dashboard in a headless Chromium: on a simulated account that the real exporter reads and a real Prometheus
# keeps, and on a Prometheus that knows nothing. Fails where a panel shows an error, or no data though the series are there.
# The pictures are left in target/dashboards.
#
# RUNPOD_EXPORTER names a built exporter. PROMETHEUS_PORT names a Prometheus with data, to take the pictures of that one alone,
# and FROM how far they look back.
set -euo pipefail
cd "$(dirname "$0")/.."

render=grafana/render
out=target/dashboards
exporter=${RUNPOD_EXPORTER:-target/debug/runpod-exporter}
seconds=90 # of life before the pictures are taken

if ! [ -x "${CHROMIUM:-$(command -v chromium || true)}" ] && command -v apt-get > /dev/null; then
  sudo=; [ "$(id -u)" = 0 ] || sudo=sudo
  $sudo apt-get update -qq
  DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core > /dev/null
fi
[ -d $render/node_modules/puppeteer-core ] || npm --prefix $render ci --legacy-peer-deps --no-audit --no-fund --silent
npm --prefix $render run --silent bundle
[ -n "${RUNPOD_EXPORTER:-}" ] || cargo build --locked

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
start() { "$@" > "$work/log.${#pids[@]}" 2>&1 & pids+=($!); }
ready() {
  for _ in $(seq 100); do
    curl -fsS "$1" > /dev/null 2>&1 && return
    sleep 0.2
  done
  tail "$work"/log.* >&2
  return 1
}

simulated=$(free_port) exported=$(free_port) full=$(free_port) empty=$(free_port)

# Bills are read every few seconds here, for they are what takes longest to show.
cat > "$work/exporter.yml" <<YAML
refresh:
  billing: 5s
accounts:
  - name: production
    api_key_env: SIMULATED_KEY
YAML
cat > "$work/full.yml" <<YAML
global: { scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s }
rule_files: [$PWD/prometheus/rules/*.yml]
scrape_configs:
  - job_name: runpod
    static_configs: [{ targets: ["127.0.0.1:$exported"] }]
YAML
echo 'global: { scrape_interval: 1s }' > "$work/empty.yml"

start "$exporter" simulate --listen-address "127.0.0.1:$simulated" --rest-quota 100000/1000000/10000000 \
  --webhook-url "http://127.0.0.1:$exported/webhooks/jobs/{endpoint_id}"
ready "http://127.0.0.1:$simulated/simulator/traffic"
runpod=http://127.0.0.1:$simulated
start env SIMULATED_KEY=any RUNPOD_GRAPHQL_URL="$runpod/graphql" RUNPOD_JOBS_URL="$runpod/v2" RUNPOD_REST_URL="$runpod/rest/v2" \
  "$exporter" --config.file="$work/exporter.yml" --web.listen-address="127.0.0.1:$exported"
ready "http://127.0.0.1:$exported/-/ready"
for name in full empty; do
  port=${!name}
  start prometheus --config.file="$work/$name.yml" --storage.tsdb.path="$work/$name" \
    --web.listen-address="127.0.0.1:$port"
  ready "http://127.0.0.1:$port/-/ready"
done

echo "rendering: no data"
node $render/run.mjs $out/empty "$empty" --from now-15m --empty grafana/dashboards/*.json
sleep "$seconds"
echo "rendering: live data"
node $render/run.mjs $out/live "$full" --from now-5m --scrape 1 grafana/dashboards/*.json
echo "rendering: one endpoint"
one=$(curl -fsS "http://127.0.0.1:$full/api/v1/label/endpoint_id/values" | node -pe 'JSON.parse(require("fs").readFileSync(0)).data[0]')
node $render/run.mjs $out/one "$full" --from now-5m --scrape 1 --var-endpoint "$one" grafana/dashboards/runpod-endpoint.json
