//! What is not asked for a while, because the server said so: an API that is retired, an operation beyond the scopes of
//! the key, an operation that was asked too often. What is done instead is not decided here.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::error::Reason;
use crate::operation::{Api, Operation};
use crate::transport::Call;
use clock::Clock;

/// A retired API is asked again this often: it may have been retired by mistake, and a scrape does not pay for hope.
const RETIRED: Duration = Duration::from_hours(1);

/// Scopes are changed by hand; whoever gives the key one more sees it within this time.
const FORBIDDEN: Duration = Duration::from_mins(15);

/// After a 429 that names no time: the window of the job API's limits.
const RATE_LIMITED: Duration = Duration::from_secs(10);

/// The longest window of a quota. A server that says to wait longer is mistaken.
const LONGEST: Duration = Duration::from_hours(24);

/// What rests: a whole API, one of its operations, or that operation on one endpoint.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Subject {
    api: Api,
    operation: Option<Operation>,
    endpoint: Option<Arc<str>>,
}

#[derive(Debug, Clone)]
struct Rest {
    until: Duration,
    reason: Reason,
}

/// What rests and until when.
#[derive(Debug)]
pub(super) struct Backoff {
    account: Arc<str>,
    clock: Arc<dyn Clock>,
    rests: Mutex<HashMap<Subject, Rest>>,
}

impl Backoff {
    pub(super) fn new(account: Arc<str>, clock: Arc<dyn Clock>) -> Self {
        Self { account, clock, rests: Mutex::default() }
    }

    /// Whether the call may be made; if not, what the server said the last time.
    pub(super) fn admit(&self, call: &Call) -> Result<(), Reason> {
        let now = self.clock.elapsed();
        let rests = self.rests();
        let resting = Self::about(call).into_iter().find_map(|subject| rests.get(&subject));
        match resting {
            Some(rest) if now < rest.until => Err(rest.reason.clone()),
            _ => Ok(()),
        }
    }

    /// Takes to heart how a call ended.
    pub(super) fn learn(&self, call: &Call, failure: Option<&Reason>) {
        let [api, operation] = Self::about(call);
        match failure {
            Some(Reason::Retired) if call.endpoint.is_none() => self.rest(&api, RETIRED, &Reason::Retired),
            Some(Reason::Retired) => self.rest(&operation, RETIRED, &Reason::Retired),
            Some(Reason::Forbidden) => self.rest(&operation, FORBIDDEN, &Reason::Forbidden),
            Some(reason @ Reason::RateLimited { retry_after }) => {
                self.rest(&operation, retry_after.unwrap_or(RATE_LIMITED).min(LONGEST), reason);
            }
            Some(_) => {}
            None => {
                self.forget(&api);
                self.forget(&operation);
            }
        }
    }

    /// Whether the API, as far as it was asked, is retired.
    pub(super) fn is_retired(&self, api: Api) -> bool {
        let retired =
            |(subject, rest): (&Subject, &Rest)| subject.api == api && matches!(rest.reason, Reason::Retired);
        self.rests().iter().any(retired)
    }

    /// Why an operation is not asked at present, if it is not.
    pub(super) fn rests_for(&self, api: Api, operation: Operation) -> Option<Reason> {
        let now = self.clock.elapsed();
        let whole = Subject { api, operation: None, endpoint: None };
        let part = Subject { operation: Some(operation), ..whole.clone() };
        let rests = self.rests();
        let resting = [whole, part].into_iter().filter_map(|subject| rests.get(&subject));
        resting.filter(|rest| now < rest.until).map(|rest| rest.reason.clone()).next()
    }

    /// Another key may have other scopes.
    pub(super) fn forgive(&self) {
        self.rests().retain(|_, rest| !matches!(rest.reason, Reason::Forbidden));
    }

    /// What a call belongs to: its API, and its operation. The job API judges each endpoint for itself.
    fn about(call: &Call) -> [Subject; 2] {
        let (api, operation, endpoint) = (call.api, Some(call.operation), call.endpoint.clone());
        [Subject { api, operation: None, endpoint: None }, Subject { api, operation, endpoint }]
    }

    fn rest(&self, subject: &Subject, pause: Duration, reason: &Reason) {
        let now = self.clock.elapsed();
        let mut rests = self.rests();
        // Who asks about an endpoint no more will never take its entry away.
        rests.retain(|_, rest| now < rest.until.saturating_add(LONGEST));
        let rest = Rest { until: now.saturating_add(pause), reason: reason.clone() };
        let before = rests.insert(subject.clone(), rest);
        drop(rests);
        let is_told = before.is_some_and(|before| before.reason.outcome() == reason.outcome());
        // Too many requests, and single endpoints of many, are told by whoever goes without the answer.
        if is_told || subject.endpoint.is_some() || matches!(reason, Reason::RateLimited { .. }) {
            return;
        }
        let (api, operation) = (subject.api.as_str(), subject.operation.map(Operation::as_str));
        tracing::warn!(
            account = &*self.account,
            api,
            operation,
            again_in_minutes = pause.as_secs() / 60,
            "pausing requests: {reason}"
        );
    }

    fn forget(&self, subject: &Subject) {
        let forgotten = self.rests().remove(subject);
        let was_told = forgotten.is_some_and(|rest| !matches!(rest.reason, Reason::RateLimited { .. }));
        if was_told && subject.endpoint.is_none() {
            let (api, operation) = (subject.api.as_str(), subject.operation.map(Operation::as_str));
            tracing::info!(account = &*self.account, api, operation, "requests resumed");
        }
    }

    fn rests(&self) -> MutexGuard<'_, HashMap<Subject, Rest>> {
        self.rests.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
