//! Faults of the machine: what an operator sees when a disk is full, a limit is too low, the clock jumps, or the network is cut.
//!
//! Some of them need namespaces of Linux. Where the system does not allow them, the test writes so to standard error.

mod clock;
#[cfg(unix)]
mod limits;
#[cfg(target_os = "linux")]
mod network;
#[cfg(target_os = "linux")]
mod sandbox;
