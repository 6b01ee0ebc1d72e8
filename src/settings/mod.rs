//! The settings of the exporter: collectors, filters, thresholds, intervals.
//!
//! Where they come from (flags, environment, files) does not belong here: see `cli/` and `config/`.

mod collector;
mod collectors;
mod filter;
mod invalid;
mod mode;
mod reading;
mod refresh;
mod shard;
mod slo;
mod threshold;

pub(crate) use self::collector::Row;
pub use self::collector::{Collector, sources};
pub use self::collectors::Collectors;
pub use self::filter::Filter;
pub(crate) use self::invalid::Invalid;
pub use self::mode::Mode;
pub use self::reading::Reading;
pub use self::refresh::Refresh;
pub use self::shard::Shard;

pub use self::slo::{LatencyObjective, Slo, Slos};
pub use self::threshold::{LevelOverrides, Levels, Signal, Thresholds};
