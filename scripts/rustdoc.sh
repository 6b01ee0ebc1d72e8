#!/bin/sh
# rustdoc for `cargo test --doc`: tests the examples of a crate and documents it, with private items and without warnings.
# Cargo passes the compiled dependencies; for `cargo doc` it would check all of them once more.
set -eu
rustdoc "$@"
test_only=
for argument; do
  shift
  if [ -n "$test_only" ]; then test_only=; continue; fi
  case $argument in
    --test) ;;
    --test-args | --test-run-directory) test_only=value ;;
    --test-*) ;;
    *) set -- "$@" "$argument" ;;
  esac
done
exec rustdoc "$@" --document-private-items --deny warnings --out-dir target/doc
