//! The report in words.

use std::fmt::{Arguments, Write as _};

use super::{ApiState, CollectorState, Report};
use crate::format::seconds;

/// Difference from which the clock is worth a remark: whole seconds and the way of an answer are below it.
const SKEW: f64 = 2.0;

/// The report.
pub(super) fn text(report: &Report) -> String {
    let mut out = String::new();
    let recording = report.recording.as_ref().map(|recording| format!(", from the recording {recording}"));
    line(&mut out, format_args!("Account {}{}", report.account, recording.unwrap_or_default()));
    section(&mut out, "APIs", report.apis.iter().map(api));
    let of = |access: &'static str| {
        let own = report.operations.iter().filter(move |state| state.access == access);
        own.map(|state| format!("{} {}", state.api, state.operation)).collect::<Vec<_>>().join(", ")
    };
    let access = [("allowed", "allowed"), ("forbidden", "forbidden"), ("no answer shows it", "unknown")]
        .map(|(shown, access)| (shown, of(access)));
    section(
        &mut out,
        "What the key may read",
        access.iter().filter(|(_, list)| !list.is_empty()).map(|(access, list)| format!("{access}: {list}")),
    );
    section(&mut out, "Collectors", report.collectors.iter().map(collector));
    let window = |window: &super::QuotaState| {
        let number =
            |number: Option<f64>| number.map_or_else(|| "unknown".to_owned(), |number| format!("{number}"));
        format!("{}: {} of {} requests left", window.window, number(window.remaining), number(window.limit))
    };
    if report.quota.is_empty() {
        section(&mut out, "Quota of REST v2", ["no quota was reported".to_owned()].into_iter());
    } else {
        section(&mut out, "Quota of REST v2", report.quota.iter().map(window));
    }
    section(
        &mut out,
        "This machine",
        [clock(report.clock_ahead_seconds)].into_iter().chain(proxies(&report.proxies)),
    );
    let unknown =
        report.unknown_values.iter().map(|(field, count)| format!("{field}: {count} unknown values"));
    section(&mut out, "Values that this version does not know", unknown);
    section(&mut out, "Latencies that REST v2 describes", report.described.iter().cloned());
    section(
        &mut out,
        "What it describes of endpoints' metrics and is not read",
        report.discovery.iter().cloned(),
    );
    let routes = report.unread_routes.iter().map(|route| format!("GET {}: {}", route.path, route.answer));
    section(&mut out, "Routes of REST v2 that are not read", routes);
    out
}

fn api(state: &ApiState) -> String {
    let ApiState {
        api,
        server,
        answers,
        failures,
        median_seconds,
        key_rejected,
        retired,
        unsupported_fields,
    } = state;
    let mut text = match (answers, failures) {
        (0, 0) => format!("{api} at {server}: not requested"),
        (0, failures) => format!("{api} at {server}: does not answer ({failures} requests)"),
        (answers, 0) => format!("{api} at {server}: answers ({answers} requests)"),
        (answers, failures) => {
            format!("{api} at {server}: answers ({answers} requests), {failures} without an answer")
        }
    };
    if let Some(median) = median_seconds {
        write!(text, ", median {}", seconds(*median)).unwrap_or_default();
    }
    match key_rejected {
        Some(true) => text += ", rejects the key",
        Some(false) => text += ", accepts the key",
        None => {}
    }
    if *retired == Some(true) {
        text += ", is retired";
    }
    if let Some(fields) = unsupported_fields.filter(|fields| *fields > 0) {
        write!(text, ", lacks {fields} fields").unwrap_or_default();
    }
    text
}

fn collector(state: &CollectorState) -> String {
    let CollectorState { collector, default, complete, problem, source, requests, every_seconds } = state;
    let name = if *default { (*collector).to_owned() } else { format!("{collector} (off by default)") };
    let result = match (complete, problem) {
        (true, _) => "complete".to_owned(),
        (false, problem) => format!("not complete: {}", problem.as_deref().unwrap_or("unknown")),
    };
    let source = source.map(|source| format!(" from {source}")).unwrap_or_default();
    let every =
        every_seconds.map_or_else(|| "at every scrape".to_owned(), |every| format!("every {every} s"));
    let plural = if *requests == 1 { "" } else { "s" };
    format!("{name}: {result}{source}; {requests} request{plural} {every}")
}

fn clock(ahead: Option<f64>) -> String {
    match ahead {
        None => "clock: no answer has a Date header".to_owned(),
        Some(ahead) if ahead.abs() < SKEW => "clock: agrees with the servers".to_owned(),
        Some(ahead) if ahead > 0.0 => {
            format!("clock: {} ahead of the servers; set the time, for example with NTP", seconds(ahead))
        }
        Some(ahead) => {
            format!("clock: {} behind the servers; set the time, for example with NTP", seconds(ahead.abs()))
        }
    }
}

fn proxies(proxies: &[String]) -> Vec<String> {
    if proxies.is_empty() { vec!["no proxy".to_owned()] } else { proxies.to_vec() }
}

/// A heading with its lines; nothing without lines.
fn section(out: &mut String, heading: &str, lines: impl Iterator<Item = String>) {
    let mut lines = lines.peekable();
    if lines.peek().is_some() {
        line(out, format_args!("\n{heading}"));
    }
    for text in lines {
        line(out, format_args!("  {text}"));
    }
}

fn line(out: &mut String, text: Arguments<'_>) {
    // Writing to a string cannot fail.
    writeln!(out, "{text}").unwrap_or_default();
}
