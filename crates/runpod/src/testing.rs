//! Inner parts that fuzz targets use. This is not a public API.

pub use crate::logs::read_events as events;
