//! The endpoints, sorted by state or by a chosen column.

use maud::{Markup, html};
use program::text::Visible;

use super::findings::id;
use super::view::Column;
use super::words::{duration, foreign, maybe, moment, number, percent, readable, unknown};
use super::{Page, anchor, badge, draw};
use crate::snapshot::EndpointState;
use crate::status::{AccountStatus, EndpointStatus, Verdict};

/// A row: the account's index, the account, the endpoint.
type Row<'a> = (usize, &'a AccountStatus, &'a EndpointStatus);

/// Age in seconds, relative to the scrape, from which the read time of a number is shown. A slow response alone does not
/// reach it.
const OLD: i64 = 60;

impl Page<'_> {
    pub(super) fn endpoints(&self) -> Markup {
        let all =
            self.each().flat_map(|(n, account)| account.endpoints.iter().map(move |one| (n, account, one)));
        let total = all.clone().count();
        let mut rows: Vec<Row<'_>> = all.filter(|(_, _, endpoint)| self.view.shows(endpoint)).collect();
        self.view.sort(&mut rows, |(_, _, endpoint)| endpoint);
        html! {
            section aria-labelledby="endpoints" {
                h2 #endpoints { "Endpoints " span.count { (total) } }
                @if total > 0 {
                    (self.search(rows.len()))
                    table.endpoints {
                        caption.hidden { "Endpoints" }
                        thead { tr { (self.heads()) } }
                        tbody { @for row in &rows { (self.endpoint(row)) } }
                    }
                } @else { p.quiet { "None." } }
            }
        }
    }

    fn search(&self, shown: usize) -> Markup {
        html! {
            form.search role="search" {
                label for="find" { "Find " }
                input #find type="search" name="find" value=(self.view.find) placeholder="name or id";
                input type="hidden" name="sort" value=(self.view.sort);
                input type="hidden" name="order" value=(self.view.order);
                button { "Find" }
                @if !self.view.find.is_empty() { span.quiet { " " (shown) " found" } }
            }
        }
    }

    fn heads(&self) -> Markup {
        html! {
            (self.head(Column::Name, "Endpoint"))
            @if self.has_several() { th scope="col" { "Account" } }
            (self.head(Column::State, "State"))
            th scope="col" { "Workers" }
            (self.head(Column::Queue, "Queue"))
            (self.head(Column::InProgress, "In progress"))
            (self.head(Column::Success, "Success"))
            (self.head(Column::P95, "p95"))
        }
    }

    fn head(&self, column: Column, title: &str) -> Markup {
        let (current, ascends) = self.view.sorting();
        let sorted = (current == column).then_some(if ascends { "ascending" } else { "descending" });
        html! {
            th scope="col" class=[is_number(column).then_some("number")] aria-sort=[sorted] {
                a data-sort href={ (self.view.address(column)) "#endpoints" } { (title) }
            }
        }
    }

    fn endpoint(&self, (n, account, endpoint): &Row<'_>) -> Markup {
        let EndpointStatus { id, name, requests, queue_depth, in_progress, .. } = endpoint;
        let dashboard = self.grafana.map(|grafana| {
            let query = url::form_urlencoded::Serializer::new(String::new())
                .append_pair("var-account", &account.account)
                .append_pair("var-endpoint", id)
                .finish();
            format!("{grafana}/d/runpod-endpoint?{query}")
        });
        html! {
            tr id=(anchor("e", *n, id)) {
                th scope="row" {
                    @match &dashboard {
                        Some(dashboard) => a href=(dashboard) { (foreign(name)) },
                        None => (foreign(name)),
                    }
                    " " code.quiet { (Visible(id)) }
                }
                @if self.has_several() { td data-label="Account" { (foreign(&account.account)) } }
                td data-label="State" { (state(*n, endpoint)) }
                td.workers data-label="Workers" { (draw::workers(&endpoint.workers)) }
                td.number data-label="Queue" {
                    (draw::queue(&endpoint.queue_history)) " "
                    (maybe(*queue_depth, number))
                    @if let Some(read) = endpoint.read.filter(|read| account.taken.as_second().saturating_sub(read.as_second()) > OLD) {
                        " " small.quiet { "as of " (moment(read)) }
                    }
                }
                td.number data-label="In progress" { (maybe(*in_progress, number)) }
                td.number data-label="Success" { (maybe(requests.success_ratio, percent)) }
                td.number data-label="p95" { (p95(endpoint)) }
            }
        }
    }
}

const fn is_number(column: Column) -> bool {
    !matches!(column, Column::Name | Column::State)
}

/// Health, and the worst finding.
fn state(n: usize, endpoint: &EndpointStatus) -> Markup {
    html! {
        (badge(Verdict::of(endpoint.health)))
        @if let Some(finding) = endpoint.findings.first() {
            " " a href={ "#" (id(n, finding)) } { (readable(finding.name.as_str())) }
            @if endpoint.findings.len() > 1 { span.quiet { " +" (endpoint.findings.len() - 1) } }
        } @else if let Some(status) = endpoint.status.as_ref().filter(|status| **status != EndpointState::Ready) {
            " " (foreign(status.as_str()))
        }
    }
}

fn p95(endpoint: &EndpointStatus) -> Markup {
    html! {
        @match endpoint.p95() {
            Some((seconds, false)) => (duration(seconds)),
            Some((seconds, true)) => {
                (duration(seconds)) " " small.quiet title="execution time as reported by Runpod, without queue time" { "exec." }
            },
            None => (unknown()),
        }
    }
}
