//! The report as text: a summary in one line, then what is wrong, worst first, each with its conclusion before the details.
//!
//! It is always colored; the output strips the colors if it is not a terminal.

mod account;
mod block;
mod cluster;
mod endpoint;
mod errors;
mod failures;
mod format;
mod pod;
mod source;
mod summary;

use std::cmp::Reverse;
use std::collections::BTreeMap;

use self::block::Block;
use super::report::{Account, Endpoint, Report};
use super::source::{Nearby, Source};
use crate::status::Commands;
use crate::status::Verdict;

/// Number of endpoints without a problem that are shown in a large account.
const SHOWN: usize = 20;

/// Number of endpoints with the same cause that are shown in full.
const ALIKE: usize = 3;

/// How the text is written.
#[derive(Debug, Clone, Default)]
pub(super) struct Style {
    /// Width at which lines are wrapped; `None` for lines of any length.
    pub(super) width: Option<usize>,
    /// What commands are completed with.
    pub(super) commands: Commands,
    /// Whether endpoints, pods or clusters were named, so that all of them are shown.
    pub(super) named: bool,
    /// An exporter on this machine that could be read, too.
    pub(super) nearby: Option<Nearby>,
}

/// The report as text.
pub(super) fn text(report: &Report, source: &Source, style: &Style) -> String {
    let mut block = Block::new(style.width);
    summary::write(&mut block, report);
    source::write(&mut block, report, source, style);
    for account in &report.accounts {
        account::write(&mut block, report, account, style);
        let mut endpoints: Vec<&Endpoint> = account.endpoints.iter().collect();
        endpoints.sort_by_key(|endpoint| Reverse(endpoint.verdict()));
        let (fine, wrong): (Vec<_>, Vec<_>) =
            endpoints.into_iter().partition(|endpoint| endpoint.verdict() == Verdict::Healthy);
        write_wrong(&mut block, report, account, &wrong, style);
        write_fine(&mut block, &fine, style);
        pod::write(&mut block, report, account, style);
        cluster::write(&mut block, report, account, style);
    }
    source::write_limits(&mut block, report, source, style.nearby.as_ref());
    block.finish()
}

/// The endpoints with a problem. What the account causes is one line, and so is what many have in common.
fn write_wrong(block: &mut Block, report: &Report, account: &Account, wrong: &[&Endpoint], style: &Style) {
    let mut alike: BTreeMap<String, (usize, Vec<&Endpoint>)> = BTreeMap::new();
    for endpoint in wrong {
        let own = endpoint.causes().next();
        let cause = own.map(|own| own.name.clone()).or_else(|| endpoint.cause.clone()).unwrap_or_default();
        let (shown, others) = alike.entry(cause).or_default();
        if style.named || (own.is_some() && *shown < ALIKE) {
            *shown = shown.saturating_add(1);
            block.empty();
            endpoint::write(block, report, account, endpoint, style);
        } else {
            others.push(endpoint);
        }
    }
    for (cause, (shown, others)) in alike.iter().filter(|(_, (_, others))| !others.is_empty()) {
        block.empty();
        endpoint::write_alike(block, cause, *shown > 0, others);
    }
}

/// The endpoints without a problem, one line each.
fn write_fine(block: &mut Block, fine: &[&Endpoint], style: &Style) {
    if fine.is_empty() {
        return;
    }
    block.empty();
    let shown = if style.named || fine.len() <= SHOWN { fine.len() } else { SHOWN };
    let name =
        fine.iter().take(shown).map(|endpoint| format::width(&endpoint.name)).max().unwrap_or_default();
    for endpoint in fine.iter().take(shown) {
        endpoint::write_line(block, endpoint, name);
    }
    if fine.len() > shown {
        block.line(0, &format!("and {} more healthy endpoints", fine.len().saturating_sub(shown)));
    }
}

#[cfg(test)]
mod tests;
