//! Admission of gatherings, and what is known of an account whose gathering did not end in time.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use runpod::{Reason, RequestError};
use tokio::time::Instant;

use super::gatherer::Gatherer;
use crate::settings::{Collector, Collectors};
use crate::snapshot::{AccountSnapshot, CollectorReport};

impl Gatherer {
    /// Waits until the account has a place for this gathering, and gathers. Both end at the deadline.
    pub(crate) async fn gather_in_turn(
        &self,
        wanted: Option<&Collectors>,
        deadline: Instant,
    ) -> AccountSnapshot {
        let started = Instant::now();
        match self.places.take(deadline).await {
            Some(_place) => Box::pin(self.gather(wanted, deadline)).await,
            None => self.late(wanted, started.elapsed()),
        }
    }

    /// The account after a gathering that did not end in time.
    pub(crate) fn late(&self, wanted: Option<&Collectors>, duration: Duration) -> AccountSnapshot {
        self.unanswered(wanted, &Reason::Timeout { after: duration }, duration)
    }

    /// The account after a gathering that panicked.
    pub(crate) fn panicked(&self, wanted: Option<&Collectors>, duration: Duration) -> AccountSnapshot {
        self.unanswered(wanted, &Reason::Panicked, duration)
    }

    /// The account without any value: every collector has failed for this reason.
    fn unanswered(
        &self,
        wanted: Option<&Collectors>,
        reason: &Reason,
        duration: Duration,
    ) -> AccountSnapshot {
        let (on, now) = (self.enabled(wanted), self.clock.now());
        let report = |collector: Collector| {
            let (api, operation) = collector.row().primary;
            let error = RequestError { api, operation, peer: self.runpod.peer(api), reason: reason.clone() };
            CollectorReport {
                collector,
                parts: [error.outcome()].into_iter().collect(),
                error: Some(error),
                answered: false,
                duration,
                last_success: self.memory().last_success(collector, false, now),
                source: None,
            }
        };
        // The logs are followed outside of scrapes.
        let reporting =
            Collector::ALL.iter().filter(|collector| on.has(**collector) && **collector != Collector::Logs);
        let reports: Vec<_> = reporting.copied().map(report).collect();
        AccountSnapshot {
            thresholds: Arc::clone(&self.reading.thresholds),
            apis: self.apis(&on, &reports, &BTreeMap::new()),
            quota: self.runpod.rest().quota(),
            servers: self.runpod.server_limits(),
            collectors: reports,
            ..AccountSnapshot::empty(Arc::clone(&self.name), now)
        }
    }

    /// The enabled collectors, or those of them that are wanted.
    pub(super) fn enabled(&self, wanted: Option<&Collectors>) -> Collectors {
        let on = &self.reading.collectors;
        wanted.map_or_else(|| on.clone(), |wanted| on.and(wanted))
    }
}
