//! The last lines of all workers, selected by query parameters.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::lines::{all, documented};
use crate::shape::Shape;
use crate::world::{Endpoint, LogLine, World};

/// Maximum number of lines by default.
const BATCH: usize = 500;

/// The query parameters `batch`, `from` and `to`. Malformed values are ignored.
#[derive(Debug)]
pub(super) struct LineFilter {
    batch: usize,
    from: Option<Timestamp>,
    to: Option<Timestamp>,
}

impl LineFilter {
    pub(super) fn parse(query: &str) -> Self {
        let get = |name: &str| {
            let mut pairs = url::form_urlencoded::parse(query.as_bytes());
            pairs.find(|(this, _)| this == name).map(|(_, value)| value.into_owned())
        };
        let moment = |name| get(name).and_then(|text| text.parse().ok());
        let batch = get("batch").and_then(|text| text.parse().ok());
        Self { batch: batch.unwrap_or(BATCH), from: moment("from"), to: moment("to") }
    }

    /// The selected lines in the form of the shape.
    pub(super) fn list(&self, world: &World, endpoint: &Endpoint, shape: Shape) -> Value {
        let mut lines = all(world, endpoint);
        lines.retain(|(_, line)| {
            self.from.is_none_or(|from| line.at >= from) && self.to.is_none_or(|to| line.at <= to)
        });
        let lines = lines.split_off(lines.len().saturating_sub(self.batch));
        match shape {
            Shape::Live => json!({ "data": lines.iter().map(live).collect::<Vec<_>>() }),
            Shape::Documented => lines.iter().map(|(_, line)| documented(line)).collect(),
        }
    }
}

fn live((worker, line): &(String, LogLine)) -> Value {
    let source = if line.system { "system" } else { "container" };
    json!({ "workerId": worker, "source": source, "line": line.text, "ts": line.at.to_string() })
}
