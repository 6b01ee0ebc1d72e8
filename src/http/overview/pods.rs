//! The pods: status, utilization and cost.

use maud::{Markup, html};
use program::text::Visible;

use super::details::of_subject;
use super::words::{copy, foreign, maybe, prose, unknown};
use super::{Page, anchor, console};
use crate::diagnosis::{Finding, Subject};
use crate::format::{dollars_per_hour, gpus, percent, seconds};
use crate::settings::Collector;
use crate::status::{AccountStatus, PodStatus};

/// Number of columns.
const COLUMNS: usize = 8;

impl Page<'_> {
    pub(super) fn pods(&self) -> Markup {
        let pods = self.each().flat_map(|(n, account)| account.pods.iter().map(move |pod| (n, account, pod)));
        let total = pods.clone().count();
        html! {
            section aria-labelledby="pods" {
                h2 #pods { "Pods" @if total > 0 { " " span.count { (total) } } }
                @if total > 0 {
                    table.pods {
                        caption.hidden { "Pods" }
                        thead { tr {
                            th scope="col" { "Pod" }
                            @if self.has_several() { th scope="col" { "Account" } }
                            th scope="col" { "Status" }
                            th scope="col" { "GPU" }
                            th.number scope="col" { "GPU use" }
                            th.number scope="col" { "CPU use" }
                            th.number scope="col" { "Memory use" }
                            th.number scope="col" { "Uptime" }
                            th.number scope="col" { "Cost" }
                        } }
                        @for (n, account, pod) in pods { (self.pod(n, account, pod)) }
                    }
                } @else { (self.nothing(Collector::Pods)) }
            }
        }
    }

    fn pod(&self, n: usize, account: &AccountStatus, pod: &PodStatus) -> Markup {
        let own = |finding: &&Finding| matches!(&finding.subject, Subject::Pod { id, .. } if **id == *pod.id);
        let findings: Vec<&Finding> = account.findings.iter().filter(own).collect();
        html! {
            tbody id=(anchor("p", n, &pod.id)) {
                (self.numbers(account, pod))
                @if !findings.is_empty() {
                    tr.more { td colspan=(COLUMNS.saturating_add(usize::from(self.has_several()))) {
                        (of_subject(self, n, &findings, false))
                    } }
                }
            }
        }
    }

    fn numbers(&self, account: &AccountStatus, pod: &PodStatus) -> Markup {
        html! {
            tr {
                th scope="row" {
                    span.name { (foreign(&pod.name)) }
                    span.links {
                        code.quiet { (Visible(&pod.id)) } " " (copy(&pod.id, "id")) " "
                        a href=(console::pod(&pod.id)) { "Console" }
                        @if let Some(cluster) = &pod.cluster_id { " in cluster " (foreign(account.cluster_name(cluster))) }
                    }
                }
                @if self.has_several() { td data-label="Account" { (foreign(&account.account)) } }
                td data-label="Status" {
                    @match &pod.status { Some(status) => (foreign(status.as_str())), None => (unknown()), }
                }
                td data-label="GPU" {
                    @match gpus(pod.gpus, pod.gpu_type_id.as_deref()) {
                        Some(gpus) => (prose(&gpus)),
                        None => (unknown()),
                    }
                }
                td.number data-label="GPU use" { (maybe(pod.gpu_utilization_ratio, percent)) }
                td.number data-label="CPU use" { (maybe(pod.cpu_utilization_ratio, percent)) }
                td.number data-label="Memory use" { (maybe(pod.memory_utilization_ratio, percent)) }
                td.number data-label="Uptime" { (maybe(pod.uptime_seconds, seconds)) }
                td.number data-label="Cost" { (maybe(pod.cost_dollars_per_hour, dollars_per_hour)) }
            }
        }
    }
}
