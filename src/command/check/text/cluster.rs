//! The clusters of an account: those with findings, and those that were named.

use program::text::Visible;

use super::super::report::{Account, Cluster, Report};
use super::Style;
use super::block::Block;
use super::endpoint::{advice, conclusion};
use super::format::{dim, dollars_per_hour, gpus, name, number};
use crate::format::count;

pub(super) fn write(block: &mut Block, report: &Report, account: &Account, style: &Style) {
    for cluster in &account.clusters {
        let mut findings = account.findings_about("cluster", &cluster.id).peekable();
        if findings.peek().is_none() && !style.named {
            continue;
        }
        block.empty();
        let id = dim(&Visible(&cluster.id).to_string());
        block.line(0, &format!("cluster {} {id}: {}", name(&cluster.name), numbers(cluster)));
        for finding in findings {
            conclusion(block, finding, report.timestamp);
            advice(block, finding, account, &style.commands);
        }
    }
}

/// The numbers of a cluster.
fn numbers(cluster: &Cluster) -> String {
    let mut parts = vec![match (cluster.pods_running, cluster.pods_desired) {
        (Some(running), Some(desired)) => format!("{} of {} running", number(running), count(desired, "pod")),
        (Some(running), None) => format!("{} running", count(running, "pod")),
        (None, _) => "running pods unknown".to_owned(),
    }];
    let gpus = gpus(cluster.gpus, cluster.gpu_type_id.as_deref());
    parts.extend(gpus.map(|gpus| Visible(&gpus).to_string()));
    parts.extend(cluster.cost_dollars_per_hour.map(dollars_per_hour));
    parts.join("; ")
}
