//! Streams of lines: who writes them, their level, where a stream stopped and how it goes on, and how several become one.
//!
//! How lines are fetched does not belong here: see `runpod/logs/`. What is counted of them is in `instruments/`.

mod collect;
mod cursor;
mod fleet;
mod follow;
mod level;
mod line;
mod loki;
mod merge;
mod older;
mod print;
mod show;
mod target;

pub use collect::{Origin, Sink, Watch, Watched, collect};
pub use cursor::Cursor;
pub use fleet::{Fleet, FleetEnd};
pub use follow::{End, Following, Pace};
pub use level::{Level, LevelError};
pub use line::{Line, SourceError, Stream};
pub use loki::{Drops, LokiError, LokiPace, LokiTarget, Pusher, ToLoki, to_loki};
pub use merge::Merge;
pub use print::Printer;
pub use show::{Show, ShowError};
pub use target::{Kind, Target, TargetError};
