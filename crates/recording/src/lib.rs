//! Recordings of what an API answered, without what is private in it: a scrubber, and a folder of files that is written and read.
//!
//! It is a crate of its own because it knows nothing of the exporter or its client: it gets requests and answers as text, and
//! returns them. To judge the scrubber, read `scrub/` alone: [`Scrubber`] has one table of the fields whose
//! values are kept (`scrub/fields.rs`), and one walk over a body (`scrub/walk.rs`). Everything else is replaced.

#![cfg_attr(not(test), warn(clippy::arithmetic_side_effects))]

mod exchange;
mod folder;
mod scrub;

pub use self::exchange::{Answer, Exchange, Request};
pub use self::folder::{Answers, Entry, Files, Missing, OpenError, Summary, WriteError, prepare, write};
pub use self::scrub::{Kind, Scrubber, Tally, unknown_fields};
