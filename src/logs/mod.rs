//! Log lines of workers and pods: following streams, resuming them after a disconnect, detecting levels, merging several
//! streams into one, and sending lines to Loki.
//!
//! How lines are requested from Runpod does not belong here: see `logs/` in the client. Counters of lines are in
//! `instruments/`.

mod collect;
mod continuation;
mod cursor;
mod endpoint;
mod errors;
mod job_api;
mod level;
mod line;
mod loki;
mod merge;
mod options;
mod print;
mod reader;
mod state;
mod stream;
mod target;

pub use collect::{LineSink, LogOrigin, collect};
pub(crate) use collect::{WatchedAccount, WatchedEndpoint};
pub use cursor::Cursor;
pub use errors::ErrorLine;
pub(crate) use errors::RecentErrors;
pub use level::Level;
pub use line::{Line, Stream};
pub(crate) use loki::LokiError;
pub use loki::{DropCounter, LokiOptions, LokiTarget, to_loki};
pub(crate) use merge::Merger;
pub use options::FollowOptions;
pub(crate) use print::Printer;
pub use reader::{LinesRead, LogReader, LogReaderError};
pub(crate) use state::StreamStates;
pub(crate) use stream::StreamEnd;
pub use stream::StreamFollower;
pub use target::Target;
pub(crate) use target::{TargetError, TargetKind};
