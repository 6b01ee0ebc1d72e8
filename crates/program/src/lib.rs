//! What the exporter and the simulator share as programs: their log, panics, tasks, signals, listeners and standard output.
//!
//! Flags do not belong here: each program has its own.

pub mod exit;
pub mod listen;
pub mod log;
pub mod output;
pub mod panics;
pub mod signal;
pub mod task;
pub mod text;
