//! What is wrong, the worst first, and what to do about it.

use std::cmp::Reverse;

use maud::{Markup, html};

use super::words::spoken;
use super::{Page, anchor};
use crate::diagnosis::{Finding, Severity, Subject};

/// Findings that are shown with what to do. Nobody reads more at once; the others open with a click.
const OPEN: usize = 3;

/// So many that are the same stand together: what they have in common is what to look at first.
const ALIKE: usize = 6;

/// A finding, and the place of its account.
type Placed<'a> = (usize, &'a Finding);

impl Page<'_> {
    pub(super) fn findings(&self) -> Markup {
        let findings: Vec<Placed<'_>> = self
            .each()
            .flat_map(|(n, account)| account.all_findings().into_iter().map(move |finding| (n, finding)))
            .collect();
        let groups = groups(&findings);
        let apart = groups.iter().filter(|group| group.len() < ALIKE).flatten();
        let open: Vec<String> = apart.take(OPEN).map(|(n, finding)| id(*n, finding)).collect();
        html! {
            section aria-labelledby="findings" {
                h2 #findings { "Findings" @if !findings.is_empty() { " " span.count { (findings.len()) } } }
                @if findings.is_empty() { p.quiet { "No problems found." } }
                ol.findings {
                    @for group in &groups {
                        @match group.as_slice() {
                            [first, ..] if group.len() >= ALIKE => (self.group(*first, group)),
                            few => @for (n, finding) in few {
                                (self.finding(*n, finding, open.contains(&id(*n, finding))))
                            },
                        }
                    }
                }
            }
        }
    }

    /// What was found again and again.
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
                        (severity_badge(*severity)) " " strong { (spoken(name.as_str())) } " "
                        (group.len()) " " (subjects)
                    }
                    ol.findings { @for (n, finding) in group { (self.finding(*n, finding, false)) } }
                }
            }
        }
    }

    fn finding(&self, n: usize, finding: &Finding, open: bool) -> Markup {
        let Finding { name, severity, subject, message, recommendations, runbook, metric } = finding;
        html! {
            li id=(id(n, finding)) {
                details open[open] {
                    summary {
                        (severity_badge(*severity)) " "
                        strong { (spoken(name.as_str())) } " "
                        @match subject {
                            Subject::Account => @if let Some(account) = self.status.accounts.get(n) {
                                "account " bdi { (account.account) }
                            },
                            Subject::Endpoint { name, .. } => bdi { (name) },
                            Subject::Pod { name, .. } => { "pod " bdi { (name) } },
                        }
                        ": " (message)
                    }
                    ul { @for recommendation in recommendations { li { (recommendation) } } }
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

/// Those of one name and severity together, the worst first, and otherwise in the order in which they come.
fn groups<'a>(findings: &[Placed<'a>]) -> Vec<Vec<Placed<'a>>> {
    let mut groups: Vec<Vec<Placed<'_>>> = Vec::new();
    for (n, finding) in findings {
        let is_alike = |group: &&mut Vec<Placed<'_>>| {
            group
                .first()
                .is_some_and(|(_, first)| (first.name, first.severity) == (finding.name, finding.severity))
        };
        match groups.iter_mut().find(is_alike) {
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

/// A severity in its colour; the word says it too.
pub(super) fn severity_badge(severity: Severity) -> Markup {
    let class = match severity {
        Severity::Info => "info",
        Severity::Warning => "warning",
        Severity::Critical => "critical",
    };
    html! { span.badge.(class) { (severity.as_str()) } }
}
