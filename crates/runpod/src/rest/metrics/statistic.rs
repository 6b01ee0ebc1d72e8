//! What a value of Runpod's endpoint metrics can say: a statistic of a measure.

use strum::{IntoStaticStr, VariantArray};

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum Measure {
    /// The time that a job waits for a worker.
    Delay,
    /// The time that a worker spends on a job.
    Execution,
    /// The time that a worker needs to start.
    ColdStart,
}

/// A statistic of the values of one bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
#[expect(missing_docs, reason = "the names are the statistics")]
pub enum Statistic {
    P50,
    P70,
    P90,
    P95,
    P98,
    P99,
    Average,
    Maximum,
    Count,
}

/// A statistic of a measure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ReportedStatistic {
    /// What is measured.
    pub measure: Measure,
    /// The statistic.
    pub statistic: Statistic,
}

impl Measure {
    /// All measures.
    pub const ALL: &'static [Self] = Self::VARIANTS;

    /// The name in snake case, for messages.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

impl Statistic {
    /// All statistics.
    pub const ALL: &'static [Self] = Self::VARIANTS;

    /// The name in snake case, for messages.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// Whether it is a percentile.
    pub fn is_percentile(self) -> bool {
        !matches!(self, Self::Average | Self::Maximum | Self::Count)
    }

    /// The statistic of a percentile, if it is one of those that are read.
    pub(super) fn percentile(number: &str) -> Option<Self> {
        Some(match number {
            "50" => Self::P50,
            "70" => Self::P70,
            "90" => Self::P90,
            "95" => Self::P95,
            "98" => Self::P98,
            "99" => Self::P99,
            _ => return None,
        })
    }
}

impl ReportedStatistic {
    /// Whether it is a percentile of a time that a job takes.
    pub fn is_job_percentile(self) -> bool {
        self.statistic.is_percentile() && self.measure != Measure::ColdStart
    }
}
