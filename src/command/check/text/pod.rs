//! The pods of an account: those with findings, and those that were named.

use program::text::Visible;

use super::super::report::{Account, Pod, Report};
use super::Style;
use super::block::Block;
use super::endpoint::{advice, conclusion};
use super::format::{count, dim, dollars, name, number, percent};

pub(super) fn write(block: &mut Block, report: &Report, account: &Account, style: &Style) {
    let mut others = 0_usize;
    for pod in &account.pods {
        let mut findings = account.pod_findings(pod).peekable();
        if findings.peek().is_none() && !style.named {
            others = others.saturating_add(1);
            continue;
        }
        block.empty();
        block.line(
            0,
            &format!("pod {} {}: {}", name(&pod.name), dim(&Visible(&pod.id).to_string()), numbers(pod)),
        );
        for finding in findings {
            conclusion(block, finding, report.timestamp);
            advice(block, finding, account, &style.commands);
        }
    }
    // After a failure, a number of pods without findings would say more than is known.
    if others > 0 && !account.may_lack("pods") {
        block.empty();
        let all = if others == account.pods.len() { "" } else { "other " };
        block.line(0, &format!("{} without findings", count(others, &format!("{all}pod"))));
    }
}

/// The numbers of a pod.
fn numbers(pod: &Pod) -> String {
    let mut parts =
        vec![pod.status.as_deref().map_or("status unknown".to_owned(), |status| Visible(status).to_string())];
    if let Some(gpus) = pod.gpus.filter(|gpus| *gpus > 0.0) {
        let kind = pod.gpu_type_id.as_deref().map(|kind| format!(" {}", Visible(kind))).unwrap_or_default();
        parts.push(format!("{} GPU{kind}", number(gpus)));
    }
    parts.extend(pod.cost_dollars_per_hour.map(|cost| format!("{}/h", dollars(cost))));
    parts.extend(pod.gpu_utilization_ratio.map(|share| format!("GPU {}", percent(share))));
    parts.extend(pod.cpu_utilization_ratio.map(|share| format!("CPU {}", percent(share))));
    parts.join("; ")
}
