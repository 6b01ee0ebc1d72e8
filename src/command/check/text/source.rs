//! Where the report comes from, and what cannot be seen from there.

use std::time::Duration;

use super::super::report::{Account, Report};
use super::super::source::{Nearby, Source};
use super::Style;
use super::block::Block;
use super::format::{between, dim, duration};

/// Age from which data counts as old.
const OLD: Duration = Duration::from_mins(5);

/// Where the report comes from.
pub(super) fn write(block: &mut Block, report: &Report, source: &Source, style: &Style) {
    let age_text = age(report).map(|age| format!("; read {} ago", duration(age))).unwrap_or_default();
    let running = running(report);
    let running = |before: &str| running.as_ref().map(|time| format!("{before}{time}")).unwrap_or_default();
    let origin = match source {
        Source::Samples(time) if time.is_zero() => "from one sample".to_owned(),
        Source::Samples(time) => format!("from samples over {}", duration(*time)),
        Source::Recording(recording) => format!("from one sample of the recording {recording}"),
        Source::Given(url) => format!("from the exporter at {url}{}{age_text}", running(", which ")),
        Source::Local(url) => format!(
            "from the exporter at {url}, which reads the same account{}{age_text}; --fresh reads Runpod instead",
            running(" and ")
        ),
        Source::Input => format!("from the document of an exporter{}{age_text}", running(" that ")),
    };
    block.line(0, &dim(&origin));
    if let Some(nearby) = &style.nearby {
        let text = match nearby {
            Nearby::Newer(url) => format!(
                "The exporter at {url} reads the same account and has seen less: it is new, or nobody scrapes it."
            ),
            Nearby::Protected(url) => {
                format!("The exporter at {url} was not read: it requires a login or a certificate.")
            }
        };
        block.line(0, &dim(&text));
    }
    if let Some(age) =
        age(report).filter(|age| *age > OLD && !matches!(source, Source::Samples(_) | Source::Recording(_)))
    {
        block.line(0, &format!("The data is {} old: nobody scrapes this exporter.", duration(age)));
    }
}

/// For how long the exporter has been running. Older versions do not report it.
fn running(report: &Report) -> Option<String> {
    let running = Duration::try_from_secs_f64(report.running_seconds?).ok()?;
    Some(format!("has been running for {}", duration(running)))
}

/// The age of the oldest account.
fn age(report: &Report) -> Option<Duration> {
    let now = report.timestamp?;
    report.accounts.iter().filter_map(|account| Some(between(account.taken?, now))).max()
}

/// What a check on its own does not see.
pub(super) fn write_limits(block: &mut Block, report: &Report, source: &Source, nearby: Option<&Nearby>) {
    block.empty();
    if report.mode == "demo" {
        block.line(
            0,
            &dim("The account is simulated. Commands need the variables that the demo printed at its start."),
        );
    }
    let time = match source {
        Source::Samples(time) => time,
        Source::Recording(_) => &Duration::ZERO,
        Source::Given(_) | Source::Input | Source::Local(_) => return,
    };
    if report.accounts.iter().all(Account::is_unanswered) {
        return;
    }
    let within =
        if time.is_zero() { "in one sample".to_owned() } else { format!("within {}", duration(*time)) };
    let exporter = match nearby {
        None if matches!(source, Source::Recording(_)) => String::new(),
        None => " A running exporter sees them: runpod-exporter check --from=URL".to_owned(),
        Some(Nearby::Newer(url)) => format!(
            " The exporter at {url} sees them once it has watched the account for ten minutes: \
             runpod-exporter check --from={url}"
        ),
        Some(Nearby::Protected(url)) => format!(
            " The exporter at {url} may see them: runpod-exporter check --from={url} --http.config.file=FILE"
        ),
    };
    let hidden: Vec<&str> =
        HIDDEN.into_iter().filter(|(_, name)| !is_found(report, name)).map(|(what, _)| what).collect();
    block.line(0, &dim(&format!("Not visible {within}: {}.{exporter}", hidden.join(", "))));
}

/// What takes longer to see, and the finding that shows that it was seen.
const HIDDEN: [(&str, &str); 6] = [
    ("how long a problem has lasted", ""),
    ("rare failures", "every_job_fails"),
    ("idle pods", "pod_idle"),
    ("a maximum that was lowered", "workers_max_lowered"),
    ("latency", "latency_high"),
    ("old data", "data_old"),
];

/// Whether there is a finding of this name.
fn is_found(report: &Report, name: &str) -> bool {
    let endpoints = report.accounts.iter().flat_map(|account| &account.endpoints);
    let of_endpoints = endpoints.flat_map(|endpoint| &endpoint.findings);
    let own = report.accounts.iter().flat_map(|account| &account.findings);
    own.chain(of_endpoints).any(|finding| finding.name == name)
}
