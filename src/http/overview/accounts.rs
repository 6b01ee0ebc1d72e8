//! The accounts: balance, spend, errors and collectors.

use maud::{Markup, html};

use super::words::{dollars, dollars_per_hour, duration, foreign, maybe, moment};
use super::{Page, badge};
use crate::status::{AccountStatus, CollectorStatus};

impl Page<'_> {
    pub(super) fn accounts(&self) -> Markup {
        html! {
            section aria-labelledby="accounts" {
                h2 #accounts { @if self.has_several() { "Accounts" } @else { "Account" } }
                ul.cards { @for (n, account) in self.each() { (card(n, account)) } }
            }
        }
    }
}

fn card(n: usize, account: &AccountStatus) -> Markup {
    html! {
        li.card id=(format!("a-{n}")) {
            h3 { (foreign(&account.account)) " " (badge(account.verdict)) }
            dl {
                (fact("Balance", &maybe(account.balance_dollars, dollars)))
                (fact("Spend", &html! {
                    (maybe(account.spend_dollars_per_hour, dollars_per_hour))
                    @if let Some(limit) = account.spend_limit_dollars_per_hour {
                        span.quiet { " of " (dollars_per_hour(limit)) }
                    }
                }))
                (fact("Runway", &maybe(account.runway_hours, |hours| duration(hours * 3_600.0))))
                (fact("Last read", &moment(account.taken)))
            }
            @for error in &account.errors { p.error { "Cannot read " (foreign(error)) } }
            details {
                summary { "Collectors" }
                table {
                    caption.hidden { "Collectors" }
                    thead { tr {
                        th scope="col" { "Collector" } th scope="col" { "API" } th scope="col" { "Last read" }
                    } }
                    tbody { @for collector in &account.collectors { (row(collector)) } }
                }
            }
        }
    }
}

fn fact(name: &str, value: &Markup) -> Markup {
    html! { div { dt { (name) } dd { (value) } } }
}

fn row(collector: &CollectorStatus) -> Markup {
    let CollectorStatus { collector, ok, api, read, .. } = collector;
    html! {
        tr {
            th scope="row" { (collector) @if !ok { " " span.badge.critical { "failed" } } }
            td { (api.unwrap_or("none")) }
            td { @match read { Some(read) => (moment(*read)), None => "never", } }
        }
    }
}
