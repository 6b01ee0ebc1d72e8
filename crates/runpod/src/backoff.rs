//! Pauses: the periods in which requests are not sent, because the API rejected them: a retired API, an operation
//! that the key does not permit, or one that was rate-limited.
//!
//! How a request is made, and what is done instead of it, does not belong here.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;

use crate::error::Reason;
use crate::observe::{Observe, Paused, Resumed};
use crate::operation::{Api, Operation};
use clock::Clock;

/// After a 410. Retirement is for good, unless it was a mistake of Runpod.
const RETIRED: Duration = Duration::from_hours(1);

/// After a 403. A scope that the owner adds to the key is used within this time.
const FORBIDDEN: Duration = Duration::from_mins(15);

/// After a 429 without `Retry-After`: the window of the job API's limits.
const RATE_LIMITED: Duration = Duration::from_secs(10);

/// Maximum pause: the longest window of a quota. A longer `Retry-After` is a mistake of the server.
pub(crate) const LONGEST_PAUSE: Duration = Duration::from_hours(24);

/// What a request is about: the unit that an API accepts or rejects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Subject {
    pub(crate) api: Api,
    pub(crate) operation: Operation,
    /// The endpoint, for the job API: each endpoint has its own.
    pub(crate) endpoint: Option<Arc<str>>,
}

/// What is paused: a whole API, one of its operations, or an operation on one endpoint.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Scope {
    api: Api,
    operation: Option<Operation>,
    endpoint: Option<Arc<str>>,
}

#[derive(Debug, Clone)]
struct Pause {
    /// By [`Clock::elapsed`].
    until: Duration,
    reason: Reason,
}

/// The pauses of one account.
#[derive(Debug)]
pub(crate) struct Backoff {
    account: Arc<str>,
    observer: Arc<dyn Observe>,
    clock: Arc<dyn Clock>,
    pauses: Mutex<HashMap<Scope, Pause>>,
}

impl Scope {
    fn api(subject: &Subject) -> Self {
        Self { api: subject.api, operation: None, endpoint: None }
    }

    fn operation(subject: &Subject) -> Self {
        let Subject { api, operation, endpoint } = subject.clone();
        Self { api, operation: Some(operation), endpoint }
    }
}

impl Backoff {
    pub(crate) fn new(account: Arc<str>, observer: Arc<dyn Observe>, clock: Arc<dyn Clock>) -> Self {
        Self { account, observer, clock, pauses: Mutex::default() }
    }

    /// Why requests about this subject are paused; `None` if they are not.
    pub(crate) fn pause_reason(&self, subject: &Subject) -> Option<Reason> {
        let now = self.clock.elapsed();
        let pauses = self.pauses.lock();
        let scopes = [Scope::api(subject), Scope::operation(subject)];
        let pause = scopes.iter().filter_map(|scope| pauses.get(scope)).find(|pause| now < pause.until)?;
        Some(pause.reason.clone())
    }

    /// Whether a part of the API that was requested is retired.
    pub(crate) fn is_retired(&self, api: Api) -> bool {
        let is_retired =
            |(scope, pause): (&Scope, &Pause)| scope.api == api && matches!(pause.reason, Reason::Retired);
        self.pauses.lock().iter().any(is_retired)
    }

    /// A request about this subject succeeded.
    pub(crate) fn succeeded(&self, subject: &Subject) {
        for scope in [Scope::api(subject), Scope::operation(subject)] {
            self.resume(&scope);
        }
    }

    /// A request about this subject failed.
    pub(crate) fn failed(&self, subject: &Subject, reason: &Reason) {
        let operation = || Scope::operation(subject);
        match reason {
            Reason::Retired if subject.endpoint.is_none() => self.pause(Scope::api(subject), RETIRED, reason),
            Reason::Retired => self.pause(operation(), RETIRED, reason),
            Reason::Forbidden => self.pause(operation(), FORBIDDEN, reason),
            Reason::RateLimited { retry_after } => {
                self.pause(operation(), retry_after.unwrap_or(RATE_LIMITED).min(LONGEST_PAUSE), reason);
            }
            _ => {}
        }
    }

    /// Ends the pauses that depend on the key: a new key may have other scopes.
    pub(crate) fn lift_forbidden(&self) {
        self.pauses.lock().retain(|_, pause| !matches!(pause.reason, Reason::Forbidden));
    }

    fn pause(&self, scope: Scope, duration: Duration, reason: &Reason) {
        let now = self.clock.elapsed();
        let mut pauses = self.pauses.lock();
        // Entries of endpoints that no longer exist are never requested again, so that nothing else removes them.
        pauses.retain(|_, pause| now < pause.until.saturating_add(LONGEST_PAUSE));
        let pause = Pause { until: now.saturating_add(duration), reason: reason.clone() };
        let before = pauses.insert(scope.clone(), pause);
        drop(pauses);
        let is_reported = before.is_some_and(|before| before.reason.outcome() == reason.outcome());
        if !is_reported && scope.is_reported(reason) {
            let (account, Scope { api, operation, .. }) = (&*self.account, scope);
            self.observer.paused(Paused { account, api, operation, reason, duration });
        }
    }

    fn resume(&self, scope: &Scope) {
        let Some(pause) = self.pauses.lock().remove(scope) else { return };
        if scope.is_reported(&pause.reason) {
            let (account, &Scope { api, operation, .. }) = (&*self.account, scope);
            self.observer.resumed(Resumed { account, api, operation });
        }
    }
}

impl Scope {
    /// Whether a pause is reported to the observer. Not for rate limits and single endpoints: those would be many, and each
    /// caller gets the error.
    fn is_reported(&self, reason: &Reason) -> bool {
        self.endpoint.is_none() && !matches!(reason, Reason::RateLimited { .. })
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;
    use crate::observe::Exchange;
    use clock::ManualClock;

    #[derive(Debug, Default)]
    struct Events(Mutex<Vec<String>>);

    impl Observe for Events {
        fn exchanged(&self, _exchange: Exchange<'_>) {}

        fn paused(&self, pause: Paused<'_>) {
            let operation = pause.operation.map_or("all", Operation::as_str);
            self.0.lock().push(format!("{operation} paused for {}s", pause.duration.as_secs()));
        }

        fn resumed(&self, resume: Resumed<'_>) {
            self.0.lock().push(format!("{} resumed", resume.operation.map_or("all", Operation::as_str)));
        }
    }

    fn subject(operation: Operation) -> Subject {
        Subject { api: Api::Rest, operation, endpoint: None }
    }

    fn backoff(clock: &ManualClock) -> (Backoff, Arc<Events>) {
        let events = Arc::<Events>::default();
        (Backoff::new("a".into(), Arc::clone(&events) as _, Arc::new(clock.clone())), events)
    }

    fn clock() -> ManualClock {
        ManualClock::new("2026-11-22T12:00:00Z".parse().unwrap())
    }

    #[test]
    fn a_forbidden_operation_is_paused_and_reported_once() {
        let clock = clock();
        let (backoff, events) = backoff(&clock);
        let (billing, pods) = (subject(Operation::Billing), subject(Operation::Pods));
        backoff.failed(&billing, &Reason::Forbidden);
        assert!(matches!(backoff.pause_reason(&billing), Some(Reason::Forbidden)));
        assert!(backoff.pause_reason(&pods).is_none());
        clock.advance(SignedDuration::from_mins(15));
        assert!(backoff.pause_reason(&billing).is_none());
        backoff.failed(&billing, &Reason::Forbidden);
        backoff.succeeded(&billing);
        assert_eq!(*events.0.lock(), ["billing paused for 900s", "billing resumed"]);
    }

    #[test]
    fn a_retired_api_pauses_every_operation() {
        let (backoff, events) = backoff(&clock());
        backoff.failed(&subject(Operation::Billing), &Reason::Retired);
        assert!(matches!(backoff.pause_reason(&subject(Operation::Pods)), Some(Reason::Retired)));
        assert!(backoff.is_retired(Api::Rest) && !backoff.is_retired(Api::Graphql));
        assert_eq!(*events.0.lock(), ["all paused for 3600s"]);
    }

    #[test]
    fn rate_limits_and_single_endpoints_are_not_reported() {
        let clock = clock();
        let (backoff, events) = backoff(&clock);
        let health = |id: &str| Subject {
            api: Api::Jobs,
            operation: Operation::Health,
            endpoint: Some(Arc::from(id)),
        };
        backoff.failed(&health("a"), &Reason::Retired);
        assert!(backoff.pause_reason(&health("b")).is_none());
        let volumes = subject(Operation::Volumes);
        backoff.failed(&volumes, &Reason::RateLimited { retry_after: Some(Duration::MAX) });
        clock.advance(SignedDuration::from_hours(24));
        assert!(backoff.pause_reason(&volumes).is_none(), "an absurd Retry-After is limited to a day");
        assert!(events.0.lock().is_empty());
    }

    #[test]
    fn a_new_key_lifts_what_the_old_one_was_not_permitted() {
        let (backoff, _) = backoff(&clock());
        backoff.failed(&subject(Operation::Billing), &Reason::Forbidden);
        backoff.failed(&subject(Operation::Volumes), &Reason::RateLimited { retry_after: None });
        backoff.lift_forbidden();
        assert!(backoff.pause_reason(&subject(Operation::Billing)).is_none());
        assert!(backoff.pause_reason(&subject(Operation::Volumes)).is_some());
    }
}
