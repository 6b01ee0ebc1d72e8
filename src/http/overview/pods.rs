//! The pods: status, utilization and cost.

use maud::{Markup, html};
use program::text::Visible;

use super::findings::severity_badge;
use super::words::{dollars_per_hour, duration, foreign, maybe, number, percent, unknown};
use super::{Page, anchor};
use crate::status::{AccountStatus, PodStatus};

impl Page<'_> {
    pub(super) fn pods(&self) -> Markup {
        let pods = self.each().flat_map(|(n, account)| account.pods.iter().map(move |pod| (n, account, pod)));
        let total = pods.clone().count();
        html! {
            section aria-labelledby="pods" {
                h2 #pods { "Pods " span.count { (total) } }
                @if total > 0 {
                    table {
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
                        tbody { @for (n, account, pod) in pods { (self.pod(n, account, pod)) } }
                    }
                } @else { p.quiet { "None." } }
            }
        }
    }

    fn pod(&self, n: usize, account: &AccountStatus, pod: &PodStatus) -> Markup {
        html! {
            tr id=(anchor("p", n, &pod.id)) {
                th scope="row" { (foreign(&pod.name)) " " code.quiet { (Visible(&pod.id)) } }
                @if self.has_several() { td data-label="Account" { (foreign(&account.account)) } }
                td data-label="Status" {
                    @match &pod.status { Some(status) => (foreign(status.as_str())), None => (unknown()), }
                    @if let Some(worst) = pod.worst() { " " (severity_badge(worst)) }
                }
                td data-label="GPU" {
                    @match &pod.gpu_type_id {
                        Some(gpu) => { @if let Some(count) = pod.gpus { (number(count)) " × " } (foreign(gpu)) },
                        None => (unknown()),
                    }
                }
                td.number data-label="GPU use" { (maybe(pod.gpu_utilization_ratio, percent)) }
                td.number data-label="CPU use" { (maybe(pod.cpu_utilization_ratio, percent)) }
                td.number data-label="Memory use" { (maybe(pod.memory_utilization_ratio, percent)) }
                td.number data-label="Uptime" { (maybe(pod.uptime_seconds, duration)) }
                td.number data-label="Cost" { (maybe(pod.cost_dollars_per_hour, dollars_per_hour)) }
            }
        }
    }
}
