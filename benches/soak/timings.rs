//! The response times of requests.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::Instant;

use crate::account::Outcome;

/// Response times from the moment at which a request was due, so that a late one counts as slow, and the errors.
#[derive(Debug, Default)]
pub(crate) struct Timings {
    times: Vec<Duration>,
    pub(crate) errors: Vec<String>,
}

impl Timings {
    pub(crate) fn record(&mut self, due: Instant, result: Outcome<()>) {
        self.times.push(due.elapsed());
        self.errors.extend(result.err().map(|error| error.to_string()));
    }

    #[must_use]
    pub(crate) fn with(mut self, other: Self) -> Self {
        self.times.extend(other.times);
        self.errors.extend(other.errors);
        self
    }

    pub(crate) fn count(&self) -> u64 {
        u64::try_from(self.times.len()).unwrap_or(u64::MAX)
    }

    pub(crate) fn json(&self) -> Value {
        let mut times = self.times.clone();
        times.sort_unstable();
        let at = |share: usize| {
            let time = times.get((times.len() * share / 1000).min(times.len().saturating_sub(1)));
            time.copied().unwrap_or_default().as_secs_f64()
        };
        json!({"count": self.count(), "errors": self.errors.len(), "median": at(500), "p99": at(990), "p999": at(999), "max": at(1000)})
    }
}
