//! Amounts billed so far in the current UTC day and month. Runpod adds them to its bills minutes to hours late.
//!
//! Which endpoint, pod or volume an amount belongs to does not belong here; that is in `gather/money.rs`.

mod amount;
mod resource;
mod sums;

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

pub(crate) use sums::Sums;

use super::merge::mergeable;
use super::unit::Dollars;

mergeable! {
    /// The amounts of the current day and month so far.
    #[derive(Debug, Clone, Copy, Default, PartialEq)]
    pub struct Billed {
        /// In the UTC day.
        pub day: Option<Dollars>,
        /// In the UTC month.
        pub month: Option<Dollars>,
    }
}

/// The bill of the account.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Bill {
    /// By type of resource: `pod_gpu`, `serverless_fee`, …
    pub resources: BTreeMap<Arc<str>, Billed>,
    /// By cluster id.
    pub clusters: BTreeMap<Arc<str>, Billed>,
}

/// The UTC day of a point in time.
pub(crate) fn day(at: Timestamp) -> Date {
    at.to_zoned(TimeZone::UTC).date()
}

/// The start of the month of a point in time, as a parameter of the API.
pub(crate) fn month_start(at: Timestamp) -> String {
    format!("{}T00:00:00Z", day(at).first_of_month())
}
