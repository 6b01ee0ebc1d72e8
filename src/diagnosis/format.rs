//! Numbers in messages, as everywhere else.

pub(super) use crate::format::{
    between, count, dollars, dollars_per_hour, duration as time, items, number, percent, seconds,
};
