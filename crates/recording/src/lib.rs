//! Recordings of what an API answered, without what is private in it: a scrubber, and a folder of files that is written and read.
//!
//! It does not depend on the client or the exporter: it gets requests and answers as text, and returns them. Its tables are Runpod's
//! fields. To judge the scrubber, read `scrub/` alone: [`Scrubber`] has one table of the fields whose values are kept
//! (`scrub/fields.rs`), and one walk over a body (`scrub/walk.rs`). Everything else is replaced.
//!
//! What is requested for a recording, and what answers from one in place of Runpod, is in `src/recording` and `src/command/record`
//! of the exporter.

#![cfg_attr(not(test), warn(clippy::arithmetic_side_effects))]

mod exchange;
mod folder;
mod scrub;

pub use self::exchange::{Answer, Exchange, Request};
pub use self::folder::{Entry, Files, Missing, OpenError, Recording, Summary, WriteError, prepare, write};
pub use self::scrub::{Kind, Scrubber, Tally, unknown_fields};
