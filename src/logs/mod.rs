//! Log lines of workers and pods: following streams, resuming them after a disconnect, detecting levels, merging several
//! streams into one, and sending lines to Loki.
//!
//! How lines are requested from Runpod does not belong here: see `logs/` in the client. Counters of lines are in
//! `instruments/`.

mod collect;
mod cursor;
mod endpoint;
mod job_api;
mod level;
mod line;
mod loki;
mod merge;
mod options;
mod print;
mod reader;
mod stream;
mod target;

pub use collect::{LineSink, LogOrigin, WatchedAccount, WatchedEndpoint, collect};
pub use cursor::Cursor;
pub use endpoint::{EndpointEnd, EndpointFollower};
pub use level::{Level, LevelError};
pub use line::{Line, Stream, StreamError};
pub use loki::{DropCounter, LokiError, LokiOptions, LokiPusher, LokiSink, LokiTarget, to_loki};
pub use merge::Merger;
pub use options::FollowOptions;
pub use print::Printer;
pub use reader::{LogReader, LogReaderError};
pub use stream::{StreamEnd, StreamFollower};
pub use target::{Target, TargetError, TargetKind};
