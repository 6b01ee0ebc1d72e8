//! Recordings of the exchanges with Runpod: what is kept of a real account, and what answers in its place.
//!
//! What is replaced in them, and how they lie in a folder, is in `crates/recording`, which does not know the client.

mod recorder;
mod replay;

pub(crate) use self::recorder::Outcomes;
pub use self::recorder::Recorder;
pub use self::replay::Replay;

use recording::Request;
use runpod::Sent;

/// A request of the client as a recording has it.
fn request(sent: &Sent<'_>) -> Request {
    let document = sent.body.map(|body| {
        let json: serde_json::Value = serde_json::from_slice(body).unwrap_or_default();
        json.get("query").and_then(serde_json::Value::as_str).unwrap_or_default().to_owned()
    });
    Request {
        api: sent.api.as_str().to_owned(),
        operation: sent.operation.as_str().to_owned(),
        method: if sent.body.is_some() { "POST" } else { "GET" }.to_owned(),
        path: sent.path(),
        query: sent.query().into_iter().collect(),
        document,
    }
}
