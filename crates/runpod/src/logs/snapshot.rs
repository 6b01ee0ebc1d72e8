//! The last lines of an endpoint: `GET {base}/{endpoint_id}/logs?batch=&from=&to=`.
//!
//! The older API is known by its parameters alone: those who use it print what it answers as it comes. So a list of lines
//! is looked for wherever it may be, and a line is read under any name that it may have. The documented shape has the same
//! path and answers with its messages, so that one request does for both.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use tokio::time::Instant;
use url::Url;

use super::LogWindow;
use crate::error::{Reason, RequestError};
use crate::operation::{Api, Operation, Outcome};
use crate::reply::json;
use crate::transport::{Call, Transport};
use crate::wire::Log;

/// How far back it is looked where nobody says since when.
const DAY: SignedDuration = SignedDuration::from_hours(24);

/// Lines in one answer where nobody says how many: what those who use the API ask for.
const BATCH: u32 = 500;

pub(super) async fn lines(
    transport: &Transport,
    base: &Url,
    endpoint_id: &str,
    window: &LogWindow,
    now: Timestamp,
    deadline: Instant,
) -> Result<Vec<Log>, RequestError> {
    let batch = match (window.since, window.tail) {
        (None, Some(tail)) if tail > 0 => tail,
        (_, tail) => BATCH.max(tail.unwrap_or(0)),
    };
    let batch = batch.to_string();
    let from = window.since.unwrap_or_else(|| now.saturating_sub(DAY).unwrap_or(now)).to_string();
    let mut url = super::below(base, endpoint_id, &["logs"]);
    let to = now.saturating_add(SignedDuration::from_secs(1)).unwrap_or(now).to_string();
    url.query_pairs_mut().extend_pairs([("batch", &batch), ("from", &from), ("to", &to)]);
    let endpoint = Some(Arc::from(endpoint_id));
    let call = Call { endpoint, ..Call::get(Api::Jobs, Operation::Logs, url, deadline) };
    transport
        .call(&call, |answer| {
            if !answer.status.is_success() {
                transport.debug_body(&call, answer.status, &answer.body);
                return Err(Reason::Status { status: answer.status.as_u16() });
            }
            let value: Value = json(&answer.body)?;
            let lines =
                find(&value).ok_or_else(|| Reason::Decode { cause: "list of lines is missing".into() })?;
            Ok((lines, Outcome::Ok))
        })
        .await
}

/// The lines: a list, the lists of an object side by side, such as `container` and `system`, or those of an object in it.
fn find(value: &Value) -> Option<Vec<Log>> {
    match value {
        Value::Array(lines) => Some(lines.iter().filter_map(Log::read).collect()),
        Value::Object(fields) => {
            let lists: Vec<_> = fields.iter().filter(|(_, value)| value.is_array()).collect();
            if lists.is_empty() {
                return fields.values().filter(|value| value.is_object()).find_map(find);
            }
            let of = |(name, value): (&String, &Value)| {
                let source = ["container", "system"].contains(&name.as_str()).then(|| name.clone());
                let lines = find(value).unwrap_or_default().into_iter();
                lines
                    .map(|log| Log { source: log.source.or_else(|| source.clone()), ..log })
                    .collect::<Vec<_>>()
            };
            Some(lists.into_iter().flat_map(of).collect())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn lines_are_found_wherever_they_are() {
        let line =
            json!({"timestamp": "2026-11-22T12:00:00Z", "level": "info", "message": "a", "workerId": "w"});
        for answer in [json!([line]), json!({"logs": [line]}), json!({"data": {"logs": [line]}, "ok": true})]
        {
            let found = find(&answer).unwrap();
            assert_eq!(found.len(), 1, "{answer}");
            assert_eq!((&*found[0].line, found[0].level.as_deref()), ("a", Some("info")));
            assert_eq!(found[0].worker.as_deref(), Some("w"));
        }
        let both = find(&json!({"container": ["a", "b"], "system": ["c"]})).unwrap();
        let sources: Vec<_> = both.iter().map(|log| (log.source.as_deref().unwrap(), &*log.line)).collect();
        assert_eq!(sources, [("container", "a"), ("container", "b"), ("system", "c")]);
        assert_eq!(find(&json!({"error": "no"})), None);
        assert_eq!(find(&json!({"logs": []})), Some(Vec::new()));
    }
}
