//! What each collector got. A collector that requested nothing is not complete, although nothing failed. What the key may read is in
//! `access.rs`.

use runpod::{Api, QuotaWindow, Reason};

use super::report::{CollectorState, Ending};
use crate::advice;
use crate::format::items;
use crate::settings::{Collector, Collectors};
use crate::snapshot::{AccountSnapshot, CollectorReport};

/// The states of all collectors that were read.
pub(super) fn states(snapshot: &AccountSnapshot, expected: &Collectors) -> Vec<CollectorState> {
    snapshot.collectors.iter().map(|report| state(report, snapshot, expected)).collect()
}

fn state(report: &CollectorReport, snapshot: &AccountSnapshot, expected: &Collectors) -> CollectorState {
    let CollectorReport { collector, ref parts, .. } = *report;
    let row = collector.row();
    let source = report.source.map(|source| source.api);
    // The quota of REST forbids to read a fallback at every scrape.
    let is_live = row.live && (source != Some(Api::Rest) || row.primary.0 == Api::Rest);
    CollectorState {
        collector: collector.as_str(),
        default: collector.is_default(),
        expected: expected.has(collector),
        ending: ending(report, snapshot),
        source,
        requests: parts.total(),
        every_seconds: (!is_live).then_some(row.every.as_secs()),
    }
}

fn ending(report: &CollectorReport, snapshot: &AccountSnapshot) -> Ending {
    if let Some(error) = &report.error {
        return Ending::Failed(problem(report.collector, &error.reason));
    }
    let row = report.collector.row();
    let of_endpoints = row.needs.contains(&Collector::Endpoints);
    let endpoints = snapshot.endpoints.iter().filter(|endpoint| endpoint.facts.listed).count();
    let list_failed = snapshot
        .collectors
        .iter()
        .any(|other| other.collector == Collector::Endpoints && other.error.is_some());
    match report.parts.total() {
        0 if of_endpoints && endpoints == 0 && list_failed => {
            Ending::NotRead("the list of endpoints could not be read".to_owned())
        }
        0 if of_endpoints && endpoints == 0 => Ending::Complete,
        0 => unread(&snapshot.quota),
        read if of_endpoints && !row.live && read < endpoints => {
            let endpoints = items(endpoints, "endpoint");
            Ending::Partial(format!(
                "{read} of {endpoints}; the others are deferred to later scrapes by the quota"
            ))
        }
        _ => Ending::Complete,
    }
}

/// Why nothing was requested. A new client assumes a small quota until the server has reported it.
fn unread(quota: &[QuotaWindow]) -> Ending {
    let is_empty = |window: &&QuotaWindow| window.remaining.is_some_and(|left| left < 1.0);
    if let Some(window) = quota.iter().find(is_empty) {
        let name = &window.name;
        Ending::NotRead(format!("REST v2 quota exhausted (window \"{name}\"); try again later"))
    } else if quota.iter().any(|window| window.remaining.is_some()) {
        Ending::Delayed("deferred to a later scrape by the quota".to_owned())
    } else {
        Ending::NotRead("the server reported no quota; try again later".to_owned())
    }
}

/// What happened and what to do. The timeout of a scrape of Prometheus has no influence here.
pub(super) fn problem(collector: Collector, reason: &Reason) -> String {
    timeout(reason).unwrap_or_else(|| advice::explained_for(collector, reason))
}

/// Why the description of the REST API could not be read.
pub(super) fn description_problem(reason: &Reason) -> String {
    match reason {
        Reason::Forbidden | Reason::Blocked | Reason::Unauthorized => {
            "the server refused it, although it needs no key; check the base URL".to_owned()
        }
        reason => timeout(reason).unwrap_or_else(|| advice::explained(reason)),
    }
}

fn timeout(reason: &Reason) -> Option<String> {
    matches!(reason, Reason::Timeout { .. }).then(|| {
        let event = advice::event(reason);
        format!("{event}; check the network and Runpod's status page; if it persists, raise --runpod.timeout")
    })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn advice_names_the_flag_of_this_command() {
        let reason = Reason::Timeout { after: Duration::from_secs(10) };
        for text in [problem(Collector::Pods, &reason), description_problem(&reason)] {
            assert!(text.contains("within 10 s; ") && text.ends_with("raise --runpod.timeout"), "{text}");
        }
        assert!(!description_problem(&Reason::Forbidden).contains("grant"));
    }

    #[test]
    fn a_quota_delays_or_ends_a_run() {
        let window = |remaining| QuotaWindow { name: "minute".to_owned(), limit: Some(12.0), remaining };
        assert!(matches!(unread(&[window(Some(3.0))]), Ending::Delayed(_)));
        let ending = unread(&[window(Some(3.0)), window(Some(0.0))]);
        let problem = "REST v2 quota exhausted (window \"minute\"); try again later".to_owned();
        assert_eq!(ending, Ending::NotRead(problem));
        for quota in [vec![], vec![window(None)]] {
            assert!(matches!(unread(&quota), Ending::NotRead(_)), "{quota:?}");
        }
    }
}
