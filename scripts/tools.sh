#!/usr/bin/env bash
# Installs what the tests run besides this program: Prometheus with promtool. On Debian and its kin by itself; elsewhere
# it says what is missing. Does nothing where everything is there.
set -euo pipefail
cd "$(dirname "$0")/.."

missing=()
command -v promtool > /dev/null && command -v prometheus > /dev/null || missing+=(prometheus)

if [ "${#missing[@]}" -gt 0 ]; then
  if ! command -v apt-get > /dev/null; then
    echo "tools: please install ${missing[*]} so that prometheus and promtool are on the PATH" >&2
    exit 1
  fi
  sudo=; [ "$(id -u)" = 0 ] || sudo=sudo
  $sudo apt-get update -qq
  # The package would start a server of its own; nobody here wants it to.
  DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 $sudo apt-get install -y -qq --no-install-recommends "${missing[@]}" > /dev/null
fi
