//! A job as a handler or gateway sends it.
//!
//! A mistake of the program that sends it (a field with another name or type) is rejected, so that its author sees it. A number
//! that cannot be true, such as a negative time after a clock was set, is left out: the job has ended all the same.

use std::fmt;
use std::time::Duration;

use serde::Deserialize;
use serde::de::{Deserializer, Error, Unexpected, Visitor};

use super::time::from_millis;
use super::tokens::token_count;
use super::{Job, Rejection, Status, Times, Tokens, Trace};

/// A job and its endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PushedJob {
    /// The endpoint's id.
    pub endpoint_id: String,
    /// The job.
    pub job: Job,
}

/// A job as it is sent. Unknown fields are rejected, because a mistyped field would otherwise be ignored silently.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object with endpoint_id and status")]
pub(super) struct Entry {
    endpoint_id: String,
    id: Option<String>,
    status: String,
    latency_ms: Option<Numeric>,
    delay_ms: Option<Numeric>,
    execution_ms: Option<Numeric>,
    tokens_in: Option<Numeric>,
    tokens_out: Option<Numeric>,
    traceparent: Option<String>,
}

impl TryFrom<Entry> for PushedJob {
    type Error = Rejection;

    fn try_from(entry: Entry) -> Result<Self, Rejection> {
        let Entry { endpoint_id, id, status, latency_ms, delay_ms, execution_ms, .. } = entry;
        let Entry { tokens_in, tokens_out, traceparent, .. } = entry;
        if latency_ms.is_some() && (delay_ms.is_some() || execution_ms.is_some()) {
            let message = "set latency_ms, or delay_ms and execution_ms, but not both";
            return Err(Rejection::malformed(message));
        }
        let time = |millis: Option<Numeric>| -> Option<Duration> { from_millis(millis?.0) };
        let times = match time(latency_ms) {
            Some(latency) => Times { latency: Some(latency), ..Times::default() },
            None => Times::of(time(delay_ms), time(execution_ms)),
        };
        let tokens = |count: Option<Numeric>| token_count(count?.0);
        let tokens = Tokens { input: tokens(tokens_in), output: tokens(tokens_out) };
        let id = id.filter(|id| !id.is_empty());
        let trace = traceparent.as_deref().and_then(Trace::parse);
        Ok(Self { endpoint_id, job: Job { id, status: Status::parse(&status)?, times, tokens, trace } })
    }
}

/// A number, also as text; not a number if it is one in no sense, such as `1e999`.
#[derive(Debug, Clone, Copy)]
struct Numeric(f64);

impl<'de> Deserialize<'de> for Numeric {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NumericVisitor)
    }
}

struct NumericVisitor;

impl Visitor<'_> for NumericVisitor {
    type Value = Numeric;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number")
    }

    #[expect(clippy::cast_precision_loss, reason = "no time and no count has more than 2^53")]
    fn visit_i64<E>(self, number: i64) -> Result<Numeric, E> {
        Ok(Numeric(number as f64))
    }

    #[expect(clippy::cast_precision_loss, reason = "no time and no count has more than 2^53")]
    fn visit_u64<E>(self, number: u64) -> Result<Numeric, E> {
        Ok(Numeric(number as f64))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Numeric, E> {
        Ok(Numeric(number))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Numeric, E> {
        if lenient_json::is_unreadable(text) {
            return Ok(Numeric(f64::NAN));
        }
        let number = text.trim().parse().map(Numeric);
        number
            .map_err(|_not_a_number| E::invalid_type(Unexpected::Other("a text that is not a number"), &self))
    }
}
