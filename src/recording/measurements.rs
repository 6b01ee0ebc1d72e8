//! How long answers took and how requests ended. What was requested and answered is in `recorder.rs`.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use recording::Request;
use runpod::{Api, Operation, Outcome};
use tokio::time::Instant;

/// The number of requests by API and operation, and by outcome.
pub(crate) type Outcomes = BTreeMap<(Api, Operation), BTreeMap<Outcome, usize>>;

/// What is measured of the requests of a client.
#[derive(Debug, Default)]
pub(super) struct Measurements {
    /// When the requests in flight were sent. Equal ones end in any order; of a canceled one, the end is never reported.
    sent: HashMap<Request, Vec<Instant>>,
    /// How long answers took.
    times: BTreeMap<Api, Vec<Duration>>,
    outcomes: Outcomes,
}

impl Measurements {
    pub(super) fn sent(&mut self, request: Request) {
        self.sent.entry(request).or_default().push(Instant::now());
    }

    /// A request without an answer says nothing about how fast answers are.
    pub(super) fn received(&mut self, api: Api, request: &Request, is_answered: bool) {
        let Some(starts) = self.sent.get_mut(request) else { return };
        let start = starts.pop();
        if starts.is_empty() {
            self.sent.remove(request);
        }
        if let Some(start) = start.filter(|_| is_answered) {
            self.times.entry(api).or_default().push(start.elapsed());
        }
    }

    pub(super) fn ended(&mut self, kind: (Api, Operation), outcome: Outcome) {
        let count = self.outcomes.entry(kind).or_default().entry(outcome).or_default();
        *count = count.saturating_add(1);
    }

    /// How long the answers of an API took.
    pub(super) fn times(&self, api: Api) -> Vec<Duration> {
        self.times.get(&api).cloned().unwrap_or_default()
    }

    /// How the requests of each kind ended.
    pub(super) const fn outcomes(&self) -> &Outcomes {
        &self.outcomes
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::advance;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn each_of_two_equal_requests_in_flight_has_a_time() {
        let mut measurements = Measurements::default();
        let request = Request::get("rest", "pods", "pods");
        measurements.sent(request.clone());
        advance(Duration::from_secs(1)).await;
        measurements.sent(request.clone());
        advance(Duration::from_secs(2)).await;
        for _ in 0..3 {
            measurements.received(Api::Rest, &request, true);
        }
        assert_eq!(measurements.times(Api::Rest), [2, 3].map(Duration::from_secs));
        assert!(measurements.times(Api::Jobs).is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn a_request_without_an_answer_has_no_time() {
        let mut measurements = Measurements::default();
        let request = Request::get("rest", "pods", "pods");
        measurements.sent(request.clone());
        measurements.received(Api::Rest, &request, false);
        measurements.received(Api::Rest, &request, true);
        assert!(measurements.times(Api::Rest).is_empty());
    }
}
