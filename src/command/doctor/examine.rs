//! What a scrape and its exchanges show. Nothing is guessed: what no answer says is unknown.

use std::collections::BTreeMap;

use recording::Exchange;
use runpod::{Api, MetricsNote, MetricsReading, Outcome, Runpod};

use super::routes::unread;
use super::{ApiState, CollectorState, OperationState, QuotaState, Report};
use crate::advice;
use crate::metrics::family_of;
use crate::recording::Recorder;
use crate::snapshot::{AccountSnapshot, CollectorReport};

/// Fills the report.
pub(super) fn examine(report: &mut Report, snapshot: &AccountSnapshot, recorder: &Recorder, runpod: &Runpod) {
    let exchanges = recorder.exchanges();
    report.account = snapshot.name.to_string();
    report.apis = Api::ALL.iter().map(|api| state(*api, snapshot, recorder, &exchanges, runpod)).collect();
    report.operations = operations(snapshot, &exchanges);
    report.collectors = snapshot.collectors.iter().map(collector).collect();
    let window = |window: &runpod::QuotaWindow| {
        let (limit, remaining) = (window.limit, window.remaining);
        QuotaState { window: window.name.clone(), limit, remaining }
    };
    report.quota = snapshot.quota.iter().map(window).collect();
    report.clock_ahead_seconds = clock_ahead(&exchanges);
    let mut unknown: BTreeMap<String, usize> = BTreeMap::new();
    for value in &snapshot.unknown {
        let count = unknown.entry(value.field.to_owned()).or_default();
        *count = count.saturating_add(1);
    }
    report.unknown_values = unknown.into_iter().collect();
    report.unread_routes = unread(&exchanges);
}

/// A property that is read: what it says, and the metric that exports it.
pub(super) fn reading(reading: &MetricsReading) -> String {
    let MetricsReading { operation, property, fact, unit } = reading;
    let unit = if unit.is_empty() { String::new() } else { format!(" in {unit}") };
    let family =
        family_of(*fact).map_or_else(|| "not exported".to_owned(), |family| format!("exported as {family}"));
    let (statistic, measure) = (fact.statistic.as_str(), fact.measure.as_str());
    format!("{operation}: {property}: {statistic} of {measure}{unit}, {family}")
}

/// A property that is not read, and why.
pub(super) fn note(note: &MetricsNote) -> String {
    let MetricsNote { operation, property, reason } = note;
    let property = if property.is_empty() { String::new() } else { format!(" {property}:") };
    format!("{operation}:{property} {reason}")
}

fn state(
    api: Api,
    snapshot: &AccountSnapshot,
    recorder: &Recorder,
    exchanges: &[Exchange],
    runpod: &Runpod,
) -> ApiState {
    let own = || exchanges.iter().filter(|exchange| exchange.request.api == api.as_str());
    let answers = own().filter(|exchange| exchange.answer.is_ok()).count();
    let mut times = recorder.times(api.as_str());
    times.sort();
    let median = times.get(times.len().checked_div(2).unwrap_or_default());
    let known = snapshot.apis.iter().find(|report| report.api == api);
    ApiState {
        api: api.as_str(),
        server: runpod.peer(api).to_string(),
        answers,
        failures: own().count().saturating_sub(answers),
        median_seconds: median.map(std::time::Duration::as_secs_f64),
        key_rejected: known.and_then(|report| report.key_rejected),
        retired: known.and_then(|report| report.retired),
        unsupported_fields: known.and_then(|report| report.unsupported_fields),
    }
}

/// What the key may read: by the status of answers, and in GraphQL by the errors of collectors.
fn operations(snapshot: &AccountSnapshot, exchanges: &[Exchange]) -> Vec<OperationState> {
    let is_forbidden = |outcome| matches!(outcome, Outcome::Forbidden | Outcome::Unauthorized);
    let errors = || snapshot.collectors.iter().filter_map(|report| report.error.as_ref());
    let refused = |api: &str, operation: &str| {
        errors().any(|error| {
            error.api.as_str() == api
                && error.operation.as_str() == operation
                && is_forbidden(error.outcome())
        })
    };
    let mut states: BTreeMap<(&str, &str), (usize, bool, bool)> = BTreeMap::new();
    for exchange in exchanges {
        let (api, operation) = (exchange.request.api.as_str(), exchange.request.operation.as_str());
        let (requests, allowed, forbidden) = states.entry((api, operation)).or_default();
        *requests = requests.saturating_add(1);
        let code = exchange.answer.as_ref().map_or(0, |answer| answer.status);
        *forbidden |= matches!(code, 401 | 403);
        *allowed |= (200..300).contains(&code) && !refused(api, operation);
        *forbidden |= refused(api, operation);
    }
    let state = |((api, operation), (requests, allowed, forbidden)): ((&str, &str), (usize, bool, bool))| {
        let access = match (allowed, forbidden) {
            (true, _) => "allowed",
            (false, true) => "forbidden",
            (false, false) => "unknown",
        };
        OperationState { api: api.to_owned(), operation: operation.to_owned(), access, requests }
    };
    states.into_iter().map(state).collect()
}

fn collector(report: &CollectorReport) -> CollectorState {
    let row = report.collector.row();
    let problem = report.error.as_ref().map(|error| advice::explained_for(report.collector, &error.reason));
    CollectorState {
        collector: report.collector.as_str(),
        default: report.collector.is_default(),
        complete: report.error.is_none(),
        problem,
        source: report.source.map(|source| source.api.as_str()),
        requests: report.parts.total(),
        every_seconds: (!row.live).then_some(row.every.as_secs()),
    }
}

/// The median difference of this machine's clock to the `Date` of answers. A whole second is cut off there: half of it is added.
fn clock_ahead(exchanges: &[Exchange]) -> Option<f64> {
    let ahead = |exchange: &Exchange| {
        let date = exchange.answer.as_ref().ok()?.headers.get("date")?;
        let date = jiff::fmt::rfc2822::parse(date).ok()?.timestamp();
        Some(exchange.time.duration_since(date).as_secs_f64() - 0.5)
    };
    let mut all: Vec<f64> = exchanges.iter().filter_map(ahead).collect();
    all.sort_by(f64::total_cmp);
    all.get(all.len().checked_div(2)?).copied()
}
