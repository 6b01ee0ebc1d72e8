//! The request quota of the REST API: its limits, and the meter that counts requests against them.

pub use self::limits::{Quota, QuotaError};
pub(crate) use self::meter::{Meter, Ticket};

mod limits;
mod meter;
