//! What a scrape and its exchanges show. Nothing is guessed: what no answer says is unknown. How it is printed is in `text.rs`.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use recording::Exchange;
use runpod::{Api, DescribedMetrics, Operation, RequestError, Runpod, SkippedProperty};

use super::report::{
    Access, ApiState, DescribedProperty, OperationState, QuotaState, Report, UnknownField, UnknownValues,
    UnreadProperty,
};
use super::{access, collectors, routes};
use crate::metrics::family_of;
use crate::recording::{Outcomes, Recorder, kind};
use crate::settings::Collectors;
use crate::snapshot::AccountSnapshot;

/// What was read, and with which client.
#[derive(Debug, Clone, Copy)]
pub(super) struct Examined<'a> {
    pub(super) snapshot: &'a AccountSnapshot,
    pub(super) recorder: &'a Recorder,
    pub(super) runpod: &'a Runpod,
    /// The collectors that should be complete.
    pub(super) expected: &'a Collectors,
}

/// Fills the report.
pub(super) fn examine(report: &mut Report, examined: Examined<'_>) {
    let Examined { snapshot, recorder, expected, .. } = examined;
    let (exchanges, outcomes) = (recorder.exchanges(), recorder.outcomes());
    report.account = snapshot.name.to_string();
    report.operations = access::operations(&outcomes, &exchanges);
    let api = |api: &Api| state(*api, examined, (&exchanges, &outcomes), &report.operations);
    report.apis = Api::ALL.iter().map(api).collect();
    report.collectors = collectors::states(snapshot, expected);
    let window = |window: &runpod::QuotaWindow| {
        let (limit, remaining) = (window.limit, window.remaining);
        QuotaState { window: window.name.clone(), limit, remaining }
    };
    report.quota = snapshot.quota.iter().map(window).collect();
    let mut unknown: BTreeMap<String, usize> = BTreeMap::new();
    for value in &snapshot.unknown {
        let count = unknown.entry(value.field.to_owned()).or_default();
        *count = count.saturating_add(1);
    }
    let values = |(field, count)| UnknownValues { field, count };
    report.unknown_values = unknown.into_iter().map(values).collect();
    report.unknown_fields = unknown_fields(&exchanges);
    if report.recording.is_none() {
        report.clock_ahead_seconds = clock_ahead(&exchanges);
        report.proxies = examined.runpod.proxies();
        report.proxies.sort();
        report.proxies.dedup(); // two APIs may have one host
    } else {
        // A replay answers from memory.
        report.apis.iter_mut().for_each(|api| api.median_seconds = None);
    }
}

/// Operations whose names come from the description of the API, and the description itself.
const DESCRIBED: [Operation; 3] = [Operation::Openapi, Operation::Latency, Operation::WorkerMetrics];

/// The fields of answers that this version does not know.
fn unknown_fields(exchanges: &[Exchange]) -> Vec<UnknownField> {
    let mut found = BTreeSet::new();
    for exchange in exchanges {
        let (Some((api, operation)), Ok(answer)) = (kind(&exchange.request), &exchange.answer) else {
            continue;
        };
        if !DESCRIBED.contains(&operation) {
            let unknown = recording::unknown_fields(&answer.body).into_iter();
            found.extend(unknown.map(|field| UnknownField { api, operation, field }));
        }
    }
    found.into_iter().collect()
}

/// Adds what the description of the REST API states.
pub(super) fn describe(
    report: &mut Report,
    described: Result<DescribedMetrics, RequestError>,
    exchanges: &[Exchange],
    runpod: &Runpod,
) {
    match described {
        Ok(metrics) => {
            report.described = metrics.readings.iter().map(reading).collect();
            report.discovery = metrics.notes.iter().map(note).collect();
            let exported: Vec<&str> =
                metrics.readings.iter().map(|reading| reading.operation.as_str()).collect();
            match routes::unread(exchanges, &exported, runpod.rest()) {
                Some(routes) => report.unread_routes = routes,
                None => report.description_problem = Some("it has no paths".to_owned()),
            }
        }
        Err(error) => report.description_problem = Some(collectors::description_problem(&error.reason)),
    }
}

fn reading(reading: &runpod::DescribedProperty) -> DescribedProperty {
    let runpod::DescribedProperty { operation, property, fact, unit } = reading;
    DescribedProperty {
        operation: operation.clone(),
        property: property.clone(),
        measure: fact.measure.as_str(),
        statistic: fact.statistic.as_str(),
        unit,
        family: family_of(*fact),
    }
}

fn note(note: &SkippedProperty) -> UnreadProperty {
    let SkippedProperty { operation, property, reason } = note.clone();
    UnreadProperty { operation, property, reason }
}

fn state(
    api: Api,
    Examined { snapshot, recorder, runpod, .. }: Examined<'_>,
    (exchanges, outcomes): (&[Exchange], &Outcomes),
    operations: &[OperationState],
) -> ApiState {
    let own = || exchanges.iter().filter(|exchange| exchange.request.api == api.as_str());
    let answered = || own().filter_map(|exchange| exchange.answer.as_ref().ok());
    let answers = answered().count();
    let ended = || {
        let keyed =
            outcomes.iter().filter(|((of, operation), _)| *of == api && *operation != Operation::Openapi);
        keyed.flat_map(|(_, ended)| ended)
    };
    let understood: usize =
        ended().filter(|(outcome, _)| access::is_understood(**outcome)).map(|(_, number)| number).sum();
    let with =
        |access: Access| operations.iter().filter(|state| state.api == api && state.access == access).count();
    let median = median(recorder.times(api), Ord::cmp);
    let known = snapshot.apis.iter().find(|report| report.api == api);
    ApiState {
        api,
        server: runpod.peer(api).to_string(),
        answers,
        understood,
        server_errors: answered().filter(|answer| answer.status >= 500).count(),
        allowed: with(Access::Allowed),
        forbidden: with(Access::Forbidden),
        failures: own().count().saturating_sub(answers),
        median_seconds: median.map(|median| median.as_secs_f64()),
        key_rejected: known.and_then(|report| report.key_rejected),
        retired: known.and_then(|report| report.retired),
        unsupported_fields: known.and_then(|report| report.unsupported_fields),
    }
}

/// The median difference of this machine's clock to the `Date` of answers. A whole second is cut off there: half of it is added.
fn clock_ahead(exchanges: &[Exchange]) -> Option<f64> {
    let ahead = |exchange: &Exchange| {
        let date = exchange.answer.as_ref().ok()?.headers.get("date")?;
        let date = jiff::fmt::rfc2822::parse(date).ok()?.timestamp();
        Some(exchange.time.duration_since(date).as_secs_f64() - 0.5)
    };
    median(exchanges.iter().filter_map(ahead).collect(), f64::total_cmp)
}

/// The median; of an even number, the higher one of the two in the middle.
fn median<T: Copy>(mut values: Vec<T>, order: fn(&T, &T) -> Ordering) -> Option<T> {
    values.sort_by(order);
    values.get(values.len() / 2).copied()
}
