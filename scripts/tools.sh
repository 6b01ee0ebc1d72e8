#!/usr/bin/env bash
# Installs the tools that the tests need: Prometheus with promtool, Alertmanager with amtool, VictoriaMetrics, Chromium, hitch (the TLS
# server of the sweep in benches), iproute2 (for networks of their own), and Python packages in a virtual environment under .tools.
# Installs packages on Debian and derivatives; on other systems it lists what is missing. Does nothing if everything is installed.
set -euo pipefail
cd "$(dirname "$0")/.."

missing=()
command -v promtool > /dev/null && command -v prometheus > /dev/null || missing+=(prometheus)
command -v amtool > /dev/null && command -v prometheus-alertmanager alertmanager > /dev/null || missing+=(prometheus-alertmanager)
command -v victoria-metrics > /dev/null || missing+=(victoria-metrics)
[ -n "${CHROMIUM:-}" ] || command -v chromium chromium-browser google-chrome > /dev/null || missing+=(chromium fonts-dejavu-core)
command -v hitch > /dev/null || [ -x /usr/sbin/hitch ] || missing+=(hitch openssl)
[ "$(uname)" != Linux ] || command -v systemd-analyze > /dev/null || missing+=(systemd)
[ "$(uname)" != Linux ] || command -v ip > /dev/null || missing+=(iproute2)
python3 -c 'import ensurepip' 2> /dev/null || missing+=(python3-venv)

if [ "${#missing[@]}" -gt 0 ]; then
  if ! command -v apt-get > /dev/null; then
    echo "tools: missing ${missing[*]}; install prometheus, promtool, alertmanager, amtool, victoria-metrics, chromium, hitch, openssl and python3 with venv so that they are on the PATH" >&2
    exit 1
  fi
  sudo=; [ "$(id -u)" = 0 ] || sudo=sudo
  $sudo apt-get update -qq
  # RUNLEVEL=1 keeps the packages from starting their servers.
  DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 $sudo apt-get install -y -qq --no-install-recommends "${missing[@]}" > /dev/null
fi

# The copy is written last, so that an interrupted installation is repeated.
venv=.tools/venv requirements=tests/sdk/requirements.txt
if ! cmp -s "$requirements" "$venv/requirements.txt"; then
  python3 -m venv --clear "$venv"
  "$venv/bin/pip" install --quiet --disable-pip-version-check --no-deps -r "$requirements"
  cp "$requirements" "$venv/requirements.txt"
fi
