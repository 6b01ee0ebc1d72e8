//! The latencies that Runpod computed for one endpoint, from one or both of their sources.

use jiff::Timestamp;
use runpod::{Api, MetricsBucket, wire};

use crate::snapshot::endpoint::{reported, reported_by_rest};
use crate::snapshot::{Merge as _, Reported};

/// What the sources returned for one endpoint.
#[derive(Debug, Clone, Default)]
pub(super) struct Latencies {
    pub(super) jobs: Option<wire::RequestMetrics>,
    pub(super) rest: Vec<MetricsBucket>,
}

impl Latencies {
    /// The API that most of it is from.
    pub(super) fn api(&self) -> Api {
        if self.jobs.is_some() { Api::Jobs } else { Api::Rest }
    }

    /// The latencies, as far as they describe the present.
    pub(super) fn reported(self, now: Timestamp) -> Reported {
        let Self { jobs, rest } = self;
        let jobs = jobs.map(|jobs| reported(jobs, now)).unwrap_or_default();
        rest.into_iter().fold(jobs, |known, bucket| known.or(reported_by_rest(bucket, now)))
    }
}
