//! The checks of an endpoint that depend on finished jobs.

use std::time::Duration;

use runpod_exporter::testing::diagnosis::{Diagnosis, Health, History, Moment, Name, Severity, diagnose};
use runpod_exporter::testing::jobs::Millis;
use runpod_exporter::testing::snapshot::{AccountSnapshot, Count, Quantile, Ratio, Seconds, Workers};

use crate::support::noon;

use super::endpoints::NONE;
use super::{
    finding, health, latency_threshold, names, once, seen, severity, staying, totals, with, with_history,
};

/// Jobs are waiting, with these workers and this number of jobs in progress.
fn waiting(in_progress: f64, workers: Workers) -> AccountSnapshot {
    with(|endpoint| {
        endpoint.load.queue_depth = Some(Count(3.0));
        endpoint.load.in_progress = Some(Count(in_progress));
        endpoint.load.workers = workers;
    })
}

fn stuck(diagnosis: &Diagnosis) -> Vec<&'static str> {
    names(diagnosis).into_iter().filter(|name| name.starts_with("queue_stuck")).collect()
}

#[test]
fn the_causes_of_a_stuck_queue_are_distinguished() {
    let none = NONE;
    let cases = [
        (0.0, Workers { throttled: Some(Count(3.0)), ..none }, "queue_stuck_no_capacity"),
        (0.0, none, "queue_stuck_no_capacity"),
        (0.0, Workers { unhealthy: Some(Count(2.0)), ..none }, "queue_stuck_unhealthy_workers"),
        (0.0, Workers { initializing: Some(Count(1.0)), ..none }, "queue_stuck_unhealthy_workers"),
        (
            0.0,
            Workers { throttled: Some(Count(3.0)), unhealthy: Some(Count(1.0)), ..none },
            "queue_stuck_no_capacity",
        ),
        (0.0, Workers { ready: Some(Count(2.0)), ..none }, "queue_stuck_idle_workers"),
        (
            0.0,
            Workers { ready: Some(Count(2.0)), unhealthy: Some(Count(1.0)), ..none },
            "queue_stuck_idle_workers",
        ),
    ];
    for (in_progress, workers, name) in cases {
        let account = staying(10, &waiting(in_progress, workers));
        assert_eq!(stuck(&account), [name], "{workers:?}");
        assert_eq!(health(&account), Some(Health::Unhealthy));
        let cause = account.causes["e1"].as_str();
        assert_eq!(cause, name, "{workers:?}");
    }
}

/// Without a worker that serves, a queue cannot make progress: it need not be observed for ten minutes.
#[test]
fn a_queue_without_a_serving_worker_is_stuck_at_once() {
    let none = NONE;
    let throttled = Workers { throttled: Some(Count(3.0)), ..none };
    let crashing = Workers { unhealthy: Some(Count(1.0)), initializing: Some(Count(1.0)), ..none };
    let (capacity, crash) = (Name::QueueStuckNoCapacity, Name::QueueStuckUnhealthyWorkers);
    for (workers, name) in [(throttled, capacity), (crashing, crash)] {
        let after = |minutes| staying(minutes, &waiting(0.0, workers));
        assert_eq!(severity(&after(0), name), None);
        assert_eq!(severity(&after(1), name), Some(Severity::Warning));
        assert_eq!(health(&after(1)), Some(Health::Unhealthy), "{name:?}");
        assert_eq!(severity(&after(5), name), Some(Severity::Critical));
        let needing_attention = after(5).findings.into_iter().filter(|finding| !finding.is_symptom());
        assert_eq!(needing_attention.map(|finding| finding.name).collect::<Vec<_>>(), [name]);
        assert_eq!(after(7).findings.iter().find(|finding| finding.name == name).unwrap().since, noon());
    }
    for (workers, name) in [
        (none, Name::QueueStuckNoCapacity),
        (Workers { initializing: Some(Count(1.0)), ..none }, Name::QueueStuckUnhealthyWorkers),
        (Workers { ready: Some(Count(2.0)), ..none }, Name::QueueStuckIdleWorkers),
    ] {
        let after = |minutes| staying(minutes, &waiting(0.0, workers));
        assert_eq!(severity(&after(9), name), None, "{workers:?}");
        assert_eq!(severity(&after(10), name), Some(Severity::Critical), "{workers:?}");
    }
}

/// Workers crash a minute after each start; in between there is one that starts, one that is unhealthy, or none.
#[test]
fn a_crash_loop_is_one_cause_without_interruption() {
    let none = NONE;
    let phases = [
        Workers { initializing: Some(Count(1.0)), ..none },
        Workers { unhealthy: Some(Count(1.0)), ..none },
        none,
    ];
    let samples = |minutes: u64| {
        (0..=minutes)
            .map(move |minute| (60 * minute, waiting(0.0, phases[usize::try_from(minute).unwrap() % 3])))
    };
    for minutes in 2..30 {
        let diagnosis = seen(samples(minutes));
        let cause = diagnosis.causes["e1"];
        assert_eq!(cause, Name::QueueStuckUnhealthyWorkers, "minute {minutes}: {:?}", diagnosis.findings);
        assert_eq!(health(&diagnosis), Some(Health::Unhealthy), "minute {minutes}");
        assert_eq!(names(&diagnosis), ["queue_stuck_unhealthy_workers", "workers_unhealthy"]);
        let advice = diagnosis.findings.iter().flat_map(|finding| &finding.recommendations);
        assert!(advice.into_iter().all(|advice| !advice.contains("max workers")), "{:?}", diagnosis.findings);
    }
}

#[test]
fn jobs_that_are_retried_again_and_again_are_stuck() {
    let workers = Workers { ready: Some(Count(1.0)), running: Some(Count(1.0)), ..Workers::default() };
    let samples = (0_u32..=11).map(|minute| {
        let mut account = waiting(1.0, workers);
        totals(&mut account.endpoints[0], 100.0, 0.0, f64::from(minute));
        (u64::from(minute) * 60, account)
    });
    assert_eq!(stuck(&seen(samples)), ["queue_stuck_unhealthy_workers"]);
}

#[test]
fn a_queue_that_makes_progress_or_has_long_jobs_is_not_stuck() {
    let workers = Workers { ready: Some(Count(1.0)), running: Some(Count(1.0)), ..Workers::default() };
    assert_eq!(stuck(&staying(60, &waiting(1.0, workers))), <[&str; 0]>::default(), "a job takes long");
    let one_is_broken = Workers { unhealthy: Some(Count(1.0)), ..workers };
    assert_eq!(stuck(&staying(60, &waiting(1.0, one_is_broken))), <[&str; 0]>::default(), "another works");
    for back in [false, true] {
        let samples = (0_u32..=60).map(|minute| {
            let mut account = waiting(0.0, workers);
            let ended = f64::from(if back { 100 - minute / 4 } else { minute / 4 });
            totals(&mut account.endpoints[0], ended, 0.0, 0.0);
            (u64::from(minute) * 60, account)
        });
        assert_eq!(
            stuck(&seen(samples)),
            <[&str; 0]>::default(),
            "one job in four minutes, counted back: {back}"
        );
    }
}

#[test]
fn a_queue_whose_clients_give_up_stays_stuck_and_one_whose_handler_fails_is_none() {
    let ready = Workers { ready: Some(Count(1.0)), ..Workers::default() };
    let failing = |in_progress: f64| {
        let samples = (0_u32..=20).map(move |minute| {
            let mut account = waiting(in_progress, ready);
            totals(&mut account.endpoints[0], 100.0, f64::from(minute) * 40.0, 0.0);
            (u64::from(minute) * 60, account)
        });
        stuck(&seen(samples))
    };
    assert_eq!(failing(0.0), ["queue_stuck_idle_workers"], "no job was in progress");
    assert_eq!(failing(1.0), <[&str; 0]>::default());
}

#[test]
fn a_queue_that_was_not_observed_is_not_stuck() {
    let account = waiting(0.0, Workers { ready: Some(Count(1.0)), ..Workers::default() });
    assert_eq!(stuck(&seen([(0, account.clone()), (301, account)])), <[&str; 0]>::default());
}

/// These numbers of jobs completed and failed within a minute.
fn minute(completed: f64, failed: f64) -> Diagnosis {
    let after = with(|endpoint| totals(endpoint, 100.0 + completed, failed, 0.0));
    seen([(0, with(|endpoint| totals(endpoint, 100.0, 0.0, 0.0))), (60, after)])
}

#[test]
fn the_error_ratio_needs_enough_jobs() {
    assert_eq!(severity(&minute(19.0, 1.0), Name::ErrorRatioHigh), Some(Severity::Warning));
    assert_eq!(severity(&minute(18.0, 2.0), Name::ErrorRatioHigh), Some(Severity::Critical));
    assert_eq!(severity(&minute(20.0, 1.0), Name::ErrorRatioHigh), None);
    assert_eq!(severity(&minute(17.0, 2.0), Name::ErrorRatioHigh), None, "too few jobs");
    let account = minute(30.0, 10.0);
    let found = finding(&account, Name::ErrorRatioHigh).unwrap();
    assert_eq!(found.message, "25% of jobs failed (threshold 10%): 10 of 40 in 1 min");
    assert!(found.recommendations.concat().contains("runpod-exporter logs e1"));
    assert_eq!(found.runbook, "docs/runbooks/RunpodErrorRatioHigh.md");
}

#[test]
fn half_of_few_jobs_are_a_note() {
    let account = minute(1.0, 1.0);
    assert_eq!(severity(&account, Name::ErrorRatioHigh), Some(Severity::Info));
    let message = &finding(&account, Name::ErrorRatioHigh).unwrap().message;
    assert_eq!(message, "50% of jobs failed: 1 of 2 in 1 min, too few to judge by");
    assert_eq!(health(&account), Some(Health::Healthy));
    assert_eq!(severity(&minute(2.0, 1.0), Name::ErrorRatioHigh), None);
}

#[test]
fn with_few_jobs_the_reported_ratio_counts() {
    let errors = once(with(|endpoint| endpoint.facts.reported.error_ratio = Some(Ratio(0.06))));
    assert_eq!(severity(&errors, Name::ErrorRatioHigh), Some(Severity::Warning));
    let success = once(with(|endpoint| endpoint.facts.reported.success_ratio = Some(Ratio(0.85))));
    assert_eq!(severity(&success, Name::ErrorRatioHigh), Some(Severity::Critical));
    assert_eq!(health(&success), Some(Health::Degraded));
}

/// The diagnosis after these jobs were reported, in milliseconds of latency and delay. With thresholds for latency.
fn reported(jobs: &[Millis], by_runpod: Option<f64>) -> Diagnosis {
    let mut account = with(|endpoint| {
        endpoint.facts.reported.execution.extend(by_runpod.map(|p95| (Quantile::P95, Seconds(p95))));
    });
    account.thresholds = latency_threshold();
    diagnosed(&account, jobs)
}

fn diagnosed(account: &AccountSnapshot, jobs: &[Millis]) -> Diagnosis {
    let mut history = History::default();
    let moment = Moment { now: noon(), elapsed: Duration::ZERO };
    history.record(account, moment.elapsed);
    history.record_jobs(&"e1".into(), jobs, moment.elapsed);
    diagnose(account, &history, moment)
}

#[test]
fn the_latency_of_jobs_takes_precedence_over_what_runpod_reports() {
    let jobs = |count: usize, latency| vec![Millis { latency, delay: latency / 4 }; count];
    let slow = reported(&jobs(20, 6_000), Some(0.5));
    let found = finding(&slow, Name::LatencyHigh).unwrap();
    assert_eq!((found.severity, found.metric), (Severity::Warning, "runpod_request_latency_seconds"));
    assert_eq!(found.message, "p95 6 s, average 6 s over 20 jobs, 25% of it waiting (threshold 5 s)");
    assert!(found.recommendations[0].contains("fits into GPU memory"), "{found:?}");
    assert!(found.recommendations.concat().contains("Quantize"), "{found:?}");

    let waiting = reported(&vec![Millis { latency: 12_000, delay: 9_000 }; 40], None);
    let found = finding(&waiting, Name::LatencyHigh).unwrap();
    assert_eq!(found.severity, Severity::Critical);
    assert!(found.recommendations[0].contains("Raise max or min workers"), "{found:?}");

    let fast = reported(&jobs(20, 900), Some(30.0));
    assert_eq!(severity(&fast, Name::LatencyHigh), None, "jobs take precedence");
    let account = with(|_| ());
    let unconfigured = diagnosed(&account, &jobs(20, 60_000));
    assert_eq!(severity(&unconfigured, Name::LatencyHigh), Some(Severity::Info));
    assert_eq!(health(&unconfigured), Some(Health::Healthy), "until it is configured, nobody is notified");
    let few = reported(&jobs(19, 900), Some(30.0));
    assert_eq!(severity(&few, Name::LatencyHigh), Some(Severity::Critical), "too few jobs");
    assert_eq!(finding(&few, Name::LatencyHigh).unwrap().metric, "runpod_reported_execution_seconds");
    assert_eq!(severity(&reported(&jobs(19, 60_000), None), Name::LatencyHigh), None);
}

#[test]
fn three_jobs_are_enough_if_all_fail() {
    let failing = |failures: &[f64]| {
        let samples = failures
            .iter()
            .zip(0..)
            .map(|(failed, minute)| (600 * minute, with(|endpoint| totals(endpoint, 100.0, *failed, 0.0))));
        seen(samples.collect::<Vec<_>>())
    };
    let three = failing(&[0.0, 1.0, 2.0, 3.0]);
    assert_eq!(severity(&three, Name::EveryJobFails), Some(Severity::Critical));
    assert_eq!((health(&three), three.causes["e1"]), (Some(Health::Unhealthy), Name::EveryJobFails));
    let found = finding(&three, Name::EveryJobFails).unwrap();
    assert_eq!(found.message, "all of the last 3 jobs failed, within 20 min");
    assert!(found.recommendations[0].ends_with("runpod-exporter logs e1 --level=error"));
    assert_eq!(severity(&failing(&[0.0, 1.0, 2.0]), Name::EveryJobFails), None);
    assert_eq!(
        severity(&failing(&[0.0, 3.0, 3.0, 3.0, 3.0, 3.0]), Name::EveryJobFails),
        None,
        "40 minutes ago"
    );
}

/// Where every second job fails, three in a row fail all the time.
#[test]
fn failures_in_a_row_may_be_chance() {
    let failing = |before: &[(f64, f64)], failed: f64| {
        let mut samples = vec![(0, with(|endpoint| totals(endpoint, 100.0, 0.0, 0.0)))];
        let mut jobs = (100.0, 0.0);
        for (ended, minute) in before.iter().chain(&[(0.0, failed)]).zip(1..) {
            jobs = (jobs.0 + ended.0, jobs.1 + ended.1);
            samples.push((60 * minute, with(|endpoint| totals(endpoint, jobs.0, jobs.1, 0.0))));
        }
        names(&seen(samples)).contains(&"every_job_fails")
    };
    let half = [(2.0, 0.0), (0.0, 2.0), (1.0, 2.0), (1.0, 0.0)];
    assert!(!failing(&half, 3.0) && !failing(&half, 6.0));
    assert!(failing(&half, 7.0), "more than chance");
    assert!(failing(&[(8.0, 0.0)], 3.0), "none failed before");
    assert!(failing(&[], 3.0), "none is known to complete");
}

/// `check` sees some seconds, in which few jobs end.
#[test]
fn a_brief_history_counts_few_jobs() {
    let after = |completed, failed| {
        let samples =
            [(0, with(|_| ())), (15, with(|endpoint| totals(endpoint, 100.0 + completed, failed, 0.0)))];
        with_history(History::brief(), samples)
    };
    assert_eq!(health(&after(1.0, 1.0)), Some(Health::Degraded));
    assert_eq!(health(&after(0.0, 1.0)), Some(Health::Degraded));
    assert_eq!(
        health(&after(0.0, 3.0)),
        Some(Health::Degraded),
        "if half of the jobs fail, this is so one in eight times"
    );
    assert_eq!(names(&after(0.0, 3.0)), ["error_ratio_high"]);
    assert_eq!(health(&after(0.0, 7.0)), Some(Health::Unhealthy), "all that ended");
    assert_eq!(
        health(&after(8.0, 13.0)),
        Some(Health::Degraded),
        "if half of the jobs fail, this is often so"
    );
    assert_eq!(health(&after(3.0, 18.0)), Some(Health::Unhealthy));
    assert_eq!(health(&after(30.0, 1.0)), Some(Health::Healthy));
}
