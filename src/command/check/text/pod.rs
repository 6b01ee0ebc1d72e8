//! The pods of an account: those with findings, and those that were named.

use program::text::Visible;

use super::super::report::{Account, Pod, Report};
use super::Style;
use super::block::Block;
use super::endpoint::{advice, conclusion};
use super::format::{count, dim, dollars_per_hour, gpus, name, percent};

pub(super) fn write(block: &mut Block, report: &Report, account: &Account, style: &Style) {
    let mut others = 0_usize;
    for pod in &account.pods {
        let mut findings = account.findings_about("pod", &pod.id).peekable();
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
    if others > 0 {
        block.empty();
        let all = if others == account.pods.len() { "" } else { "other " };
        // After a failure, there may be further ones, and these may be different by now.
        let then = if account.may_lack("pods") { " when they were last read" } else { "" };
        block.line(0, &format!("{} without findings{then}", count(others, &format!("{all}pod"))));
    }
}

/// The numbers of a pod.
fn numbers(pod: &Pod) -> String {
    let mut parts =
        vec![pod.status.as_deref().map_or("status unknown".to_owned(), |status| Visible(status).to_string())];
    if pod.gpus.is_none_or(|gpus| gpus > 0.0) {
        parts.extend(gpus(pod.gpus, pod.gpu_type_id.as_deref()).map(|gpus| Visible(&gpus).to_string()));
    }
    parts.extend(pod.cost_dollars_per_hour.map(dollars_per_hour));
    parts.extend(pod.gpu_utilization_ratio.map(|share| format!("GPU {}", percent(share))));
    parts.extend(pod.cpu_utilization_ratio.map(|share| format!("CPU {}", percent(share))));
    parts.join("; ")
}
