//! Where the report comes from, and what cannot be seen from there.

use std::time::Duration;

use super::super::report::Report;
use super::super::source::Source;
use super::Style;
use super::block::Block;
use super::format::{between, dim, duration};
use crate::status::Verdict;

/// Age from which data counts as old.
const OLD: Duration = Duration::from_mins(5);

/// Where the report comes from.
pub(super) fn write(block: &mut Block, report: &Report, source: &Source, style: &Style) {
    let origin = match source {
        Source::Samples(time) if time.is_zero() => "from one sample".to_owned(),
        Source::Samples(time) => format!("from samples over {}", duration(*time)),
        Source::Given(url) => format!("from the exporter at {url}, {}", history(report)),
        Source::Local(url) => {
            format!(
                "from the exporter at {url}, which reads the same account, {}; --fresh reads Runpod instead",
                history(report)
            )
        }
        Source::Input => format!("from a document, {}", history(report)),
    };
    block.line(0, &dim(&origin));
    if let Some(url) = &style.nearby {
        let text = format!(
            "The exporter at {url} reads the same account and has seen less: it is new, or nobody scrapes it."
        );
        block.line(0, &dim(&text));
    }
    if let Some(age) = age(report).filter(|age| *age > OLD && !matches!(source, Source::Samples(_))) {
        block.line(0, &format!("The data is {} old: nobody scrapes this exporter.", duration(age)));
    }
}

fn history(report: &Report) -> String {
    let running = Duration::try_from_secs_f64(report.running_seconds).unwrap_or_default();
    let age = age(report).map(|age| format!(", read {} ago", duration(age))).unwrap_or_default();
    format!("which has been running for {}{age}", duration(running))
}

/// The age of the oldest account.
fn age(report: &Report) -> Option<Duration> {
    let now = report.timestamp?;
    report.accounts.iter().filter_map(|account| Some(between(account.taken?, now))).max()
}

/// What a check on its own does not see.
pub(super) fn write_limits(block: &mut Block, report: &Report, source: &Source) {
    block.empty();
    if report.mode == "demo" {
        block.line(
            0,
            &dim("The account is simulated. Commands need the variables that the demo printed at its start."),
        );
    }
    let Source::Samples(time) = source else { return };
    if report.verdict() == Verdict::Unknown {
        return;
    }
    block.line(
        0,
        &dim(&format!(
            "Not visible {}: how long a problem has lasted, rare failures, idle pods, a maximum that was lowered, \
             latency, old data. A running exporter sees them: runpod-exporter check --from=URL",
            if time.is_zero() { "in one sample".to_owned() } else { format!("within {}", duration(*time)) },
        )),
    );
}
