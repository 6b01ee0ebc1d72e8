#!/usr/bin/env bash
# The compiler of `make build`: Clippy, for the crates of the workspace. With LINT_ONLY, it generates no code; that is for what is
# compiled to be checked and never run. Cargo compiles again what has no output, so an empty file takes its place. Bash, because other
# shells drop CARGO_BIN_EXE_runpod-exporter, whose name has a hyphen.
set -eu
case ${LINT_ONLY:-}:$* in
  :* | *' build_script_'*) exec clippy-driver "$@" ;; # build scripts run
esac

crate='' kind=bin directory='' suffix='' previous=''
for argument; do
  shift
  case $argument in
    --emit=*link*) set -- "$@" --emit=dep-info,metadata ;;
    *) set -- "$@" "$argument" ;;
  esac
  case $previous in
    --crate-name) crate=$argument ;;
    --crate-type) kind=$argument ;;
    --out-dir) directory=$argument ;;
    -C) case $argument in extra-filename=*) suffix=${argument#extra-filename=} ;; esac ;;
  esac
  previous=$argument
done
clippy-driver "$@"
case $directory:$kind in
  :*) ;; # a question of Cargo, not a crate
  *:lib) : > "$directory/lib$crate$suffix.rlib" ;;
  *) : > "$directory/$crate$suffix" ;;
esac
