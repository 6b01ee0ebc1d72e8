//! An endpoint: one line of numbers; with a problem, the conclusion before it and what to do after it.

use jiff::Timestamp;
use program::text::Visible;

use super::super::report::{Account, Endpoint, Finding, Report};
use super::Style;
use super::block::Block;
use super::errors;
use super::format::{self, dim, name, number, percent, seconds, severity_style, since, verdict, width};
use crate::status::Commands;
use crate::status::Verdict;

/// Maximum number of names in one line.
const LISTED: usize = 20;

/// Why the state of an endpoint that was read is unknown.
const WITHOUT_VALUES: &str = "The queue or the workers are unknown, and so is the state: runpod-exporter runbook RunpodEndpointUnreadable";

/// An endpoint with a problem.
pub(super) fn write(
    block: &mut Block,
    report: &Report,
    account: &Account,
    endpoint: &Endpoint,
    style: &Style,
) {
    let mut causes = endpoint.causes();
    let cause = causes.next();
    let began = cause.and_then(|cause| cause.since).zip(report.timestamp);
    let began = began.map(|(at, now)| format!(" {}", since(at, now))).unwrap_or_default();
    let status = endpoint.status.as_deref().filter(|status| *status != "ready");
    let status = status.map(|status| format!(", status {}", Visible(status))).unwrap_or_default();
    let id = dim(&Visible(&endpoint.id).to_string());
    block.line(0, &format!("{} {id}: {}{began}{status}", name(&endpoint.name), verdict(endpoint.verdict())));
    if let Some(cause) = cause {
        conclusion(block, cause, None);
    }
    block.line(2, &numbers(endpoint));
    if is_unexplained(endpoint) {
        block.line(2, WITHOUT_VALUES);
    }
    errors::write(block, endpoint, report.timestamp);
    if let Some(cause) = cause {
        advice(block, cause, account, &style.commands);
    }
    for other in causes {
        write_other(block, "also", other);
    }
    let symptoms: Vec<&str> = endpoint.symptoms().map(|symptom| symptom.name.as_str()).collect();
    if !symptoms.is_empty() {
        block.line(2, &format!("follows from it: {}", symptoms.join(", ")));
    }
}

/// Endpoints with the same cause, by name: one line, because what to do is written elsewhere.
pub(super) fn write_alike(block: &mut Block, cause: &str, are_further: bool, endpoints: &[&Endpoint]) {
    let further = if are_further { "further " } else { "" };
    let states: Vec<_> = ["unhealthy", "degraded", "unreadable", "unknown"]
        .into_iter()
        .filter_map(|state| {
            let mut of = endpoints.iter().filter(|endpoint| endpoint.state() == state).peekable();
            let style = format::style(of.peek()?.verdict());
            Some(format!("{} {further}{style}{state}{style:#}", of.count()))
        })
        .collect();
    let names: Vec<String> =
        endpoints.iter().take(LISTED).map(|endpoint| Visible(&endpoint.name).to_string()).collect();
    let noun = if endpoints.len() == 1 { "endpoint" } else { "endpoints" };
    let reason = if cause.is_empty() { String::new() } else { format!(" because of {cause}") };
    let more = endpoints.len().saturating_sub(names.len());
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    block.line(0, &format!("{} {noun}{reason}: {}{more}", states.join(", "), names.join(", ")));
    if endpoints.iter().any(|endpoint| is_unexplained(endpoint)) {
        block.line(2, WITHOUT_VALUES);
    }
}

/// Whether the state is unknown and no finding says why.
fn is_unexplained(endpoint: &Endpoint) -> bool {
    endpoint.verdict() == Verdict::Unknown && !endpoint.is_unreadable()
}

/// What is wrong: the name of the finding and what was measured.
/// With `now`, also since when.
pub(super) fn conclusion(block: &mut Block, finding: &Finding, now: Option<Timestamp>) {
    let style = severity_style(&finding.severity);
    let began = finding.since.zip(now).map(|(at, now)| format!(", {}", since(at, now))).unwrap_or_default();
    block.line(
        2,
        &format!("{style}{}{style:#}{began}: {}", Visible(&finding.name), Visible(&finding.message)),
    );
}

/// What to do, and where more is written. Commands are not wrapped, so that they can be pasted.
pub(super) fn advice(block: &mut Block, finding: &Finding, account: &Account, commands: &Commands) {
    for recommendation in &finding.recommendations {
        let (text, command) = commands.split(recommendation, &account.name);
        block.hanging(2, "- ", &Visible(&text).to_string());
        if let Some(command) = command {
            block.verbatim(6, &Visible(&command).to_string());
        }
    }
    if let Some(page) = page(&finding.runbook) {
        runbook(block, page);
    }
    if let Some(url) = &finding.runbook_url {
        block.verbatim(11, &dim(&Visible(url).to_string()));
    }
}

/// How the runbook of this name is printed.
pub(super) fn runbook(block: &mut Block, page: &str) {
    block.verbatim(2, &dim(&format!("runbook: runpod-exporter runbook {}", Visible(page))));
}

/// The name of a runbook from its path or URL.
fn page(runbook: &str) -> Option<&str> {
    let page = runbook.rsplit('/').next()?;
    Some(page.trim_end_matches(".md")).filter(|page| !page.is_empty())
}

/// An endpoint without a problem, its name in a column of this width.
pub(super) fn write_line(block: &mut Block, endpoint: &Endpoint, column: usize) {
    let space = " ".repeat(column.saturating_sub(width(&endpoint.name)));
    let line = format!("{}{space}  {}", name(&endpoint.name), verdict(endpoint.verdict()));
    block.line(0, &format!("{line}  {}", numbers(endpoint)));
    for note in endpoint.causes() {
        write_other(block, "note", note);
    }
}

/// A finding beside the cause, in one line.
fn write_other(block: &mut Block, word: &str, finding: &Finding) {
    let style = severity_style(&finding.severity);
    let Finding { name, severity, message, .. } = finding;
    block.line(2, &format!("{word} {style}{name}{style:#} ({}): {}", Visible(severity), Visible(message)));
}

/// The numbers of an endpoint.
fn numbers(endpoint: &Endpoint) -> String {
    let jobs = match (endpoint.queue_depth, endpoint.in_progress) {
        (None, None) => "queue unknown".to_owned(),
        (queue, busy) => {
            let known = |value: Option<f64>| value.map_or_else(|| "unknown".to_owned(), number);
            format!("queue {}, running {}", known(queue), known(busy))
        }
    };
    let mut parts = vec![jobs, workers(endpoint)];
    if let Some(rate) = endpoint.requests.per_minute {
        let failed = endpoint.requests.success_ratio.map(|success| 1.0 - success);
        let failed = failed.filter(|failed| *failed > 0.0);
        let failed = failed.map(|failed| format!(", {} failed", percent(failed))).unwrap_or_default();
        parts.push(format!("{} jobs/min{failed}", number(rate)));
    }
    if let Some(p95) = endpoint.latency.as_ref().and_then(|latency| latency.p95) {
        parts.push(format!("p95 {}", seconds(p95)));
    }
    parts.join("; ")
}

fn workers(endpoint: &Endpoint) -> String {
    let workers = &endpoint.workers;
    let states = [
        (workers.initializing, "starting"),
        (workers.throttled, "throttled"),
        (workers.unhealthy, "unhealthy"),
    ];
    // A worker that runs a job may not count as ready.
    let serving = [workers.ready, workers.running, workers.idle].into_iter().flatten().reduce(f64::max);
    let Some(serving) = serving else { return "workers unknown".to_owned() };
    let mut text = match workers.max {
        Some(max) => format!("workers {} of {}", number(serving), number(max)),
        None => format!("workers {}", number(serving)),
    };
    for (count, state) in states.iter().filter_map(|(count, state)| Some(((*count)?, state))) {
        if count > 0.0 {
            text.extend([format!(", {} {state}", number(count))]);
        }
    }
    text
}
