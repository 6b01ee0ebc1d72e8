//! What is wrong, the worst first, and what to do about it.

use std::cmp::Reverse;

use maud::{Markup, html};

use super::words::spoken;
use super::{Page, anchor};
use crate::diagnosis::{Finding, Severity, Subject};

/// Findings that are shown with what to do. Nobody reads more at once; the others open with a click.
const OPEN: usize = 3;

/// Findings that are shown at all before a click. An account in which more is wrong has one cause for most of it.
const SHOWN: usize = 12;

impl Page<'_> {
    pub(super) fn findings(&self) -> Markup {
        let each = |(n, account): (usize, _)| {
            let findings: Vec<&Finding> = crate::status::AccountStatus::all_findings(account);
            findings.into_iter().map(move |finding| (n, finding))
        };
        let mut findings: Vec<_> = self.each().flat_map(each).collect();
        findings.sort_by_key(|(_, finding)| Reverse(finding.severity));
        let (shown, more) = findings.split_at(findings.len().min(SHOWN));
        html! {
            section aria-labelledby="findings" {
                h2 #findings { "Findings" @if !findings.is_empty() { " " span.count { (findings.len()) } } }
                @if findings.is_empty() { p.quiet { "Nothing is wrong, as far as can be seen." } }
                ol.findings {
                    @for (place, (n, finding)) in shown.iter().enumerate() {
                        (self.finding(*n, finding, place < OPEN))
                    }
                }
                @if !more.is_empty() {
                    details #more-findings {
                        summary { (more.len()) " more" }
                        ol.findings { @for (n, finding) in more { (self.finding(*n, finding, false)) } }
                    }
                }
            }
        }
    }

    fn finding(&self, n: usize, finding: &Finding, open: bool) -> Markup {
        let Finding { name, severity, subject, facts, recommendations, runbook, metric } = finding;
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
                        ": " (facts)
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
