//! What was found, as it is printed with `--json`. Sentences are in `text.rs`.

use runpod::{Api, Operation};
use serde::{Serialize, Serializer};

use super::routes::Route;

/// What was found.
#[derive(Debug, Default, Serialize)]
pub(super) struct Report {
    pub(super) account: String,
    /// The recording, if Runpod was not read.
    pub(super) recording: Option<String>,
    pub(super) apis: Vec<ApiState>,
    pub(super) operations: Vec<OperationState>,
    pub(super) collectors: Vec<CollectorState>,
    pub(super) quota: Vec<QuotaState>,
    /// Seconds that the clock of this machine is ahead of the servers', which report whole seconds; `None` if they report none,
    /// or with a recording.
    pub(super) clock_ahead_seconds: Option<f64>,
    pub(super) proxies: Vec<String>,
    /// Fields with values that this version does not know.
    pub(super) unknown_values: Vec<UnknownValues>,
    /// Fields that this version does not know, with the API and the operation that returned them.
    pub(super) unknown_fields: Vec<UnknownField>,
    /// Why the description of the REST API could not be read.
    pub(super) description_problem: Option<String>,
    /// The latencies that the description of the REST API states, and the metrics that export them.
    pub(super) described: Vec<DescribedProperty>,
    /// What it states about the metrics of endpoints and is not read.
    pub(super) discovery: Vec<UnreadProperty>,
    pub(super) unread_routes: Vec<Route>,
}

/// A field with values that are newer than this version.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct UnknownValues {
    pub(super) field: String,
    pub(super) count: usize,
}

/// A property of an operation's response that is read.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct DescribedProperty {
    /// The path of the operation.
    pub(super) operation: String,
    /// The path of the property in the response.
    pub(super) property: String,
    pub(super) measure: &'static str,
    pub(super) statistic: &'static str,
    /// `ms` or another abbreviation; empty for a count.
    pub(super) unit: &'static str,
    /// The metric that exports it, if any does.
    pub(super) family: Option<&'static str>,
}

/// A property that is not read.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct UnreadProperty {
    /// The path of the operation.
    pub(super) operation: String,
    /// The path of the property; empty if the whole operation is not read.
    pub(super) property: String,
    pub(super) reason: String,
}

/// A field that is newer than this version.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub(super) struct UnknownField {
    #[serde(serialize_with = "name")]
    pub(super) api: Api,
    #[serde(serialize_with = "name")]
    pub(super) operation: Operation,
    pub(super) field: String,
}

#[derive(Debug, Serialize)]
pub(super) struct ApiState {
    #[serde(serialize_with = "name")]
    pub(super) api: Api,
    pub(super) server: String,
    pub(super) answers: usize,
    /// Number of answers that the client understood, including those that refuse a request.
    pub(super) understood: usize,
    /// Number of answers with an HTTP status of 5xx.
    pub(super) server_errors: usize,
    pub(super) failures: usize,
    /// Median time of an answer; `None` with a recording.
    pub(super) median_seconds: Option<f64>,
    pub(super) key_rejected: Option<bool>,
    /// Number of operations that the key may read.
    pub(super) allowed: usize,
    /// Number of operations that it may not read.
    pub(super) forbidden: usize,
    pub(super) retired: Option<bool>,
    pub(super) unsupported_fields: Option<usize>,
}

#[derive(Debug, Serialize)]
pub(super) struct OperationState {
    #[serde(serialize_with = "name")]
    pub(super) api: Api,
    #[serde(serialize_with = "name")]
    pub(super) operation: Operation,
    pub(super) access: Access,
    pub(super) requests: usize,
}

/// What the answers to an operation say about the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Access {
    /// An answer was understood.
    Allowed,
    /// The key lacks permission.
    Forbidden,
    /// The key is not valid there: no permission would help.
    Rejected,
    /// The server does not have the operation.
    Absent,
    /// No answer shows it.
    Unknown,
}

/// How a collector ended; if it is not complete, what is missing and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "result", content = "problem", rename_all = "snake_case")]
pub(super) enum Ending {
    /// Everything was read.
    Complete,
    /// Some endpoints were read. The others follow in later scrapes.
    Partial(String),
    /// Nothing was requested, although there is quota left: it follows in a later scrape.
    Delayed(String),
    /// Nothing was requested.
    NotRead(String),
    /// A part failed. Of several, the problem is the first one, and what to do.
    Failed(String),
}

#[derive(Debug, Serialize)]
pub(super) struct CollectorState {
    pub(super) collector: &'static str,
    pub(super) default: bool,
    /// Whether the exit code depends on it.
    pub(super) expected: bool,
    /// In JSON, `result` and, unless it is complete, `problem`.
    #[serde(flatten)]
    pub(super) ending: Ending,
    /// The API that the data comes from.
    #[serde(serialize_with = "optional_name")]
    pub(super) source: Option<Api>,
    /// Number of requests that its data consists of in this run.
    pub(super) requests: usize,
    /// The interval of `serve`; `None` if it reads at every scrape.
    pub(super) every_seconds: Option<u64>,
}

#[derive(Debug, Serialize)]
pub(super) struct QuotaState {
    pub(super) window: String,
    pub(super) limit: Option<f64>,
    pub(super) remaining: Option<f64>,
}

impl CollectorState {
    /// Whether everything was read, or the rest is only deferred by the quota.
    pub(super) const fn is_read_or_deferred(&self) -> bool {
        matches!(self.ending, Ending::Complete | Ending::Partial(_) | Ending::Delayed(_))
    }
}

fn name<T: Copy + Into<&'static str>, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str((*value).into())
}

fn optional_name<T: Copy + Into<Option<Api>>, S: Serializer>(
    api: &T,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    (*api).into().map(Api::as_str).serialize(serializer)
}

#[cfg(test)]
mod tests {
    use serde_json::{json, to_value};

    use super::*;

    #[test]
    fn json_has_objects_with_names_and_one_result() {
        let values = UnknownValues { field: "pod.status".to_owned(), count: 2 };
        assert_eq!(to_value(values).unwrap(), json!({"field": "pod.status", "count": 2}));
        let state = |ending| CollectorState {
            collector: "workers",
            default: true,
            expected: true,
            ending,
            source: Some(Api::Rest),
            requests: 2,
            every_seconds: None,
        };
        let common = json!({"collector": "workers", "default": true, "expected": true, "source": "rest", "requests": 2,
            "every_seconds": null});
        let with = |more: serde_json::Value| {
            let mut all = common.clone();
            all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            all
        };
        assert_eq!(to_value(state(Ending::Complete)).unwrap(), with(json!({"result": "complete"})));
        let partial = Ending::Partial("2 of 6".to_owned());
        assert_eq!(
            to_value(state(partial)).unwrap(),
            with(json!({"result": "partial", "problem": "2 of 6"}))
        );
        let (api, operation) = (Api::Graphql, Operation::EndpointDetail);
        let field = UnknownField { api, operation, field: "new".to_owned() };
        let json = json!({"api": "graphql", "operation": "endpoint_detail", "field": "new"});
        assert_eq!(to_value(field).unwrap(), json);
    }
}
