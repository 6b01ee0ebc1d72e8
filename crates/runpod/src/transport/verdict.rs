//! Whether the APIs accept the keys, by all requests with a key: a single 401 may be about one operation only.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;

use super::call::Call;
use super::keys::Credential;
use crate::error::{Reason, RequestError};
use crate::operation::{Api, Outcome};
use clock::Clock;

/// Requests this close to each other are about the same state of a key: those of one scrape. A key that is revoked
/// afterwards is rejected from the next scrape on.
const SAME_TIME: Duration = Duration::from_secs(10);

/// When a key was last accepted and last rejected, by [`Clock::elapsed`].
#[derive(Debug, Clone, Copy, Default)]
struct Seen {
    accepted: Option<Duration>,
    rejected: Option<Duration>,
}

/// How each API responds to each key.
#[derive(Debug)]
pub(super) struct Verdicts {
    clock: Arc<dyn Clock>,
    seen: Mutex<HashMap<(Api, Credential), Seen>>,
}

impl Verdicts {
    pub(super) fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, seen: Mutex::default() }
    }

    /// Records what a response says about the key that was sent.
    pub(super) fn record<T>(&self, call: &Call, result: Result<&T, &RequestError>) {
        let is_accepted = match result {
            Ok(_) => true,
            Err(error) => match (&error.reason, error.outcome()) {
                // The firewall blocks a request before the key is checked.
                (Reason::Blocked, _) => return,
                (_, Outcome::Unauthorized) => false,
                (_, Outcome::Forbidden | Outcome::GraphqlError | Outcome::Schema) => true,
                _ => return,
            },
        };
        let now = self.clock.elapsed();
        let mut seen = self.seen.lock();
        let seen = seen.entry((call.subject.api, call.credential)).or_default();
        *if is_accepted { &mut seen.accepted } else { &mut seen.rejected } = Some(now);
    }

    /// Whether an API rejects a key. `None` if no response has shown it yet.
    pub(super) fn rejects(&self, api: Api, credential: Credential) -> Option<bool> {
        let Seen { accepted, rejected } = *self.seen.lock().get(&(api, credential))?;
        Some(match (accepted, rejected) {
            (Some(accepted), Some(rejected)) => rejected > accepted.saturating_add(SAME_TIME),
            (accepted, _) => accepted.is_none(),
        })
    }

    /// Forgets all responses, because a key was replaced.
    pub(super) fn forget(&self) {
        self.seen.lock().clear();
    }
}

#[cfg(test)]
mod tests {
    use clock::ManualClock;
    use jiff::SignedDuration;
    use tokio::time::Instant;
    use url::Url;

    use super::*;
    use crate::operation::Operation;

    fn record(verdicts: &Verdicts, operation: Operation, reason: Option<Reason>) {
        let call = Call::get(Api::Rest, operation, Url::parse("http://host").unwrap(), Instant::now());
        match reason {
            None => verdicts.record(&call, Ok(&())),
            Some(reason) => verdicts.record::<()>(&call, Err(&call.error(reason))),
        }
    }

    #[test]
    fn a_key_is_rejected_if_no_operation_accepts_it() {
        let clock = ManualClock::new("2026-11-22T12:00:00Z".parse().unwrap());
        let verdicts = Verdicts::new(Arc::new(clock.clone()));
        let rejected = || verdicts.rejects(Api::Rest, Credential::Account);
        assert_eq!(rejected(), None);
        record(&verdicts, Operation::Pods, Some(Reason::Timeout { after: Duration::ZERO }));
        assert_eq!(rejected(), None, "a timeout says nothing");
        record(&verdicts, Operation::Billing, Some(Reason::Unauthorized));
        assert_eq!(rejected(), Some(true));
        record(&verdicts, Operation::Pods, None);
        record(&verdicts, Operation::Billing, Some(Reason::Unauthorized));
        assert_eq!(rejected(), Some(false), "the key may not read the bills");
        clock.advance(SignedDuration::from_secs(15));
        record(&verdicts, Operation::Billing, Some(Reason::Unauthorized));
        record(&verdicts, Operation::Pods, Some(Reason::Forbidden));
        assert_eq!(rejected(), Some(false), "403 knows the key");
        clock.advance(SignedDuration::from_secs(15));
        record(&verdicts, Operation::Pods, Some(Reason::Unauthorized));
        assert_eq!(rejected(), Some(true), "it was revoked");
        verdicts.forget();
        assert_eq!(rejected(), None);
        assert_eq!(verdicts.rejects(Api::Rest, Credential::Metrics), None);
    }
}
