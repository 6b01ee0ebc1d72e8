//! The recent lines of an endpoint: `GET {base}/{endpoint_id}/logs?batch=&from=&to=`.
//!
//! Of the live API only the parameters are known: published clients print its response as it is. So the list of lines is
//! searched for in the response, and the fields of a line may have any of several names. The documented shape has the same
//! path, and its messages are read in the same way.

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use tokio::time::Instant;
use url::Url;

use super::window::LogWindow;
use crate::error::{Reason, RequestError};
use crate::operation::{Api, Operation};
use crate::reply::value;
use crate::transport::{Call, Transport};
use crate::urls::below;
use crate::wire::Log;

/// The default for how far back lines are requested.
const DAY: SignedDuration = SignedDuration::from_hours(24);

/// The default number of lines: the one that published clients request.
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
    let to = now.saturating_add(SignedDuration::from_secs(1)).unwrap_or(now).to_string();
    let query = [("batch", &*batch), ("from", &from), ("to", &to)];
    let path = [endpoint_id, "logs"];
    let url = below(base, &path, &query);
    let call =
        Call::get(Api::Jobs, Operation::Logs, url, deadline).for_endpoint(endpoint_id).checked_path(&path);
    let read =
        |body: &[u8]| find(&value(body)?).ok_or_else(|| Reason::Decode { cause: "no list of lines".into() });
    transport.get(&call, read).await
}

/// The lines in a response: a list, all lists of an object, such as `container` and `system`, or those of a nested object.
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
    fn lines_are_found_in_any_place() {
        let line =
            json!({"timestamp": "2026-11-22T12:00:00Z", "level": "info", "message": "a", "workerId": "w"});
        for response in
            [json!([line]), json!({"logs": [line]}), json!({"data": {"logs": [line]}, "ok": true})]
        {
            let found = find(&response).unwrap();
            assert_eq!(found.len(), 1, "{response}");
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
