//! The clusters: pods, cost and findings. Each of their pods is among the pods.

use maud::{Markup, html};
use program::text::Visible;

use super::details::of_subject;
use super::words::{copy, foreign, maybe, prose, unknown};
use super::{Page, anchor};
use crate::diagnosis::{Finding, Subject};
use crate::format::{dollars_per_hour, gpus, number};
use crate::status::{AccountStatus, ClusterStatus};

/// Number of columns.
const COLUMNS: usize = 5;

impl Page<'_> {
    /// A table of the clusters; nothing if there are none, because few accounts have any.
    pub(super) fn clusters(&self) -> Markup {
        let clusters =
            self.each().flat_map(|(n, account)| account.clusters.iter().map(move |one| (n, account, one)));
        let total = clusters.clone().count();
        html! {
            @if total > 0 {
                section aria-labelledby="clusters" {
                    h2 #clusters { "Clusters " span.count { (total) } }
                    table.clusters {
                        caption.hidden { "Clusters" }
                        thead { tr {
                            th scope="col" { "Cluster" }
                            @if self.has_several() { th scope="col" { "Account" } }
                            th scope="col" { "Kind" }
                            th scope="col" { "GPU" }
                            th.number scope="col" { "Pods running" }
                            th.number scope="col" { "Cost" }
                        } }
                        @for (n, account, cluster) in clusters { (self.cluster(n, account, cluster)) }
                    }
                }
            }
        }
    }

    fn cluster(&self, n: usize, account: &AccountStatus, cluster: &ClusterStatus) -> Markup {
        let own =
            |finding: &&Finding| matches!(&finding.subject, Subject::Cluster { id, .. } if *id == cluster.id);
        let findings: Vec<&Finding> = account.findings.iter().filter(own).collect();
        html! {
            tbody id=(anchor("c", n, &cluster.id)) {
                (self.cluster_numbers(&account.account, cluster))
                @if !findings.is_empty() {
                    tr.more { td colspan=(COLUMNS.saturating_add(usize::from(self.has_several()))) {
                        (of_subject(self, n, &findings, false))
                    } }
                }
            }
        }
    }

    fn cluster_numbers(&self, account: &str, cluster: &ClusterStatus) -> Markup {
        html! {
            tr {
                th scope="row" {
                    span.name { (foreign(&cluster.name)) }
                    span.links { code.quiet { (Visible(&cluster.id)) } " " (copy(&cluster.id, "id")) }
                }
                @if self.has_several() { td data-label="Account" { (foreign(account)) } }
                td data-label="Kind" {
                    @match &cluster.kind { Some(kind) => (foreign(kind.as_str())), None => (unknown()), }
                }
                td data-label="GPU" {
                    @match gpus(cluster.gpus, cluster.gpu_type_id.as_deref()) {
                        Some(gpus) => (prose(&gpus)),
                        None => (unknown()),
                    }
                }
                td.number data-label="Pods running" {
                    (maybe(cluster.pods_running, number))
                    @if let Some(desired) = cluster.pods_desired { " of " (number(desired)) }
                }
                td.number data-label="Cost" { (maybe(cluster.cost_dollars_per_hour, dollars_per_hour)) }
            }
        }
    }
}
