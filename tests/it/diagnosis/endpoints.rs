//! The checks of an endpoint that do not depend on finished jobs.

use runpod::{Api, Operation, Reason, RequestError};
use runpod_exporter::testing::diagnosis::{Diagnosis, Health, History, Name, Severity};
use runpod_exporter::testing::settings::Collector;
use runpod_exporter::testing::snapshot::{
    AccountSnapshot, Count, Endpoint, Placement, Quantile, Rollout, Seconds, Workers,
};

use super::{
    finding, health, latency_threshold, names, once, seen, severity, staying, well, with, with_history,
};
use crate::support::{full, noon};

pub(super) const NONE: Workers = Workers {
    ready: Some(Count(0.0)),
    running: Some(Count(0.0)),
    idle: Some(Count(0.0)),
    initializing: Some(Count(0.0)),
    throttled: Some(Count(0.0)),
    unhealthy: Some(Count(0.0)),
    pending: None,
};

#[test]
fn the_health_of_an_endpoint_that_cannot_be_read_is_unknown() {
    let account = once(with(|endpoint| endpoint.up = Some(false)));
    assert_eq!(severity(&account, Name::EndpointUnreadable), Some(Severity::Critical));
    assert_eq!(health(&account), None);
    assert_eq!(account.causes["e1"], Name::EndpointUnreadable);
}

#[test]
fn without_queue_or_workers_the_health_is_unknown_unless_a_finding_shows_it_is_worse() {
    let without_queue = |endpoint: &mut Endpoint| endpoint.load.queue_depth = None;
    let without_workers = |endpoint: &mut Endpoint| endpoint.load.workers = Workers::default();
    for change in [without_queue, without_workers] {
        let account = once(with(change));
        assert_eq!((names(&account).len(), health(&account)), (0, None));
    }
    let failing = with(|endpoint| {
        without_queue(endpoint);
        endpoint.load.workers = NONE;
    });
    assert_eq!(health(&once(failing)), Some(Health::Degraded), "no worker is ready");
    let deep = once(with(|endpoint| {
        without_workers(endpoint);
        endpoint.load.queue_depth = Some(Count(60.0));
    }));
    assert_eq!(health(&deep), Some(Health::Degraded));
}

/// Advice to raise the maximum number of workers would be from numbers that nobody has.
#[test]
fn workers_that_are_unknown_are_not_in_use() {
    let advice = |change: fn(&mut Endpoint)| {
        let deep = once(with(|endpoint| {
            endpoint.load.queue_depth = Some(Count(60.0));
            endpoint.load.in_progress = Some(Count(3.0));
            endpoint.load.workers = Workers { running: Some(Count(3.0)), ready: Some(Count(3.0)), ..NONE };
            change(endpoint);
        }));
        finding(&deep, Name::QueueDeep).unwrap().recommendations.concat()
    };
    assert!(advice(|_| ()).starts_with("Raise max workers: all workers are in use."));
    for change in [
        |endpoint: &mut Endpoint| endpoint.load.workers = Workers::default(),
        |endpoint: &mut Endpoint| endpoint.load.workers.throttled = None,
        |endpoint: &mut Endpoint| endpoint.load.in_progress = None,
        |endpoint: &mut Endpoint| endpoint.facts.workers_max = None,
    ] {
        assert!(advice(change).starts_with("Find out in the console whether all workers are in use"));
    }
}

/// A queue that stands still may have any of these reasons.
#[test]
fn what_is_unknown_is_no_reason_of_a_stuck_queue() {
    let stuck = |change: fn(&mut Endpoint)| {
        let account = staying(
            11,
            &with(|endpoint| {
                endpoint.load.queue_depth = Some(Count(5.0));
                change(endpoint);
            }),
        );
        names(&account)
    };
    let is_stuck = |names: &[&str]| names.iter().any(|name| name.starts_with("queue_stuck"));
    assert_eq!(stuck(|_| ()), ["queue_stuck_idle_workers"]);
    assert!(!is_stuck(&stuck(|endpoint| endpoint.load.in_progress = None)));
    assert!(is_stuck(&stuck(|endpoint| endpoint.load.workers = NONE)));
    assert!(!is_stuck(&stuck(|endpoint| endpoint.load.workers = Workers { unhealthy: None, ..NONE })));
}

#[test]
fn no_ready_worker_may_be_a_cold_start_if_it_is_unknown_whether_workers_are_starting() {
    let gone = with(|endpoint| endpoint.load.workers = Workers { initializing: None, ..NONE });
    assert_eq!(severity(&staying(4, &gone), Name::NoWorkers), Some(Severity::Warning));
    assert_eq!(severity(&staying(5, &gone), Name::NoWorkers), Some(Severity::Critical));
}

/// An account whose endpoint answered with this status, and whose job API is not read otherwise.
fn unreadable(reason: Reason) -> AccountSnapshot {
    let error = RequestError { api: Api::Jobs, operation: Operation::Health, peer: "peer".into(), reason };
    let mut account = with(|endpoint| {
        endpoint.up = Some(false);
        endpoint.error = Some(error.clone());
        endpoint.load.queue_depth = None;
    });
    let mut collectors = full().accounts.remove(0).snapshot.collectors.clone();
    collectors.retain(|report| report.collector == Collector::Health);
    collectors[0].error = Some(error);
    account.collectors = collectors;
    account
}

#[test]
fn an_unreadable_endpoint_says_why_and_what_is_unknown() {
    let broken = once(unreadable(Reason::Server { status: 502, retry_after: None }));
    let found = finding(&broken, Name::EndpointUnreadable).unwrap();
    assert_eq!(found.message, "reading the endpoint failed: server error (502); its queue is unknown");
    assert!(found.recommendations.concat().contains("Runpod's status page"));
    assert_eq!(found.explained_by, None);
    let gone = once(unreadable(Reason::NotFound));
    assert!(finding(&gone, Name::EndpointUnreadable).unwrap().recommendations.concat().contains("deleted"));
}

#[test]
fn an_endpoint_that_cannot_be_read_because_of_429_is_a_symptom() {
    let limited = once(unreadable(Reason::RateLimited { retry_after: None }));
    assert_eq!(finding(&limited, Name::EndpointUnreadable).unwrap().explained_by, Some(Name::ApiRationed));
    assert_eq!(limited.causes["e1"], Name::ApiRationed);
    let rationed = finding(&limited, Name::ApiRationed).unwrap();
    assert_eq!(rationed.message, "the job API rejects requests as too many (429): health");
    assert!(!rationed.recommendations.concat().contains("rest-quota-share"), "that is for REST");
}

#[test]
fn a_number_that_is_unknown_is_in_no_message() {
    let unknown = |change: fn(&mut Endpoint)| {
        once(with(|endpoint| {
            endpoint.load.queue_depth = None;
            endpoint.load.workers = Workers { unhealthy: Some(Count(2.0)), ..Workers::default() };
            change(endpoint);
        }))
    };
    let message = |account: &Diagnosis, name| finding(account, name).unwrap().message.clone();
    assert_eq!(message(&unknown(|_| ()), Name::WorkersUnhealthy), "2 workers unhealthy");
    let paused = unknown(|endpoint| endpoint.facts.workers_max = Some(Count(0.0)));
    assert_eq!(message(&paused, Name::WorkersMaxZero), "max workers is 0");
    let throttled = Workers { ready: Some(Count(0.0)), throttled: Some(Count(2.0)), ..Workers::default() };
    let unserved = once(with(|endpoint| {
        endpoint.load.queue_depth = None;
        endpoint.load.workers = throttled;
    }));
    assert_eq!(
        message(&unserved, Name::NoWorkers),
        "min workers 1; no worker ready for at least 0 s, 2 throttled"
    );
}

#[test]
fn no_workers_is_a_warning_that_becomes_critical() {
    let gone = with(|endpoint| endpoint.load.workers = NONE);
    let first = once(gone.clone());
    assert_eq!(severity(&first, Name::NoWorkers), Some(Severity::Warning));
    assert_eq!(health(&first), Some(Health::Degraded));
    let lasting = staying(1, &gone);
    assert_eq!(severity(&lasting, Name::NoWorkers), Some(Severity::Critical));
    assert_eq!(health(&lasting), Some(Health::Unhealthy));
    assert!(finding(&lasting, Name::NoWorkers).unwrap().recommendations.concat().contains("in stock"));
}

#[test]
fn no_workers_are_needed_without_jobs_and_without_a_minimum() {
    let scaled_down = |depth: f64| {
        with(|endpoint| {
            endpoint.load.workers = NONE;
            endpoint.load.queue_depth = Some(Count(depth));
            endpoint.facts.workers_min = Some(Count(0.0));
            endpoint.facts.workers_standby = Some(Count(0.0));
        })
    };
    let account = staying(10, &scaled_down(0.0));
    assert_eq!((names(&account).len(), health(&account)), (0, Some(Health::Healthy)));
    assert_eq!(names(&once(scaled_down(1.0))), ["no_workers"]);
}

#[test]
fn a_cold_start_is_found_and_does_not_affect_health_until_it_is_too_long() {
    let cold = with(|endpoint| {
        endpoint.load.workers = Workers { initializing: Some(Count(1.0)), ..NONE };
        endpoint.load.totals.clear();
        endpoint.load.queue_depth = Some(Count(2.0));
    });
    let account = staying(4, &cold);
    assert_eq!(severity(&account, Name::WorkersStarting), Some(Severity::Info));
    assert!(
        finding(&account, Name::WorkersStarting)
            .unwrap()
            .recommendations
            .concat()
            .starts_with("Wait for the cold start")
    );
    assert_eq!(health(&account), Some(Health::Healthy));
    assert_eq!(severity(&staying(5, &cold), Name::WorkersStarting), Some(Severity::Warning));
    let brief =
        |minutes: u64| with_history(History::brief(), [(0, cold.clone()), (minutes * 60, cold.clone())]);
    assert_eq!(health(&brief(1)), Some(Health::Healthy), "as an exporter finds");
    assert_eq!(severity(&brief(5), Name::WorkersStarting), Some(Severity::Warning));
}

#[test]
fn a_deep_queue_is_compared_with_its_thresholds() {
    let queue = |depth| {
        severity(&once(with(|endpoint| endpoint.load.queue_depth = Some(Count(depth)))), Name::QueueDeep)
    };
    let severities = [9.0, 10.0, 49.0, 50.0].map(queue);
    assert_eq!(
        severities,
        [None, Some(Severity::Warning), Some(Severity::Warning), Some(Severity::Critical)]
    );
}

#[test]
fn throttled_and_unhealthy_workers_are_found() {
    let throttled = |workers| {
        let account = with(|endpoint| endpoint.load.workers.throttled = Some(Count(workers)));
        severity(&once(account), Name::WorkersThrottled)
    };
    assert_eq!([0.0, 1.0, 9.0].map(throttled), [None, Some(Severity::Warning), Some(Severity::Warning)]);
    let account = once(with(|endpoint| {
        endpoint.load.workers.throttled = Some(Count(2.0));
        endpoint.facts.gpu_types = Some("HOPPER_141".into());
        endpoint.facts.data_centers = Some("EU-RO-1".into());
    }));
    assert_eq!(
        finding(&account, Name::WorkersThrottled).unwrap().message,
        "2 workers throttled (threshold 1); GPU types allowed: HOPPER_141; data centers allowed: EU-RO-1"
    );
    let account = once(with(|endpoint| endpoint.load.workers.unhealthy = Some(Count(1.0))));
    assert_eq!(names(&account), ["workers_unhealthy"]);
    assert!(account.findings[0].recommendations.concat().contains("runpod-exporter logs e1"));
}

/// One sample, as `check` takes it: how long it has been so is unknown.
#[test]
fn a_deep_queue_without_jobs_in_progress_does_not_call_for_more_workers() {
    let first = |ready, in_progress| {
        let account = once(with(|endpoint| {
            endpoint.load.queue_depth = Some(Count(60.0));
            endpoint.load.in_progress = Some(Count(in_progress));
            endpoint.load.workers = Workers { ready: Some(Count(ready)), ..NONE };
        }));
        finding(&account, Name::QueueDeep).unwrap().recommendations[0].clone()
    };
    assert!(first(3.0, 3.0).starts_with("Raise max workers"));
    assert!(first(3.0, 0.0).ends_with("runpod-exporter logs e1"));
    assert!(first(0.0, 0.0).starts_with("Find out why no worker is ready"));
}

#[test]
fn the_larger_of_two_percentiles_is_compared() {
    let p95 = |execution, delay| {
        let mut account = with(|endpoint: &mut Endpoint| {
            endpoint.facts.reported.execution =
                [(Quantile::P95, Seconds(execution)), (Quantile::P99, Seconds(99.0))].into();
            endpoint.facts.reported.delay = [(Quantile::P95, Seconds(delay))].into();
        });
        account.thresholds = latency_threshold();
        once(account)
    };
    assert_eq!(severity(&p95(4.9, 4.9), Name::LatencyHigh), None);
    assert_eq!(severity(&p95(5.0, 1.0), Name::LatencyHigh), Some(Severity::Warning));
    let waiting = p95(5.0, 10.0);
    assert_eq!(severity(&waiting, Name::LatencyHigh), Some(Severity::Critical));
    assert!(waiting.findings[0].recommendations.concat().contains("min workers"), "{:?}", waiting.findings);
}

#[test]
fn an_endpoint_with_a_maximum_of_0_is_unhealthy_if_jobs_wait() {
    let paused = |depth: f64| {
        with(|endpoint| {
            endpoint.facts.workers_max = Some(Count(0.0));
            endpoint.load.queue_depth = Some(Count(depth));
            endpoint.load.workers = NONE;
        })
    };
    let zero = |depth: f64| once(paused(depth));
    assert_eq!(names(&zero(0.0)), ["workers_max_zero"]);
    assert_eq!(severity(&zero(0.0), Name::WorkersMaxZero), Some(Severity::Warning));
    assert_eq!(severity(&zero(1.0), Name::WorkersMaxZero), Some(Severity::Critical));
    assert_eq!(health(&zero(0.0)), Some(Health::Healthy), "it is paused");
    assert_eq!(health(&zero(1.0)), Some(Health::Unhealthy));
    let lasting = names(&staying(10, &paused(1.0))).join(" ");
    assert_eq!(lasting, "workers_max_zero", "capacity would not help");
}

#[test]
fn a_maximum_that_was_lowered_is_found_for_a_day() {
    let max = |max, depth| {
        with(|endpoint| {
            endpoint.facts.workers_max = Some(Count(max));
            endpoint.load.queue_depth = Some(Count(depth));
        })
    };
    let lowered = seen([(0, max(5.0, 0.0)), (60, max(3.0, 0.0))]);
    assert_eq!(severity(&lowered, Name::WorkersMaxLowered), Some(Severity::Info));
    assert_eq!(health(&lowered), Some(Health::Healthy));
    let for_a_moment = seen([(0, max(5.0, 0.0)), (60, max(3.0, 9.0))]);
    assert_eq!(severity(&for_a_moment, Name::WorkersMaxLowered), Some(Severity::Info));
    let waiting = seen([(0, max(5.0, 0.0)), (60, max(3.0, 10.0))]);
    assert_eq!(severity(&waiting, Name::WorkersMaxLowered), Some(Severity::Warning));
    let found = finding(&waiting, Name::WorkersMaxLowered).unwrap();
    assert!(found.message.contains("was 5 until 1 min ago"), "{:?}", waiting.findings);
    for samples in [
        vec![(0, max(3.0, 0.0)), (60, max(5.0, 0.0))],
        vec![(0, max(5.0, 0.0)), (86_400, max(3.0, 0.0)), (86_401, max(3.0, 0.0))],
    ] {
        assert_eq!(names(&seen(samples)), <[&str; 0]>::default());
    }
}

#[test]
fn standby_without_a_minimum_does_not_affect_health() {
    let account = once(with(|endpoint| endpoint.facts.workers_min = Some(Count(0.0))));
    assert_eq!(names(&account), ["standby_without_minimum"]);
    assert_eq!(health(&account), Some(Health::Healthy));
}

#[test]
fn a_rollout_has_half_an_hour() {
    let rollout = Some(Rollout { on_latest: Count(1.0), on_older: Count(2.0) });
    let placement = Placement { read: noon(), stale: Some(Count(2.0)), rollout, ..Placement::default() };
    let stale = with(|endpoint| endpoint.placement = Some(placement));
    assert_eq!(severity(&staying(29, &stale), Name::WorkersStale), Some(Severity::Info));
    let account = staying(30, &stale);
    assert_eq!(severity(&account, Name::WorkersStale), Some(Severity::Warning));
    // The list is older than the number of workers beside it.
    let message = &finding(&account, Name::WorkersStale).unwrap().message;
    assert!(message.ends_with(" on the latest (by the list of workers, read 30 min ago)"), "{message}");
    assert_eq!(names(&once(well())), <[&str; 0]>::default());
}
