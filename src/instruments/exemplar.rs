//! Examples of the observations of a histogram, each with the trace of its job.

use std::time::Duration;

use crate::jobs::Trace;
use crate::snapshot::UnixTime;

/// An observation with its trace.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Exemplar {
    /// The trace.
    pub(crate) trace: Trace,
    /// The observation.
    pub(crate) value: Duration,
    /// When it was reported.
    pub(crate) time: UnixTime,
}
