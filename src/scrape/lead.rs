//! How long before the deadline of a scrape its requests have to end, so that there is time for what follows: the responses of
//! thousands of endpoints are put together, diagnosed and encoded in up to a second on a busy machine, and a response that arrives after
//! Prometheus's timeout is not a response.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use clock::after;
use parking_lot::Mutex;
use tokio::time::Instant;

use super::Scope;

/// The factor on the time that the last scrape took for it: the machine may be busier.
const MARGIN: u32 = 2;

/// The time that the last scrape with all collectors took after its requests, by its only account, if it had one.
#[derive(Debug, Default)]
pub(super) struct Leads(Mutex<HashMap<Option<Arc<str>>, Lead>>);

#[derive(Debug, Clone, Copy, Default)]
struct Lead {
    gathered: Duration,
    diagnosed: Duration,
    encoded: Duration,
}

impl Leads {
    /// When the requests of a scrape with this deadline have to end, so that the response is there by `limit`. At least half of the
    /// time until the deadline is for them.
    pub(super) fn end_of_requests(
        &self,
        scope: &Scope,
        now: Instant,
        deadline: Instant,
        limit: Instant,
    ) -> Instant {
        let Lead { gathered, diagnosed, encoded } =
            self.0.lock().get(&scope.account).copied().unwrap_or_default();
        let lead = gathered.saturating_add(diagnosed).saturating_add(encoded).saturating_mul(MARGIN);
        let half = after(now, deadline.saturating_duration_since(now) / 2);
        limit.checked_sub(lead).unwrap_or(half).min(deadline).max(half)
    }

    /// Records how long the responses took to be put together.
    pub(super) fn gathered(&self, scope: &Scope, took: Duration) {
        self.change(scope, |lead| lead.gathered = took);
    }

    /// The same for the diagnosis.
    pub(super) fn diagnosed(&self, scope: &Scope, took: Duration) {
        self.change(scope, |lead| lead.diagnosed = took);
    }

    /// The same for the encoding.
    pub(super) fn encoded(&self, scope: &Scope, took: Duration) {
        self.change(scope, |lead| lead.encoded = took);
    }

    /// Forgets all accounts, because the accounts were replaced.
    pub(super) fn clear(&self) {
        self.0.lock().clear();
    }

    fn change(&self, scope: &Scope, change: impl FnOnce(&mut Lead)) {
        // Some of the collectors take less time, and clients choose them.
        if scope.collectors.is_none() {
            change(self.0.lock().entry(scope.account.clone()).or_default());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Collectors;

    #[tokio::test(start_paused = true)]
    async fn requests_end_early_enough_for_what_follows() {
        let (leads, all, now) = (Leads::default(), Scope::default(), Instant::now());
        let end = |scope: &Scope, seconds: u64| {
            let deadline = after(now, Duration::from_secs(seconds));
            let limit = after(deadline, Duration::from_millis(200));
            leads.end_of_requests(scope, now, deadline, limit).duration_since(now).as_millis()
        };
        assert_eq!(end(&all, 10), 10_000, "nothing is known yet");
        leads.gathered(&all, Duration::from_millis(300));
        leads.diagnosed(&all, Duration::from_millis(200));
        leads.encoded(&all, Duration::from_millis(100));
        assert_eq!(end(&all, 10), 9_000);
        assert_eq!(end(&all, 1), 500, "half of the time is for the requests");
        leads.encoded(&all, Duration::ZERO);
        assert_eq!(end(&all, 10), 9_200);
        leads.gathered(&all, Duration::ZERO);
        leads.diagnosed(&all, Duration::from_millis(90));
        assert_eq!(end(&all, 10), 10_000, "the time after the deadline is enough");
        let some = Scope { collectors: Some(Collectors::default()), ..Scope::default() };
        leads.encoded(&some, Duration::from_secs(1));
        assert_eq!(end(&some, 10), 10_000, "only all collectors count");
        let other = Scope { account: Some("other".into()), ..Scope::default() };
        assert_eq!(end(&other, 10), 10_000);
        leads.clear();
        assert_eq!(end(&all, 10), 10_000);
    }
}
