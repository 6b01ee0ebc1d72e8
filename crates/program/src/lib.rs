//! What the exporter and the simulator share as programs: their log, panics, tasks, signals, listeners, standard output, and what
//! they need of the system.
//!
//! Flags do not belong here: each program has its own.

pub mod exit;
pub mod listen;
pub mod log;
pub mod output;
pub mod panics;
pub mod resources;
pub mod signal;
pub mod task;
pub mod text;
