//! The accounts: money in one line each, what could not be read, and findings about the account.

use maud::{Markup, html};

use super::details::of_subject;
use super::words::{ago, foreign, maybe, prose};
use super::{Page, badge};
use crate::diagnosis::{Finding, Subject};
use crate::format::{dollars, dollars_per_hour, seconds};
use crate::status::{AccountStatus, AlertmanagerStatus, CollectorStatus, Failure, UNANSWERED};

impl Page<'_> {
    pub(super) fn accounts(&self) -> Markup {
        html! {
            section aria-label=(if self.has_several() { "Accounts" } else { "Account" }) {
                @for (n, account) in self.each() { (self.account(n, account)) }
                @if let Some(AlertmanagerStatus { error: Some(error), .. }) = &self.status.alertmanager {
                    p.error { "Alerts are unknown: " (foreign(error)) "; check --alertmanager.url" }
                }
            }
        }
    }

    fn account(&self, n: usize, account: &AccountStatus) -> Markup {
        let own = |finding: &&Finding| matches!(finding.subject, Subject::Account);
        let findings: Vec<&Finding> = account.findings.iter().filter(own).collect();
        html! {
            div.account id=(format!("a-{n}")) {
                (self.strip(account))
                (of_subject(self, n, &findings, true))
                @for failure in &account.failures { (failed(failure, account.collectors.len())) }
                @if !account.answered && findings.is_empty() {
                    p.quiet { a href={ "docs/runbooks/" (UNANSWERED) ".md" } { "Runbook" } }
                }
                @if let Some(alerts) = account.alerts.as_ref().filter(|alerts| !alerts.is_empty()) {
                    p.alerting {
                        "Alerts: "
                        @for (n, alert) in alerts.iter().enumerate() { @if n > 0 { "; " } (self.alert(alert)) }
                    }
                }
            }
        }
    }

    /// The account in one line.
    fn strip(&self, account: &AccountStatus) -> Markup {
        html! {
            dl.strip {
                div.who { dt { "Account" } dd { strong { (foreign(&account.account)) } " " (badge(account.verdict)) } }
                (fact("Balance", &balance(account)))
                (fact("Runway", &runway(account)))
                (fact("Spend", &html! {
                    (maybe(account.spend_dollars_per_hour, dollars_per_hour))
                    @if let Some(limit) = account.spend_limit_dollars_per_hour {
                        span.quiet { " of " (dollars_per_hour(limit)) " limit" }
                    }
                }))
                (fact("Read", &html! { span.read { (ago(account.taken, self.now())) } }))
                div { dt { "Collectors" } dd { (self.collectors(account)) } }
            }
        }
    }

    fn collectors(&self, account: &AccountStatus) -> Markup {
        let all = account.collectors.len();
        let failed = account.collectors.iter().filter(|collector| !collector.ok).count();
        html! {
            details.collectors {
                summary {
                    @if failed == 0 { "all " (all) " ok" } @else { span.critical { (failed) " of " (all) " failed" } }
                }
                table {
                    caption.hidden { "Collectors" }
                    thead { tr {
                        th scope="col" { "Collector" } th scope="col" { "API" } th scope="col" { "Data read" }
                    } }
                    tbody { @for collector in &account.collectors { (self.collector(collector)) } }
                }
            }
        }
    }

    fn collector(&self, collector: &CollectorStatus) -> Markup {
        let CollectorStatus { collector, ok, api, read, .. } = collector;
        html! {
            tr {
                th scope="row" { (collector) @if !ok { " " span.badge.critical { "failed" } } }
                td { (api.unwrap_or("none")) }
                td { @match read {
                    Some(read) => (ago(*read, self.now())),
                    None if *ok => span.quiet { "nothing to read yet" },
                    None => "never",
                } }
            }
        }
    }
}

/// The balance, which does not run out in a post-paid account.
fn balance(account: &AccountStatus) -> Markup {
    html! {
        (maybe(account.balance_dollars, dollars))
        @if account.is_postpaid() { span.quiet { " post-paid" } }
    }
}

/// How long the balance lasts.
fn runway(account: &AccountStatus) -> Markup {
    html! {
        @match (account.runway_hours, account.spend_dollars_per_hour) {
            _ if account.is_postpaid() => "post-paid",
            (None, Some(spend)) if spend <= 0.0 => "no spend",
            (Some(hours), _) if hours <= 0.0 => "none",
            (hours, _) => (maybe(hours, |hours| seconds(hours * 3_600.0))),
        }
    }
}

fn fact(name: &str, value: &Markup) -> Markup {
    html! { div { dt { (name) } dd { (value) } } }
}

/// A failure in one line, however many of the collectors have it.
fn failed(failure: &Failure, all: usize) -> Markup {
    let Failure { collectors, apis, reason } = failure;
    html! {
        p.error {
            "Cannot read "
            @if collectors.len() == all { "anything" } @else { (collectors.join(", ")) }
            ": " (prose(reason)) " " span.quiet { "(" (foreign(&apis.join(", "))) ")" }
        }
    }
}
