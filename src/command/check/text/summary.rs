//! The first line: the verdict, how many are affected, and the worst.

use std::collections::BTreeSet;

use program::text::Visible;

use super::super::report::{Account, Endpoint, Finding, PARTS, Report};
use super::block::Block;
use super::format::{count, since, style};
use crate::status::Verdict;

/// Maximum number of names in the line.
const NAMED: usize = 3;

pub(super) fn write(block: &mut Block, report: &Report) {
    let verdict = report.verdict();
    let style = style(verdict);
    let mut parts = accounts(report);
    for kind in PARTS {
        parts.extend(with_findings(report, kind));
    }
    let endpoints = endpoints(report);
    // What is wrong stands first.
    let is_fine = |endpoint: &Endpoint| endpoint.verdict() == Verdict::Healthy;
    let are_fine = report.accounts.iter().flat_map(|account| &account.endpoints).all(is_fine);
    match endpoints {
        Some(endpoints) if are_fine => {
            parts.push(endpoints);
            parts.extend(notes(report));
        }
        Some(endpoints) => parts.insert(0, endpoints),
        None => {}
    }
    let text = if parts.is_empty() { "nothing to report".to_owned() } else { parts.join("; ") };
    block.line(0, &format!("{style}{}{style:#}: {text}", verdict.as_str().to_uppercase()));
}

fn endpoints(report: &Report) -> Option<String> {
    let all: Vec<&Endpoint> = report.accounts.iter().flat_map(|account| &account.endpoints).collect();
    let of = |verdict| all.iter().filter(|endpoint| endpoint.verdict() == verdict).count();
    let unreadable = all.iter().filter(|endpoint| endpoint.state() == "unreadable").count();
    let (unhealthy, degraded) = (of(Verdict::Unhealthy), of(Verdict::Degraded));
    let unknown = of(Verdict::Unknown).saturating_sub(unreadable);
    let worst = all.iter().filter(|endpoint| endpoint.verdict() != Verdict::Healthy).max_by_key(|endpoint| {
        (endpoint.verdict() == Verdict::Unhealthy, endpoint.verdict() == Verdict::Degraded)
    });
    match (all.as_slice(), worst) {
        ([], _) => None,
        // The reason is that of their account.
        ([_, _, ..], Some(_)) if unreadable == all.len() => Some("no endpoint could be read".to_owned()),
        ([_, _, ..], Some(_)) if unknown == all.len() => {
            Some(format!("the state of all {} is unknown", count(all.len(), "endpoint")))
        }
        ([one], None) => Some(format!("endpoint {} is healthy", Visible(&one.name))),
        (_, None) => Some(format!("all {} are healthy", count(all.len(), "endpoint"))),
        ([one], Some(_)) => {
            Some(format!("endpoint {} is {}{}", Visible(&one.name), one.state(), began(report, one)))
        }
        (_, Some(worst)) => {
            let states = [
                (unhealthy, "unhealthy"),
                (degraded, "degraded"),
                (unreadable, "unreadable"),
                (unknown, "unknown"),
            ];
            let states: Vec<_> = states.into_iter().filter(|(number, _)| *number > 0).collect();
            let (name, all) = (Visible(&worst.name), count(all.len(), "endpoint"));
            let began = began(report, worst);
            Some(match states.as_slice() {
                [(1, state)] => format!("1 of {all} is {state}: {name}{began}"),
                [(number, state)] => format!("{number} of {all} are {state}, worst {name}{began}"),
                states => {
                    let states: Vec<_> =
                        states.iter().map(|(number, state)| format!("{number} {state}")).collect();
                    format!("{} of {all}, worst {name}{began}", enumerated(&states))
                }
            })
        }
    }
}

/// The findings of healthy endpoints.
fn notes(report: &Report) -> Option<String> {
    let endpoints = report.accounts.iter().flat_map(|account| &account.endpoints);
    let notes: BTreeSet<&str> = endpoints.flat_map(Endpoint::causes).map(|note| note.name.as_str()).collect();
    let notes: Vec<&str> = notes.into_iter().collect();
    (!notes.is_empty()).then(|| format!("notes: {}", listed(&notes)))
}

/// A list as in a sentence: `a, b and c`.
fn enumerated(parts: &[String]) -> String {
    match parts {
        [first @ .., last] if !first.is_empty() => format!("{} and {last}", first.join(", ")),
        parts => parts.concat(),
    }
}

/// Since when an endpoint has its cause.
fn began(report: &Report, endpoint: &Endpoint) -> String {
    let at = endpoint.causes().find_map(|cause| cause.since);
    let began = at.zip(report.timestamp).map(|(at, now)| format!(" {}", since(at, now)));
    began.unwrap_or_default()
}

fn accounts(report: &Report) -> Vec<String> {
    let several = report.accounts.len() > 1;
    let line = |account: &Account| {
        let names: Vec<&str> = account
            .own_findings()
            .filter(|finding| needs_attention(finding))
            .map(|finding| finding.name.as_str())
            .collect();
        let unanswered = account.is_unanswered();
        let who = if several { format!("account {}", Visible(&account.name)) } else { "account".to_owned() };
        match (names.is_empty(), unanswered) {
            (true, false) => None,
            (true, true) => Some(format!("{who} did not answer")),
            (false, true) => Some(format!("{who} did not answer: {}", listed(&names))),
            (false, false) => Some(format!("{who}: {}", listed(&names))),
        }
    };
    report.accounts.iter().filter_map(line).collect()
}

/// The number of pods or clusters with a finding that needs attention.
fn with_findings(report: &Report, kind: &str) -> Option<String> {
    let of = |account: &Account| {
        let findings = account.findings.iter();
        let of_kind = findings.filter(|finding| finding.subject.kind == kind && needs_attention(finding));
        of_kind.map(|finding| finding.subject.id.as_str()).collect::<BTreeSet<_>>().len()
    };
    let with: usize = report.accounts.iter().map(of).sum();
    (with > 0).then(|| format!("{} with findings", count(with, kind)))
}

fn needs_attention(finding: &Finding) -> bool {
    finding.severity != "info" && finding.explained_by.is_none()
}

fn listed(names: &[&str]) -> String {
    let shown: Vec<_> = names.iter().take(NAMED).copied().collect();
    let more = names.len().saturating_sub(shown.len());
    let shown = shown.join(", ");
    if more > 0 { format!("{shown} and {more} more") } else { shown }
}
