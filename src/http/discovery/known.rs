//! Which lists of pods are complete enough to answer from, and why not.

use std::sync::Arc;
use std::time::Duration;

use axum::http::StatusCode;
use jiff::Timestamp;
use runpod::Reason;

use super::Refusal;
use crate::scrape::{KnownPods, PodList};

/// The age of the last scrape from which the exporter is not scraped any more: five times Prometheus's longest usual interval. A
/// public port may belong to another pod by then.
const MAX_AGE: Duration = Duration::from_mins(10);

/// The list of one account.
enum List {
    Known(PodList),
    /// The pods are not read.
    Disabled,
    /// Runpod does not let the key read them.
    Denied(String),
    /// Not known at the moment.
    Missing(String),
}

/// The last list of each account. A key that may not read pods costs its own account, unless no other account is known.
pub(super) fn lists(
    accounts: impl Iterator<Item = (Arc<str>, Option<KnownPods>)>,
    now: Timestamp,
) -> Result<Vec<PodList>, Refusal> {
    let (mut known, mut denied, mut disabled) = (Vec::new(), None, None);
    for (name, pods) in accounts {
        match list(&name, pods, now) {
            List::Known(pods) => known.push(pods),
            List::Disabled => disabled = Some(name),
            List::Denied(reason) => denied = Some(reason),
            List::Missing(reason) => return Err((StatusCode::SERVICE_UNAVAILABLE, reason)),
        }
    }
    match (known.is_empty(), denied, disabled) {
        (true, Some(reason), _) => Err((StatusCode::SERVICE_UNAVAILABLE, reason)),
        (true, None, Some(name)) => {
            let reason = format!("the pods of account {name:?} are not read; enable the pods collector");
            Err((StatusCode::NOT_FOUND, reason))
        }
        _ => Ok(known),
    }
}

fn list(name: &str, pods: Option<KnownPods>, now: Timestamp) -> List {
    let Some(KnownPods { scraped, enabled, error, last }) = pods else {
        return List::Missing(format!("account {name:?} was not scraped yet; scrape /metrics"));
    };
    if !enabled {
        return List::Disabled;
    }
    let age = Duration::try_from(now.duration_since(scraped)).unwrap_or_default();
    if age > MAX_AGE {
        let minutes = age.as_secs() / 60;
        return List::Missing(format!(
            "the last scrape of account {name:?} was {minutes} minutes ago; scrape /metrics at least every {} minutes",
            MAX_AGE.as_secs() / 60
        ));
    }
    match (last, error) {
        (Some(pods), _) => List::Known(pods),
        (None, Some(error)) => {
            let reason = format!("the pods of account {name:?} could not be read yet: {error}");
            if matches!(error.reason, Reason::Unauthorized | Reason::NoIdentity | Reason::Forbidden) {
                List::Denied(reason)
            } else {
                List::Missing(reason)
            }
        }
        (None, None) => List::Missing(format!("the pods of account {name:?} could not be read yet")),
    }
}
