//! The report in words. What was found is in `report.rs`, and names for it in `words.rs`.

use std::fmt::Write as _;

use program::text::visible;

use super::report::{
    Access, ApiState, CollectorState, DescribedProperty, Ending, Report, UnknownField, UnknownValues,
    UnreadProperty,
};
use super::words::{self, piece};
use crate::format::{items, seconds};

/// Minimum clock skew to report. Rounding and network latency stay below it.
const SKEW: f64 = 2.0;

/// Maximum number of lines of a section.
const MAX_LINES: usize = 100;

/// The report.
pub(super) fn text(report: &Report) -> String {
    let mut out = String::new();
    let recording = report.recording.as_ref().map(|recording| format!(", from the recording {recording}"));
    line(&mut out, &format!("Account {}{}", report.account, recording.unwrap_or_default()));
    line(&mut out, &verdict(report));
    section(&mut out, "APIs", report.apis.iter().map(api).collect());
    section(&mut out, "What the key may read", access(report));
    section(&mut out, "Collectors", collectors(&report.collectors));
    section(&mut out, "Quota of REST v2", quota(report));
    if report.recording.is_none() {
        let mut machine = vec![clock(report.clock_ahead_seconds)];
        machine.extend(report.proxies.iter().map(|proxy| piece(proxy)));
        machine.extend(report.proxies.is_empty().then(|| "no proxy".to_owned()));
        section(&mut out, "This machine", machine);
    }
    let unknown = report.unknown_values.iter();
    let unknown = unknown.map(|UnknownValues { field, count }| {
        format!("{}: {}", piece(field), items(*count, "unknown value"))
    });
    section(&mut out, "Values that this version does not know, or that contradict others", unknown.collect());
    let unknown = report.unknown_fields.iter().map(|UnknownField { api, operation, field }| {
        format!("{}: {}", words::operation(*api, *operation), piece(field))
    });
    section(&mut out, "Fields that this version does not know", unknown.collect());
    description(&mut out, report);
    out
}

/// The result in one line.
fn verdict(report: &Report) -> String {
    let answering = report.apis.iter().filter(|api| api.understood > 0).count();
    let expected: Vec<_> = report.collectors.iter().filter(|state| state.expected).collect();
    let with = |is_it: fn(&Ending) -> bool| expected.iter().filter(|state| is_it(&state.ending)).count();
    let is_default = report.collectors.iter().all(|state| state.expected == state.default);
    let which = if is_default { "default" } else { "selected" };
    let (apis, collectors) = (report.apis.len(), expected.len());
    let complete = with(|ending| *ending == Ending::Complete);
    let rest = |number: usize, words: &str| match number {
        0 => String::new(),
        number => format!(", {number} {words}"),
    };
    let partial = rest(with(|ending| matches!(ending, Ending::Partial(_))), "in part")
        + &rest(with(|ending| matches!(ending, Ending::Delayed(_))), "not read yet");
    format!(
        "{answering} of {apis} APIs answer; {complete} of {collectors} {which} collectors are complete{partial}."
    )
}

fn api(state: &ApiState) -> String {
    let ApiState { api, server, answers, failures, understood, server_errors, .. } = state;
    let result = match (answers, failures) {
        (0, 0) => "not requested".to_owned(),
        (0, failures) => format!("does not answer ({})", items(*failures, "request")),
        (answers, _) if server_errors == answers => {
            format!(
                "only server errors ({}); if it persists, check Runpod's status page",
                items(*answers, "request")
            )
        }
        (answers, _) if *understood == 0 => {
            format!("none of {} was understood; check the base URL and proxies", items(*answers, "answer"))
        }
        (answers, 0) => format!("answers ({})", items(*answers, "request")),
        (answers, failures) => {
            format!("answers ({}), {failures} without an answer", items(*answers, "request"))
        }
    };
    let mut text = format!("{} at {}: {result}", words::api(*api), piece(server));
    if let Some(median) = state.median_seconds.filter(|_| *understood > 0) {
        write!(text, ", median {}", seconds(median)).unwrap_or_default();
    }
    match (state.key_rejected, state.allowed, state.forbidden) {
        (Some(true), ..) => text += ", rejects the key",
        (Some(false), 0, 1..) => text += ", recognizes the key, but permits no operation",
        (Some(false), 1.., _) => text += ", accepts the key",
        _ => {}
    }
    if state.retired == Some(true) {
        text += ", is retired";
    }
    if let Some(fields) = state.unsupported_fields.filter(|fields| *fields > 0) {
        write!(text, ", lacks {}", items(fields, "field")).unwrap_or_default();
    }
    text
}

fn access(report: &Report) -> Vec<String> {
    let kinds = [
        (Access::Allowed, "allowed"),
        (Access::Forbidden, "forbidden"),
        (Access::Rejected, "unknown, because the key is rejected"),
        (Access::Absent, "the server does not have it"),
        (Access::Unknown, "unknown, because no request succeeded"),
    ];
    let of = |(access, heading): (Access, &str)| {
        let own = report.operations.iter().filter(|state| state.access == access);
        let own: Vec<_> = own.map(|state| words::operation(state.api, state.operation)).collect();
        (!own.is_empty()).then(|| format!("{heading}: {}", own.join(", ")))
    };
    kinds.into_iter().filter_map(of).chain(words::grants(&report.operations)).collect()
}

/// One line for each collector that could be read, and one for all that have the same problem.
fn collectors(states: &[CollectorState]) -> Vec<String> {
    let mut failed: Vec<(String, Vec<String>)> = Vec::new();
    let mut lines = Vec::new();
    for state in states {
        let name = name(state);
        let (result, problem) = match &state.ending {
            Ending::Complete => {
                lines.push(format!("{name}: {}", read(state, "complete", "")));
                continue;
            }
            Ending::Partial(problem) => {
                lines.push(format!("{name}: {}", read(state, "read in part", &format!(" ({problem})"))));
                continue;
            }
            Ending::NotRead(problem) => ("not read", problem),
            Ending::Delayed(problem) => ("not read yet", problem),
            Ending::Failed(problem) => ("not complete", problem),
        };
        let source = state.source.map(|source| format!(", only a part from {}", words::api(source)));
        let text = format!("{result}{}: {}", source.unwrap_or_default(), piece(problem));
        match failed.iter_mut().find(|(known, _)| *known == text) {
            Some((_, names)) => names.push(name),
            None => failed.push((text, vec![name])),
        }
    }
    lines.extend(failed.into_iter().map(|(text, names)| format!("{}: {text}", names.join(", "))));
    lines
}

fn name(state: &CollectorState) -> String {
    let suffix = if state.default { "" } else { " (off by default)" };
    format!("{}{suffix}", state.collector)
}

fn read(state: &CollectorState, result: &str, part: &str) -> String {
    let source = state.source.map(|source| format!(" from {}", words::api(source))).unwrap_or_default();
    let every = state.every_seconds;
    let every = every.map_or_else(|| "at every scrape".to_owned(), |every| format!("every {every} s"));
    let sent = match state.requests {
        0 => "nothing to request in this run".to_owned(),
        requests => format!("{} in this run", items(requests, "request")),
    };
    format!("{result}{source}{part}; {sent}, read {every}")
}

fn quota(report: &Report) -> Vec<String> {
    let number =
        |number: Option<f64>| number.map_or_else(|| "unknown".to_owned(), |number| format!("{number}"));
    let window = |window: &super::report::QuotaState| {
        let (left, limit) = (number(window.remaining), number(window.limit));
        format!("{}: {left} of {limit} requests left", piece(&window.window))
    };
    if report.quota.is_empty() {
        return vec!["no quota was reported".to_owned()];
    }
    report.quota.iter().map(window).collect()
}

fn clock(ahead: Option<f64>) -> String {
    let advice = "set the time, for example with NTP";
    match ahead {
        None => "clock: no answer has a Date header".to_owned(),
        Some(ahead) if ahead.abs() < SKEW => "clock: agrees with the servers".to_owned(),
        Some(ahead) if ahead > 0.0 => format!("clock: {} ahead of the servers; {advice}", seconds(ahead)),
        Some(ahead) => format!("clock: {} behind the servers; {advice}", seconds(ahead.abs())),
    }
}

/// What the description of the REST API states.
fn description(out: &mut String, report: &Report) {
    let problem = report.description_problem.as_ref();
    let problem = problem.map(|problem| format!("the description could not be read: {}", piece(problem)));
    section(out, "Description of REST v2", problem.into_iter().collect());
    let described = report.described.iter().map(|property| piece(&exported(property)));
    section(out, "Latencies that REST v2 describes", described.collect());
    let unread = report.discovery.iter().map(|property| piece(&unread(property)));
    section(out, "Endpoint metrics in the REST v2 description that are not read", unread.collect());
    let routes = report.unread_routes.iter();
    let routes = routes.map(|route| format!("GET {}: {}", piece(&route.path), piece(&route.answer)));
    section(out, "Routes of REST v2 that are not read", routes.collect());
}

/// A property that is read: what it says, and the metric that exports it.
fn exported(described: &DescribedProperty) -> String {
    let DescribedProperty { operation, property, measure, statistic, unit, family } = described;
    let unit = if unit.is_empty() { String::new() } else { format!(" in {unit}") };
    let family = family.map_or_else(|| "not exported".to_owned(), |family| format!("exported as {family}"));
    format!("{operation}: {property}: {statistic} of {measure}{unit}, {family}")
}

/// A property that is not read, and why.
fn unread(UnreadProperty { operation, property, reason }: &UnreadProperty) -> String {
    let property = if property.is_empty() { String::new() } else { format!(" {property}:") };
    format!("{operation}:{property} {reason}")
}

/// A heading with its lines; nothing without lines.
fn section(out: &mut String, heading: &str, lines: Vec<String>) {
    if lines.is_empty() {
        return;
    }
    line(out, "");
    line(out, heading);
    let more = lines.len().saturating_sub(MAX_LINES);
    for text in lines.into_iter().take(MAX_LINES) {
        line(out, &format!("  {text}"));
    }
    if more > 0 {
        line(out, &format!("  and {more} more"));
    }
}

/// One line, whatever the text contains.
fn line(out: &mut String, text: &str) {
    out.push_str(&visible(text));
    out.push('\n');
}
