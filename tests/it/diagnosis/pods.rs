//! The checks of a pod.

use runpod_exporter::diagnosis::{Name, Severity};
use runpod_exporter::snapshot::{AccountSnapshot, Bytes, Count, DollarsPerHour, Gpu, Pod, PodState, Ratio};

use super::{finding, names, once, staying, well};

fn pod(change: impl FnOnce(&mut Pod)) -> AccountSnapshot {
    let mut pod = Pod { id: "p1".to_owned(), name: "lab".to_owned(), ..Pod::default() };
    pod.status = Some(PodState::Running.into());
    (pod.cost, pod.gpu_count, pod.volume) = (Some(DollarsPerHour(2.0)), Some(Count(1.0)), Some(Bytes(100e9)));
    pod.gpus =
        vec![Gpu { id: "g".to_owned(), utilization: Some(Ratio(0.0)), memory_utilization: Some(Ratio(0.5)) }];
    change(&mut pod);
    let mut account = well();
    account.pods = vec![pod];
    account
}

#[test]
fn a_pod_that_idles_for_half_an_hour_is_told_with_what_it_cost() {
    assert_eq!(names(&staying(29, &pod(|_| ()))), <[&str; 0]>::default());
    let account = staying(45, &pod(|_| ()));
    let found = finding(&account, Name::PodIdle).unwrap();
    assert_eq!(
        (found.severity, found.facts.as_str()),
        (Severity::Warning, "idle for at least 45 min at $2.00/h: $1.50")
    );
}

#[test]
fn a_pod_that_works_or_shows_nothing_is_not_idle() {
    for change in [
        |pod: &mut Pod| pod.gpus[0].utilization = Some(Ratio(0.05)),
        |pod: &mut Pod| pod.gpus[0].utilization = None,
        |pod: &mut Pod| pod.gpus.clear(),
        |pod: &mut Pod| pod.cost = None,
        |pod: &mut Pod| pod.status = None,
    ] {
        assert_eq!(names(&staying(60, &pod(change))), <[&str; 0]>::default());
    }
}

#[test]
fn a_pod_without_gpus_is_judged_by_its_cpu() {
    let cpu = |busy| {
        staying(
            30,
            &pod(|pod| {
                pod.gpus.clear();
                (pod.gpu_count, pod.cpu_utilization) = (Some(Count(0.0)), Some(Ratio(busy)));
            }),
        )
    };
    assert_eq!(names(&cpu(0.04)), ["pod_idle"]);
    assert_eq!(names(&cpu(0.5)), <[&str; 0]>::default());
}

#[test]
fn a_stopped_pod_with_a_volume_is_told() {
    let stopped =
        |volume| once(pod(|pod| (pod.status, pod.volume) = (Some(PodState::Exited.into()), volume)));
    let account = stopped(Some(Bytes(100e9)));
    assert_eq!(names(&account), ["pod_stopped_with_volume"]);
    assert!(account.findings[0].facts.contains("100 GB"), "{:?}", account.findings);
    assert_eq!(names(&stopped(Some(Bytes(0.0)))), <[&str; 0]>::default());
    assert_eq!(names(&stopped(None)), <[&str; 0]>::default());
}
