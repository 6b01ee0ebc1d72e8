//! The operations with the metrics of an endpoint: GETs below an endpoint that take an interval and a start.

use std::collections::BTreeSet;

use serde_json::Value;
use url::Url;

use super::note::{DescribedProperty, SkippedProperty, shortened};
use super::plan::Plan;
use super::split::split;
use super::statistic::ReportedStatistic;
use super::walk::walk;
use crate::rest::paths::{is_plain, segments};
use crate::rest::schema::Document;

/// An interval that a request can ask for.
#[derive(Debug, Clone, Copy)]
pub(in crate::rest) struct Interval {
    /// Its name in the request.
    pub(in crate::rest) name: &'static str,
    /// Its length in seconds.
    pub(in crate::rest) length: i64,
}

/// Intervals in the order in which they are preferred. Five minutes have enough jobs for a percentile, and are recent.
const INTERVALS: &[Interval] = &[
    Interval { name: "5m", length: 300 },
    Interval { name: "15m", length: 900 },
    Interval { name: "30m", length: 1_800 },
    Interval { name: "1h", length: 3_600 },
    Interval { name: "1m", length: 60 },
    Interval { name: "6h", length: 21_600 },
    Interval { name: "12h", length: 43_200 },
    Interval { name: "1d", length: 86_400 },
];

/// Maximum number of operations that are looked at.
const MAX_OPERATIONS: usize = 16;

/// What an operation is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MetricsSubject {
    /// The requests of an endpoint.
    Requests,
    /// Its workers.
    Workers,
}

/// An operation whose responses are understood.
#[derive(Debug)]
pub struct MetricsOperation {
    /// What it is about.
    pub subject: MetricsSubject,
    /// Its path in the description.
    pub described_path: String,
    /// The segments of its path after the id of the endpoint.
    pub(in crate::rest) segments: Vec<String>,
    /// The interval to request.
    pub(in crate::rest) interval: Interval,
    /// Whether it takes the end of the period.
    pub(in crate::rest) takes_end: bool,
    /// Whether it has pages.
    pub(in crate::rest) takes_cursor: bool,
    pub(in crate::rest) plan: Plan,
}

impl MetricsOperation {
    /// The path of its request for an endpoint, below the base URL.
    pub fn path_of(&self, endpoint_id: &str) -> String {
        format!("serverless/{endpoint_id}/{}", self.segments.join("/"))
    }
}

/// What the description says about the metrics of endpoints.
#[derive(Debug, Default)]
pub struct MetricsDescription {
    /// The operations to request: at most one for each subject.
    pub operations: Vec<MetricsOperation>,
    /// The properties of their responses that are read.
    pub readings: Vec<DescribedProperty>,
    /// What is not read, and why.
    pub notes: Vec<SkippedProperty>,
}

impl MetricsDescription {
    /// Finds the operations in the API's description.
    pub(crate) fn find(root: &Value, base: &Url) -> Self {
        let mut found = Self::default();
        for (path, item) in root.get("paths").and_then(Value::as_object).into_iter().flatten() {
            let Some(segments) = below_endpoint(path, base) else { continue };
            if found.operations.len() == MAX_OPERATIONS {
                break;
            }
            found.add(&Document::new(root), path, segments, item);
        }
        found.keep_best();
        found
    }

    fn add<'a>(&mut self, document: &Document<'a>, path: &str, segments: Vec<String>, item: &'a Value) {
        let Some(get) = item.get("get") else { return };
        let lists = [item, get].map(|holder| holder.get("parameters").and_then(Value::as_array));
        let parameters = lists.into_iter().flatten().flatten().map(|one| document.resolve(one));
        let query: Vec<&'a Value> = parameters.filter(|one| text(one, "in") == Some("query")).collect();
        let parameter = |name: &str| query.iter().copied().find(|one| text(one, "name") == Some(name));
        let (Some(interval), Some(_)) = (parameter("interval"), parameter("startTime")) else { return };
        let mut note = |reason: String| {
            let (operation, property) = (shortened(path), String::new());
            self.notes.push(SkippedProperty { operation, property, reason });
        };
        let known = ["interval", "startTime", "endTime"];
        let needed = query.iter().filter(|one| one.get("required").and_then(Value::as_bool) == Some(true));
        let mut names = needed.filter_map(|one| text(one, "name"));
        if let Some(name) = names.find(|name| !known.contains(name)) {
            return note(format!("it needs the parameter {}", shortened(name)));
        }
        let Some(interval) = preferred_interval(document, interval) else {
            return note("it has none of the known intervals".to_owned());
        };
        let response = get.pointer("/responses/200").map(|response| document.resolve(response));
        let schema = response.and_then(|response| response.pointer("/content/application~1json/schema"));
        let Some(schema) = schema else { return note("it has no schema of its response".to_owned()) };
        let described_path = shortened(path);
        let result = walk(document, &described_path, schema);
        self.readings.extend(result.readings);
        self.notes.extend(result.notes);
        let is_worker = segments.iter().flat_map(|part| split(part)).any(|word| word.starts_with("worker"));
        self.operations.push(MetricsOperation {
            subject: if is_worker { MetricsSubject::Workers } else { MetricsSubject::Requests },
            described_path,
            segments,
            interval,
            takes_end: parameter("endTime").is_some(),
            takes_cursor: parameter("cursor").is_some(),
            plan: result.plan,
        });
    }

    /// Keeps the operation with the most facts of each subject, unless another one has all of them.
    fn keep_best(&mut self) {
        self.operations.sort_by_key(|operation| std::cmp::Reverse(operation.plan.facts().count()));
        let (mut kept, mut facts): (Vec<MetricsOperation>, BTreeSet<ReportedStatistic>) =
            (Vec::new(), BTreeSet::new());
        for operation in std::mem::take(&mut self.operations) {
            let is_new = operation.plan.facts().any(|fact| !facts.contains(&fact));
            if is_new && kept.iter().all(|other| other.subject != operation.subject) {
                facts.extend(operation.plan.facts());
                kept.push(operation);
            }
        }
        let is_read =
            |reading: &DescribedProperty| kept.iter().any(|one| one.described_path == reading.operation);
        let (readings, others): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.readings).into_iter().partition(is_read);
        self.notes.extend(others.into_iter().map(|DescribedProperty { operation, property, .. }| {
            SkippedProperty { operation, property, reason: "another operation is read instead".to_owned() }
        }));
        (self.operations, self.readings) = (kept, readings);
    }

    /// Whether it has percentiles of the times that jobs take.
    pub fn has_job_percentiles(&self) -> bool {
        self.operations
            .iter()
            .flat_map(|operation| operation.plan.facts())
            .any(ReportedStatistic::is_job_percentile)
    }
}

/// The segments of a path below an endpoint: those after its id, which is the only parameter.
fn below_endpoint(path: &str, base: &Url) -> Option<Vec<String>> {
    let segments = segments(path, base)?;
    let (["serverless", id], rest) = segments.split_at_checked(2)? else { return None };
    let is_parameter = id.starts_with('{') && id.ends_with('}');
    let is_usable = is_parameter && !rest.is_empty() && rest.iter().all(|segment| is_plain(segment));
    is_usable.then(|| rest.iter().map(|segment| (*segment).to_owned()).collect())
}

/// The preferred interval of those that a parameter allows. A parameter without a list allows all of them.
fn preferred_interval<'a>(document: &Document<'a>, parameter: &'a Value) -> Option<Interval> {
    let allowed = parameter.get("schema").map(|schema| document.schema(schema).values).unwrap_or_default();
    INTERVALS.iter().copied().find(|interval| allowed.is_empty() || allowed.contains(&interval.name))
}

fn text<'a>(value: &'a Value, key: &str) -> Option<&'a str> {
    value.get(key).and_then(Value::as_str)
}
