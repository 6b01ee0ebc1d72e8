//! The findings, worst first, with recommendations.

use std::cmp::Reverse;

use maud::{Markup, html};

use super::words::{foreign, readable};
use super::{Page, anchor};
use crate::diagnosis::{Finding, Severity, Subject};

/// Number of findings that are expanded; the others open with a click.
const OPEN: usize = 3;

/// Number of equal findings from which they are grouped: a common cause is likely.
const MIN_GROUP: usize = 6;

/// A finding and the index of its account.
type Placed<'a> = (usize, &'a Finding);

impl Page<'_> {
    pub(super) fn findings(&self) -> Markup {
        let findings: Vec<Placed<'_>> = self
            .each()
            .flat_map(|(n, account)| account.all_findings().into_iter().map(move |finding| (n, finding)))
            .collect();
        let groups = groups(&findings);
        let single = groups.iter().filter(|group| group.len() < MIN_GROUP).flatten();
        let open: Vec<String> = single.take(OPEN).map(|(n, finding)| id(*n, finding)).collect();
        html! {
            section aria-labelledby="findings" {
                h2 #findings { "Findings" @if !findings.is_empty() { " " span.count { (findings.len()) } } }
                @if findings.is_empty() { p.quiet { "No problems found." } }
                ol.findings {
                    @for group in &groups {
                        @match group.as_slice() {
                            [first, ..] if group.len() >= MIN_GROUP => (self.group(*first, group)),
                            few => @for (n, finding) in few {
                                (self.finding(*n, finding, open.contains(&id(*n, finding))))
                            },
                        }
                    }
                }
            }
        }
    }

    /// Equal findings of several subjects.
    fn group(&self, (_, first): Placed<'_>, group: &[Placed<'_>]) -> Markup {
        let Finding { name, severity, subject, .. } = first;
        let subjects = match subject {
            Subject::Account => "accounts",
            Subject::Endpoint { .. } => "endpoints",
            Subject::Pod { .. } => "pods",
        };
        html! {
            li id=(format!("g-{}-{}", severity.as_str(), name.as_str())) {
                details {
                    summary {
                        (severity_badge(*severity)) " " strong { (readable(name.as_str())) } " "
                        (group.len()) " " (subjects)
                    }
                    ol.findings { @for (n, finding) in group { (self.finding(*n, finding, false)) } }
                }
            }
        }
    }

    fn finding(&self, n: usize, finding: &Finding, open: bool) -> Markup {
        let Finding { name, severity, subject, message, recommendations, runbook, metric, .. } = finding;
        html! {
            li id=(id(n, finding)) {
                details open[open] {
                    summary {
                        (severity_badge(*severity)) " "
                        strong { (readable(name.as_str())) } " "
                        @match subject {
                            Subject::Account => @if let Some(account) = self.status.accounts.get(n) {
                                "account " (foreign(&account.account))
                            },
                            Subject::Endpoint { name, .. } => (foreign(name)),
                            Subject::Pod { name, .. } => { "pod " (foreign(name)) },
                        }
                        ": " (foreign(message))
                    }
                    ul { @for recommendation in recommendations { li { (foreign(recommendation)) } } }
                    p.quiet {
                        a href=(runbook) { "Runbook" } " · "
                        @if let Subject::Endpoint { id, .. } = subject {
                            a href={ "#" (anchor("e", n, id)) } { "Endpoint" } " · "
                        }
                        code { (metric) }
                    }
                }
            }
        }
    }
}

/// Groups findings by name and severity, worst first. The order is otherwise unchanged.
fn groups<'a>(findings: &[Placed<'a>]) -> Vec<Vec<Placed<'a>>> {
    let mut groups: Vec<Vec<Placed<'_>>> = Vec::new();
    for (n, finding) in findings {
        let is_equal = |group: &&mut Vec<Placed<'_>>| {
            group
                .first()
                .is_some_and(|(_, first)| (first.name, first.severity) == (finding.name, finding.severity))
        };
        match groups.iter_mut().find(is_equal) {
            Some(group) => group.push((*n, finding)),
            None => groups.push(vec![(*n, finding)]),
        }
    }
    groups.sort_by_key(|group| Reverse(group.first().map(|(_, finding)| finding.severity)));
    groups
}

/// The id of a finding on the page.
pub(super) fn id(n: usize, finding: &Finding) -> String {
    let about = match &finding.subject {
        Subject::Account => "",
        Subject::Endpoint { id, .. } | Subject::Pod { id, .. } => id,
    };
    anchor("f", n, &format!("{}-{about}", finding.name.as_str()))
}

/// A severity as a colored badge.
pub(super) fn severity_badge(severity: Severity) -> Markup {
    let class = match severity {
        Severity::Info => "info",
        Severity::Warning => "warning",
        Severity::Critical => "critical",
    };
    html! { span.badge.(class) { (severity.as_str()) } }
}
