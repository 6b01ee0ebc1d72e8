//! Numbers in messages, as everywhere else.

pub(super) use crate::format::{count, dollars, dollars_per_hour, duration as time, items, percent, seconds};
