//! Recordings of the exchanges with Runpod: what is kept of a real account, and what answers in its place.
//!
//! What is replaced in them, and how they lie in a folder, is in `crates/recording`, which does not depend on the client. Which requests
//! `record` sends, and its report, are in `src/command/record`.

mod measurements;
mod recorder;
mod replay;

pub(crate) use self::measurements::Outcomes;
pub use self::recorder::Recorder;
pub use self::replay::Replay;

use recording::Request;
use runpod::{Api, Operation, Sent};
use strum::VariantArray as _;

/// What the folder is, for those who find it.
pub const README: &str = "\
A recording of what Runpod's APIs answered to runpod-exporter.

recording.json lists the requests in order, each with the file of its answer. Names, ids, addresses, keys, log lines and all other
strings are replaced by stand-ins of the same length, unless they are known to be harmless. Numbers and times of the fields that
this version knows are kept; others are replaced, too.
Look through the files before you share them.

To see it as the exporter does: runpod-exporter serve --replay=DIR
";

/// The API and the operation of a request.
pub(crate) fn kind(request: &Request) -> Option<(Api, Operation)> {
    let api = Api::ALL.iter().find(|api| api.as_str() == request.api)?;
    let operation = Operation::VARIANTS.iter().find(|operation| operation.as_str() == request.operation)?;
    Some((*api, *operation))
}

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
