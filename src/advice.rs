//! What to do about a failed request. The client's errors say what happened; this adds what helps the user of an exporter.

use std::fmt;

use crate::format::seconds;
use crate::settings::Collector;
use runpod::{Exchange, Observe, Operation, Paused, Reason, RequestError, Resumed};

/// What to do about a failure; `None` if there is nothing to do.
fn advice(reason: &Reason) -> Option<&'static str> {
    Some(match reason {
        Reason::MetricsUnauthorized => {
            "set --runpod.metrics-key-file to a key that has it, or disable the collector"
        }
        Reason::Unauthorized => "check the API key of this account",
        Reason::NoIdentity => "check that the key still exists",
        Reason::Forbidden => "grant the scope, or disable the collector",
        Reason::Blocked => "check whether a proxy changes the User-Agent",
        Reason::NotFound => "check the base URL, or wait if the resource was just created",
        Reason::RateLimited { .. } => {
            "paused until the server allows it; other clients may use the same quota"
        }
        Reason::Retired => "other APIs are used as fallback where they have its data",
        Reason::Server { .. } => "if it persists, check Runpod's status page",
        Reason::Timeout { .. } => {
            "check the network and Runpod's status page; if it persists, raise the scrape timeout"
        }
        Reason::Connect { cause } => connection(cause),
        Reason::Status { .. } | Reason::Decode { .. } => "check the base URL",
        Reason::UnusableId => "check the id in the Runpod console",
        Reason::Panicked => "see the log, and please report it",
        Reason::Graphql { .. } => "see the debug log",
        Reason::Reset { .. }
        | Reason::Intercepted { .. }
        | Reason::Incomplete { .. }
        | Reason::TooLarge { .. }
        | Reason::Schema { .. } => return None,
    })
}

/// What to do if there is no connection. What is wrong with a certificate is only in the text of the error.
fn connection(cause: &str) -> &'static str {
    let has = |text: &str| cause.contains(text);
    if has("certificate not valid yet") || has("certificate expired") {
        "check the clock of this machine"
    } else if has("UnknownIssuer") || has("BadSignature") {
        "name a file with its authority in SSL_CERT_FILE if a proxy opens the traffic, otherwise check the base URL"
    } else if has("certificate not valid for name") {
        "check the base URL"
    } else {
        "check the base URL and the network"
    }
}

/// What happened, without the request. A time is rounded to seconds: that of requests with one deadline differs by some
/// milliseconds.
pub(crate) fn event(reason: &Reason) -> String {
    match reason {
        Reason::Timeout { after } if after.as_secs_f64() >= 1.0 => {
            format!("no complete response within {}", seconds(after.as_secs_f64().round()))
        }
        Reason::Timeout { after } if after.as_millis() == 0 => "no time was left for the request".to_owned(),
        Reason::Timeout { after } => format!("no complete response within {}", seconds(after.as_secs_f64())),
        reason => reason.to_string(),
    }
}

/// What happened and what to do, without the request.
pub(crate) fn explained(reason: &Reason) -> String {
    match advice(reason) {
        Some(advice) => format!("{}; {advice}", event(reason)),
        None => event(reason),
    }
}

/// The same of a collector: whether another API has its data is in its row.
pub(crate) fn explained_for(collector: Collector, reason: &Reason) -> String {
    match reason {
        Reason::Retired if collector.row().fallback.is_none() => {
            format!("{}; no other API has its data", event(reason))
        }
        reason => explained(reason),
    }
}

/// A failed request with advice: what happened, then what to do.
#[derive(Debug, Clone, Copy)]
pub(crate) struct WithAdvice<'e>(pub(crate) &'e RequestError);

impl fmt::Display for WithAdvice<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(RequestError { api, operation, peer, reason }) = self;
        write!(f, "{} {} at {peer}: {}", api.as_str(), operation.as_str(), explained(reason))
    }
}

/// Logs when the client pauses requests and when it resumes them, and ignores all other events.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PauseLog;

impl Observe for PauseLog {
    fn exchanged(&self, _exchange: Exchange<'_>) {}

    fn paused(&self, pause: Paused<'_>) {
        let Paused { account, api, operation, reason, duration } = pause;
        tracing::warn!(
            account,
            api = api.as_str(),
            operation = operation.map(Operation::as_str),
            pause_minutes = duration.as_secs() / 60,
            "pausing requests: {reason}; {}",
            advice(reason).unwrap_or("they are resumed automatically")
        );
    }

    fn resumed(&self, resume: Resumed<'_>) {
        let Resumed { account, api, operation } = resume;
        let (api, operation) = (api.as_str(), operation.map(Operation::as_str));
        tracing::info!(account, api, operation, "requests resumed");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use runpod::Api;

    #[test]
    fn advice_follows_what_happened() {
        let error = |reason| RequestError {
            api: Api::Rest,
            operation: Operation::Billing,
            peer: "host".into(),
            reason,
        };
        assert_eq!(
            WithAdvice(&error(Reason::Forbidden)).to_string(),
            "rest billing at host: API key lacks permission; grant the scope, or disable the collector"
        );
        for after in [4_982, 4_983, 5_011] {
            let after = std::time::Duration::from_millis(after);
            assert_eq!(
                explained(&Reason::Timeout { after }),
                "no complete response within 5 s; check the network and Runpod's status page; if it persists, raise the scrape timeout"
            );
        }
        let text = |after| explained(&Reason::Timeout { after: std::time::Duration::from_micros(after) });
        assert!(text(400).starts_with("no time was left for the request; "));
        assert!(text(250_000).starts_with("no complete response within 0.2 s; "));
        let retired = |collector| explained_for(collector, &Reason::Retired);
        assert!(retired(Collector::Host).ends_with("; no other API has its data"));
        assert!(
            retired(Collector::Pods).ends_with("; other APIs are used as fallback where they have its data")
        );
        assert_eq!(
            WithAdvice(&error(Reason::TooLarge { limit: 5 })).to_string(),
            "rest billing at host: response larger than 5 bytes"
        );
    }
}
