#!/usr/bin/env bash
# Installs what the tests run besides this program: Prometheus with promtool, Alertmanager with amtool, Chromium, and Runpod's Python SDK
# in a virtual environment under .tools. On Debian and its kin by itself; elsewhere it says what is missing. Does nothing where
# everything is there.
set -euo pipefail
cd "$(dirname "$0")/.."

missing=()
command -v promtool > /dev/null && command -v prometheus > /dev/null || missing+=(prometheus)
command -v amtool > /dev/null && command -v prometheus-alertmanager alertmanager > /dev/null || missing+=(prometheus-alertmanager)
[ -n "${CHROMIUM:-}" ] || command -v chromium chromium-browser google-chrome > /dev/null || missing+=(chromium fonts-dejavu-core)
python3 -c 'import ensurepip' 2> /dev/null || missing+=(python3-venv)

if [ "${#missing[@]}" -gt 0 ]; then
  if ! command -v apt-get > /dev/null; then
    echo "tools: please install ${missing[*]} so that prometheus, promtool, alertmanager, amtool, chromium and python3 with venv are on the PATH" >&2
    exit 1
  fi
  sudo=; [ "$(id -u)" = 0 ] || sudo=sudo
  $sudo apt-get update -qq
  # The package would start a server of its own; nobody here wants it to.
  DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 $sudo apt-get install -y -qq --no-install-recommends "${missing[@]}" > /dev/null
fi

# The copy is written last: an environment that was interrupted is made anew.
venv=.tools/venv requirements=tests/sdk/requirements.txt
if ! cmp -s "$requirements" "$venv/requirements.txt"; then
  python3 -m venv --clear "$venv"
  "$venv/bin/pip" install --quiet --disable-pip-version-check --no-deps -r "$requirements"
  cp "$requirements" "$venv/requirements.txt"
fi
