//! The table of endpoints, one row each, sorted by state or by a chosen column.

use maud::{Markup, html};
use program::text::Visible;

use super::console;
use super::details::expanded;
use super::headline::{Census, began};
use super::view::Column;
use super::words::{ago, amount, copy, foreign, maybe, unknown, unknown_because};
use super::{Page, Row, anchor, badge, draw, finding_id};
use crate::alerts::AlertState;
use crate::diagnosis::title;
use crate::format::{dollars, items, number, percent, seconds};
use crate::settings::Collector;
use crate::snapshot::EndpointState;
use crate::status::{AccountStatus, EndpointStatus, Verdict};

/// Age in seconds, relative to the scrape, from which the read time of a number is shown. A slow response alone does not
/// reach it.
const OLD: i64 = 60;

/// The columns: key, title, description. Workers cannot be sorted.
const COLUMNS: [(Option<Column>, &str, &str); 9] = [
    (Some(Column::Name), "Endpoint", "name and id"),
    (Some(Column::State), "State", "unhealthy: no answers; degraded: late answers or some errors"),
    (None, "Workers", "by state"),
    (Some(Column::Queue), "Queue", "jobs that wait for a worker"),
    (Some(Column::Wait), "Est. wait", "queue divided by the rate at which jobs complete"),
    (Some(Column::Rate), "Jobs/min", "completed and failed jobs per minute, last ten minutes"),
    (Some(Column::Failed), "Failed", "share of failed jobs, last ten minutes"),
    (Some(Column::P95), "p95", "95th percentile of latency; exec.: of execution time, as reported by Runpod"),
    (Some(Column::Today), "$ today", "billed in this UTC day; Runpod bills minutes to hours late"),
];

impl Page<'_> {
    pub(super) fn endpoints(&self) -> Markup {
        let all =
            self.each().flat_map(|(n, account)| account.endpoints.iter().map(move |one| (n, account, one)));
        let total = all.clone().count();
        let found: Vec<Row<'_>> = all.filter(|(_, _, endpoint)| self.view.finds(endpoint)).collect();
        let census = Census::of(&found.iter().map(|(_, _, endpoint)| *endpoint).collect::<Vec<_>>());
        let mut rows: Vec<Row<'_>> =
            found.into_iter().filter(|(_, _, endpoint)| self.view.shows(endpoint)).collect();
        self.view.sort(&mut rows, |(_, _, endpoint)| endpoint);
        let open = expanded(&rows);
        html! {
            section aria-labelledby="endpoints" {
                h2 #endpoints { "Endpoints" @if total > 0 { " " span.count { (total) } } }
                @if total > 0 {
                    (self.filters(census))
                    (draw::legend())
                    table.endpoints {
                        caption.hidden { "Endpoints" }
                        thead { tr { (self.heads()) } }
                        @for row in &rows { (self.endpoint(row, open.contains(&&*row.2.id))) }
                    }
                    @if rows.is_empty() {
                        p.quiet #none { "No endpoint matches. " a data-view href="?#endpoints" { "Show all" } }
                    }
                } @else { (self.nothing(Collector::Endpoints)) }
            }
        }
    }

    /// In place of an empty table: there is nothing, or it is not known what there is.
    pub(super) fn nothing(&self, list: Collector) -> Markup {
        let of_list = |account: &AccountStatus| {
            account.collectors.iter().any(|one| one.collector == list.as_str() && !one.ok)
        };
        let is_unknown = self.status.accounts.iter().any(of_list);
        html! { p.quiet { @if is_unknown { "Unknown: the list could not be read." } @else { "None." } } }
    }

    /// The number of columns.
    pub(super) fn columns(&self) -> usize {
        COLUMNS.len().saturating_add(usize::from(self.has_several()))
    }

    fn heads(&self) -> Markup {
        let (current, ascends) = self.view.sorting();
        let sorted = |column: Option<Column>| {
            (column == Some(current)).then_some(if ascends { "ascending" } else { "descending" })
        };
        html! {
            @for (n, (column, name, about)) in COLUMNS.into_iter().enumerate() {
                @if n == 1 && self.has_several() { th scope="col" { "Account" } }
                th scope="col" class=[is_number(column).then_some("number")] aria-sort=[sorted(column)] title=(about) {
                    @match column {
                        Some(column) => a data-view href={ (self.view.address(column)) "#endpoints" } { (name) },
                        None => (name),
                    }
                }
            }
        }
    }

    fn endpoint(&self, row: &Row<'_>, open: bool) -> Markup {
        let (n, account, endpoint) = *row;
        html! {
            tbody.(Verdict::of(endpoint.health).as_str()) id=(anchor("e", n, &endpoint.id)) {
                tr {
                    th scope="row" { (self.name(account, endpoint)) }
                    @if self.has_several() { td data-label="Account" { (foreign(&account.account)) } }
                    td.state data-label="State" { (state(n, account, endpoint)) }
                    td.workers data-label="Workers" { (draw::workers(&endpoint.workers)) }
                    td.number data-label="Queue" { (self.queue(account, endpoint)) }
                    td.number data-label="Est. wait" { (wait(endpoint)) }
                    td.number data-label="Jobs/min" { (maybe(endpoint.requests.per_minute, number)) }
                    td.number data-label="Failed" {
                        (maybe(endpoint.requests.success_ratio.map(|ratio| 1.0 - ratio), percent))
                    }
                    td.number data-label="p95" { (p95(endpoint)) }
                    td.number data-label="$ today" { (today(account, endpoint)) }
                }
                (self.details(row, open))
            }
        }
    }

    fn name(&self, account: &AccountStatus, endpoint: &EndpointStatus) -> Markup {
        let EndpointStatus { id, name, .. } = endpoint;
        let dashboard = self.grafana.map(|grafana| {
            let query = url::form_urlencoded::Serializer::new(String::new())
                .append_pair("var-account", &account.account)
                .append_pair("var-endpoint", id)
                .finish();
            format!("{grafana}/d/runpod-endpoint?{query}")
        });
        html! {
            span.name {
                @match &dashboard {
                    Some(dashboard) => a href=(dashboard) { (foreign(name)) },
                    None => (foreign(name)),
                }
            }
            span.links {
                code.quiet { (Visible(id)) } " " (copy(id, "id")) " "
                a href=(console::endpoint(id)) { "Console" }
            }
        }
    }

    fn queue(&self, account: &AccountStatus, endpoint: &EndpointStatus) -> Markup {
        let EndpointStatus { queue_depth, in_progress, queue_history, read, .. } = endpoint;
        let is_old =
            |read: &jiff::Timestamp| account.taken.as_second().saturating_sub(read.as_second()) > OLD;
        html! {
            (draw::queue(queue_history)) " "
            @match queue_depth { Some(jobs) => (amount(*jobs, number)), None => (unknown()), }
            @if let Some(jobs) = in_progress.filter(|jobs| *jobs > 0.0) {
                small.quiet { (number(jobs)) " in progress" }
            }
            @if let Some(read) = read.filter(is_old) { small.warning { "read " (ago(read, self.now())) } }
        }
    }
}

/// Health, what the API reports, and whether an alert fires.
fn state(n: usize, account: &AccountStatus, endpoint: &EndpointStatus) -> Markup {
    let own = |name| endpoint.findings.iter().any(|finding| finding.name == name);
    let of_account = endpoint.cause.filter(|cause| !own(*cause));
    let of_account = of_account.and_then(|cause| account.findings.iter().find(|one| one.name == cause));
    html! {
        (badge(Verdict::of(endpoint.health)))
        @if let Some(finding) = of_account {
            " " a href={ "#" (finding_id(n, finding)) } { (title(finding.name)) }
        } @else if endpoint.health.is_none() && began(account, endpoint).is_none() {
            " " span.quiet { @if endpoint.read.is_some() { "queue or workers unknown" } @else { "not read yet" } }
        }
        @if let Some(status) = endpoint.status.as_ref().filter(|status| **status != EndpointState::Ready) {
            " " span.quiet { (foreign(status.as_str())) }
        }
        (alert_count(endpoint))
    }
}

/// How many alerts fire.
fn alert_count(endpoint: &EndpointStatus) -> Markup {
    let alerts = endpoint.alerts.as_deref().unwrap_or_default();
    let firing = alerts.iter().filter(|alert| alert.state == AlertState::Firing).count();
    html! {
        @if firing > 0 {
            " " span.alerts { (items(firing, "alert")) }
        } @else if !alerts.is_empty() {
            " " span.quiet { "alert muted" }
        }
    }
}

fn is_number(column: Option<Column>) -> bool {
    column.is_some_and(|column| !matches!(column, Column::Name | Column::State))
}

fn wait(endpoint: &EndpointStatus) -> Markup {
    html! {
        @match endpoint.estimated_wait_seconds {
            Some(wait) => (amount(wait, seconds)),
            None if endpoint.is_blocked() => {
                span.critical title="jobs wait, and none makes progress" { "stalled" }
            },
            None => (unknown()),
        }
    }
}

fn p95(endpoint: &EndpointStatus) -> Markup {
    html! {
        @match endpoint.p95() {
            Some((time, false)) => (seconds(time)),
            Some((time, true)) => {
                (seconds(time)) small.quiet title="execution time as reported by Runpod, without queue time" { "exec." }
            },
            None => (unknown()),
        }
    }
}

/// The bill of the day, or why it is unknown.
fn today(account: &AccountStatus, endpoint: &EndpointStatus) -> Markup {
    let billing = account.collectors.iter().find(|one| one.collector == Collector::Billing.as_str());
    html! {
        @match (endpoint.billed_today_dollars, billing) {
            (Some(bill), _) => (dollars(bill)),
            (None, None) => (unknown_because("unknown: the billing collector is disabled")),
            (None, Some(billing)) if !billing.ok => (unknown_because("unknown: the billing collector failed")),
            (None, Some(_)) => (unknown_because("not billed yet today")),
        }
    }
}
