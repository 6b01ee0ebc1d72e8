//! A recording as a folder: an index, and one folder for each API with the bodies of its answers as files that are easy to read.

mod answers;
mod check;
mod files;
mod index;
mod write;

pub use self::answers::{Answers, Missing, OpenError};
pub use self::files::{Files, WriteError, prepare};
pub use self::index::{Entry, Summary};
pub use self::write::write;
