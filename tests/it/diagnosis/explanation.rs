//! Causes and symptoms, and since when findings hold.

use jiff::SignedDuration;
use runpod_exporter::testing::diagnosis::{Diagnosis, Health, History, Name, Severity};
use runpod_exporter::testing::snapshot::{AccountSnapshot, Count, Workers};

use super::{finding, health, once, seen, severity, with, with_history};
use crate::support::noon;

/// Jobs are waiting, and no worker can take them.
fn unserved() -> AccountSnapshot {
    with(|endpoint| {
        endpoint.load.queue_depth = Some(Count(60.0));
        endpoint.load.workers = Workers {
            ready: Some(Count(0.0)),
            running: Some(Count(0.0)),
            initializing: Some(Count(0.0)),
            throttled: Some(Count(0.0)),
            unhealthy: Some(Count(0.0)),
            ..Workers::default()
        };
    })
}

/// Seconds from noon to the start of a finding.
fn began(diagnosis: &Diagnosis, name: Name) -> Option<i64> {
    Some(finding(diagnosis, name)?.since.duration_since(noon()).as_secs())
}

fn explained(diagnosis: &Diagnosis, name: Name) -> Option<Name> {
    finding(diagnosis, name).unwrap().explained_by
}

#[test]
fn a_missing_worker_explains_the_queue() {
    let diagnosis = seen((0..=3).map(|minute| (60 * minute, unserved())));
    assert_eq!(diagnosis.causes["e1"], Name::NoWorkers);
    assert_eq!(explained(&diagnosis, Name::NoWorkers), None);
    assert_eq!(explained(&diagnosis, Name::QueueDeep), Some(Name::NoWorkers));
    assert_eq!(
        severity(&diagnosis, Name::QueueDeep),
        Some(Severity::Critical),
        "a symptom keeps its severity"
    );
}

/// Two findings that do not explain each other: the one with more impact is the cause, and both need attention.
#[test]
fn an_endpoint_has_one_cause() {
    let failing = |completed, failed| {
        with(|endpoint| {
            endpoint.load.queue_depth = Some(Count(60.0));
            super::totals(endpoint, completed, failed, 0.0);
        })
    };
    let diagnosis = seen([(0, failing(100.0, 0.0)), (60, failing(110.0, 40.0))]);
    assert_eq!(diagnosis.causes["e1"], Name::ErrorRatioHigh);
    assert_eq!(health(&diagnosis), Some(Health::Unhealthy), "most jobs fail");
    assert_eq!(explained(&diagnosis, Name::QueueDeep), None);
}

#[test]
fn a_note_is_no_cause() {
    let diagnosis = once(with(|endpoint| endpoint.facts.workers_min = Some(Count(0.0))));
    assert_eq!(diagnosis.findings.len(), 1);
    assert!(diagnosis.causes.is_empty(), "{:?}", diagnosis.causes);
}

/// The state begins when it is first observed, not when it has lasted long enough to be a finding.
#[test]
fn a_finding_has_the_start_of_its_state() {
    let idle = with(|endpoint| {
        endpoint.load.queue_depth = Some(Count(3.0));
        endpoint.load.workers.ready = Some(Count(2.0));
    });
    let samples = (0..=12).map(|minute| (60 * minute, if minute < 1 { with(|_| ()) } else { idle.clone() }));
    assert_eq!(began(&seen(samples), Name::QueueStuckIdleWorkers), Some(60));
    let deep = |depth| with(|endpoint| endpoint.load.queue_depth = Some(Count(depth)));
    let samples = [(0, deep(0.0)), (60, deep(20.0)), (120, deep(60.0))];
    assert_eq!(began(&seen(samples), Name::QueueDeep), Some(60), "its severity has changed, not its start");
}

#[test]
fn a_short_interruption_does_not_end_a_state() {
    let deep = |depth| with(|endpoint| endpoint.load.queue_depth = Some(Count(depth)));
    let begins = |samples: &[(u64, f64)]| {
        began(&seen(samples.iter().map(|(at, depth)| (*at, deep(*depth)))), Name::QueueDeep)
    };
    assert_eq!(begins(&[(0, 20.0), (60, 0.0), (300, 20.0)]), Some(0));
    assert_eq!(begins(&[(0, 20.0), (60, 0.0), (330, 0.0), (360, 20.0)]), Some(360));
    assert_eq!(begins(&[(0, 20.0), (600, 20.0), (1_200, 20.0)]), Some(0), "scrapes are rare");
}

#[test]
fn a_state_goes_on_while_the_endpoint_cannot_be_read() {
    let unread = with(|endpoint| endpoint.up = Some(false));
    let samples = (0..=30).map(|minute| {
        let account = if (1..30).contains(&minute) { unread.clone() } else { unserved() };
        (60 * minute, account)
    });
    let diagnosis = seen(samples);
    assert_eq!(began(&diagnosis, Name::NoWorkers), Some(0));
    assert_eq!(began(&diagnosis, Name::EndpointUnreadable), None);
}

#[test]
fn a_renamed_endpoint_keeps_the_start() {
    let renamed = |name: &str| {
        let mut account = unserved();
        account.endpoints[0].name = name.into();
        account
    };
    assert_eq!(began(&seen([(0, renamed("one")), (60, renamed("two"))]), Name::NoWorkers), Some(0));
}

/// A brief history is that of `check`: nothing has lasted long, and there is no later diagnosis.
#[test]
fn a_brief_history_counts_states_at_once() {
    let brief = |account| with_history(History::brief(), [(0, account)]);
    assert_eq!(health(&once(unserved())), Some(Health::Degraded));
    assert_eq!(health(&brief(unserved())), Some(Health::Unhealthy));
    let throttled = || {
        let mut account = unserved();
        account.endpoints[0].load.workers.throttled = Some(Count(2.0));
        account
    };
    assert_eq!(once(throttled()).causes["e1"], Name::NoWorkers);
    assert_eq!(brief(throttled()).causes["e1"], Name::QueueStuckNoCapacity);
    assert_eq!(health(&brief(with(|_| ()))), Some(Health::Healthy));
}

/// A job has just arrived at an endpoint that was scaled to 0 for hours.
#[test]
fn an_endpoint_without_jobs_has_not_waited_for_a_worker() {
    let scaled_down = |depth| {
        let mut account = unserved();
        account.endpoints[0].load.queue_depth = Some(Count(depth));
        account.endpoints[0].facts.workers_min = Some(Count(0.0));
        account
    };
    let samples = (0..=60).map(|minute| (60 * minute, scaled_down(if minute < 60 { 0.0 } else { 1.0 })));
    let diagnosis = seen(samples);
    assert_eq!(severity(&diagnosis, Name::NoWorkers), Some(Severity::Warning));
    assert_eq!(began(&diagnosis, Name::NoWorkers), Some(SignedDuration::from_hours(1).as_secs()));
}
