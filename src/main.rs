//! The `runpod-exporter` command.

fn main() {}
