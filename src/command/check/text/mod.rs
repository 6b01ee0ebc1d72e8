//! The report as text: a summary in one line, then what is wrong, worst first, each with its conclusion before the details.
//!
//! It is always colored; the output strips the colors if it is not a terminal.

mod account;
mod block;
mod endpoint;
mod failures;
mod format;
mod pod;
mod source;
mod summary;

use std::cmp::Reverse;

use self::block::Block;
use super::commands::Commands;
use super::report::{Endpoint, Report};
use super::source::Source;
use crate::status::Verdict;

/// Number of endpoints without a problem that are shown in a large account.
const SHOWN: usize = 20;

/// How the text is written.
#[derive(Debug, Clone, Default)]
pub(super) struct Style {
    /// Width at which lines are wrapped; `None` for lines of any length.
    pub(super) width: Option<usize>,
    /// What commands are completed with.
    pub(super) commands: Commands,
    /// Whether endpoints and pods were named, so that all of them are shown.
    pub(super) named: bool,
}

/// The report as text.
pub(super) fn text(report: &Report, source: &Source, style: &Style) -> String {
    let mut block = Block::new(style.width);
    summary::write(&mut block, report);
    source::write(&mut block, report, source);
    for account in &report.accounts {
        account::write(&mut block, report, account, style);
        let mut endpoints: Vec<&Endpoint> = account.endpoints.iter().collect();
        endpoints.sort_by_key(|endpoint| Reverse(endpoint.verdict()));
        let (fine, wrong): (Vec<_>, Vec<_>) =
            endpoints.into_iter().partition(|endpoint| endpoint.verdict() == Verdict::Healthy);
        for endpoint in wrong {
            block.empty();
            endpoint::write(&mut block, report, account, endpoint, style);
        }
        write_fine(&mut block, &fine, style);
        pod::write(&mut block, report, account, style);
    }
    source::write_limits(&mut block, report, source, style);
    block.finish()
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
