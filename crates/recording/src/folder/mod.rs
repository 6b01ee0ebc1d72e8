//! A recording as a folder: an index, and one folder for each API with the bodies of its answers as files that are easy to read.
//!
//! What is private in them is replaced before, in `scrub/`.

mod check;
mod files;
mod index;
mod recording;
mod write;

pub use self::files::{Files, WriteError, prepare};
pub use self::index::{Entry, Summary};
pub use self::recording::{Missing, OpenError, Recording};
pub use self::write::write;
