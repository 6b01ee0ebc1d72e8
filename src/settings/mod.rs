//! The values that a configuration comes to: collectors, filters, thresholds, intervals.
//!
//! Where they are written (flags, environment, files) does not belong here: see `cli/` and `config/`.

mod collector;
mod collectors;
mod filter;
mod mode;
mod reading;
mod refresh;
mod threshold;

pub(crate) use self::collector::Row;
pub use self::collector::{Collector, UnknownCollector, sources};
pub use self::collectors::Collectors;
pub use self::filter::Filter;
pub use self::mode::Mode;
pub use self::reading::Reading;
pub use self::refresh::Refresh;
pub use self::threshold::{LevelOverrides, Levels, Signal, Thresholds};
