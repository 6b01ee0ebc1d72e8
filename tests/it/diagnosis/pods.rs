//! The checks of a pod.

use runpod_exporter::testing::diagnosis::{Name, Severity};
use runpod_exporter::testing::snapshot::{
    AccountSnapshot, Bytes, Count, DollarsPerHour, Gpu, Pod, PodState, Ratio,
};
use strum::VariantArray as _;

use super::{finding, names, once, staying, well};

fn pod(change: impl FnOnce(&mut Pod)) -> AccountSnapshot {
    let mut pod = Pod { id: "p1".into(), name: "lab".into(), ..Pod::default() };
    pod.status = Some(PodState::Running.into());
    (pod.cost, pod.gpu_count, pod.volume) = (Some(DollarsPerHour(2.0)), Some(Count(1.0)), Some(Bytes(100e9)));
    pod.gpus =
        vec![Gpu { id: "g".into(), utilization: Some(Ratio(0.0)), memory_utilization: Some(Ratio(0.5)) }];
    change(&mut pod);
    let mut account = well();
    account.pods = vec![pod];
    account
}

#[test]
fn a_pod_that_is_idle_for_an_hour_is_found_with_its_cost() {
    assert_eq!(names(&staying(59, &pod(|_| ()))), <[&str; 0]>::default());
    let account = staying(90, &pod(|_| ()));
    let found = finding(&account, Name::PodIdle).unwrap();
    assert_eq!(
        (found.severity, found.message.as_str()),
        (Severity::Warning, "idle for at least 1 h 30 min at $2.00/h: $3.00")
    );
}

#[test]
fn a_pod_that_works_or_reports_no_utilization_is_not_idle() {
    for change in [
        |pod: &mut Pod| pod.gpus[0].utilization = Some(Ratio(0.05)),
        |pod: &mut Pod| pod.gpus[0].utilization = None,
        |pod: &mut Pod| pod.gpus.clear(),
        |pod: &mut Pod| pod.cost = None,
        |pod: &mut Pod| pod.status = None,
    ] {
        assert_eq!(names(&staying(90, &pod(change))), <[&str; 0]>::default());
    }
}

#[test]
fn a_pod_without_gpus_is_idle_if_its_cpu_is() {
    let cpu = |busy| {
        staying(
            60,
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
fn a_stopped_pod_with_a_volume_is_found() {
    let stopped =
        |volume| once(pod(|pod| (pod.status, pod.volume) = (Some(PodState::Exited.into()), volume)));
    let account = stopped(Some(Bytes(100e9)));
    assert_eq!(names(&account), ["pod_stopped_with_volume"]);
    assert!(account.findings[0].message.contains("100 GB"), "{:?}", account.findings);
    assert_eq!(names(&stopped(Some(Bytes(0.0)))), <[&str; 0]>::default());
    assert_eq!(names(&stopped(None)), <[&str; 0]>::default());
}

#[test]
fn the_alert_selects_the_states_in_which_a_pod_is_stopped() {
    let rule =
        crate::findings::rules().into_iter().find(|rule| rule.name == "RunpodPodStoppedWithVolume").unwrap();
    let (_, states) = rule.expr.split_once("status=~\"").unwrap();
    let states: Vec<_> = states.split('"').next().unwrap().split('|').collect();
    let is_found = |state: &&PodState| {
        names(&once(pod(|pod| pod.status = Some((**state).into())))).contains(&"pod_stopped_with_volume")
    };
    let mut found: Vec<&str> =
        PodState::VARIANTS.iter().filter(is_found).map(|state| (*state).into()).collect();
    found.sort_unstable();
    assert_eq!(found, states, "{}", rule.file);
}
