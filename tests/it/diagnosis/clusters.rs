//! The checks of a cluster.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::SignedDuration;
use runpod_exporter::testing::diagnosis::{Diagnosis, History, Name, Severity};
use runpod_exporter::testing::snapshot::{
    AccountSnapshot, Cluster, Count, DollarsPerHour, Membership, OrOther, Pod, PodState, UnixTime,
};

use super::{finding, names, once, severity, staying, well, with_history};
use crate::support::noon;

const NONE: [&str; 0] = [];

/// A cluster of four pods. Three of them run.
fn cluster(change: impl FnOnce(&mut Cluster)) -> AccountSnapshot {
    let mut cluster =
        Cluster { id: "c1".into(), name: "train".into(), size: Some(Count(4.0)), ..Cluster::default() };
    cluster.pods = Some(pods(&[(PodState::Running, 3.0), (PodState::Exited, 1.0)]));
    cluster.cost = Some(DollarsPerHour(60.0));
    change(&mut cluster);
    AccountSnapshot { clusters: vec![cluster], ..well() }
}

fn pods(pods: &[(PodState, f64)]) -> BTreeMap<OrOther<PodState>, Count> {
    pods.iter().map(|(status, pods)| ((*status).into(), Count(*pods))).collect()
}

/// The diagnosis of a single sample, after which there is no other.
fn brief(account: AccountSnapshot) -> Diagnosis {
    with_history(History::brief(), [(0, account)])
}

#[test]
fn a_cluster_that_lacks_a_pod_is_a_note_first_and_a_warning_after_half_an_hour() {
    let lacks = |minutes| staying(minutes, &cluster(|_| ()));
    let note = lacks(29);
    assert_eq!(severity(&note, Name::ClusterIncomplete), Some(Severity::Info));
    let first = &finding(&note, Name::ClusterIncomplete).unwrap().recommendations[0];
    assert_eq!(first, "Wait until the other pods have started.");
    let warning = lacks(30);
    let found = finding(&warning, Name::ClusterIncomplete).unwrap();
    assert_eq!(
        (found.severity, found.message.as_str()),
        (
            Severity::Warning,
            "only 3 of 4 pods running, 1 exited, for at least 30 min; those that run cost $60.00/h"
        )
    );
    assert_eq!(found.since, noon());
    assert_eq!(serde_json::to_value(&found.subject).unwrap()["kind"], "cluster");
    assert_eq!(
        (&*found.runbook, found.metric),
        ("docs/runbooks/RunpodClusterIncomplete.md", "runpod_cluster_pods")
    );
}

/// Without any running pod, it was stopped; and a number that is not known is not a finding.
#[test]
fn a_complete_stopped_or_unknown_cluster_is_not_found() {
    let changes: [fn(&mut Cluster); 7] = [
        |cluster| cluster.pods = Some(pods(&[(PodState::Running, 4.0)])),
        |cluster| cluster.pods = Some(pods(&[(PodState::Running, 5.0)])),
        |cluster| cluster.pods = Some(pods(&[(PodState::Exited, 4.0)])),
        |cluster| cluster.pods = Some(pods(&[(PodState::Running, 0.0), (PodState::Exited, 4.0)])),
        |cluster| cluster.pods = Some(pods(&[])),
        |cluster| cluster.pods = None,
        |cluster| cluster.size = None,
    ];
    for change in changes {
        assert_eq!(names(&staying(31, &cluster(change))), NONE);
        assert_eq!(names(&brief(cluster(change))), NONE);
    }
    let complete = cluster(|cluster| cluster.size = Some(Count(3.0)));
    assert_eq!(names(&once(complete)), NONE, "the pods that it was created with");
}

#[test]
fn a_cluster_that_was_complete_in_between_starts_again() {
    let complete = |minute| minute == 20;
    let samples = (0..=40).map(|minute| {
        let size = if complete(minute) { 3.0 } else { 4.0 };
        (minute * 60, cluster(|cluster| cluster.size = Some(Count(size))))
    });
    let account = with_history(History::default(), samples);
    assert_eq!(severity(&account, Name::ClusterIncomplete), Some(Severity::Info));
}

/// A check that sees a few seconds cannot wait; only the age of a new cluster shows that its pods may still be starting.
#[test]
fn in_a_brief_history_only_a_new_cluster_is_a_note() {
    let created = |ago: Option<Duration>| {
        let at = ago.map(|ago| UnixTime::from(noon() - SignedDuration::try_from(ago).unwrap()));
        severity(&brief(cluster(|cluster| cluster.created = at)), Name::ClusterIncomplete)
    };
    assert_eq!(created(Some(Duration::from_mins(29))), Some(Severity::Info));
    assert_eq!(created(Some(Duration::from_mins(30))), Some(Severity::Warning));
    assert_eq!(created(None), Some(Severity::Warning));
}

#[test]
fn the_logs_of_a_pod_that_does_not_run_are_recommended() {
    let pod = |id: &str, cluster: &str, status: PodState| Pod {
        id: id.into(),
        status: Some(status.into()),
        cluster: Some(Membership { cluster_id: cluster.into(), role: None, rank: None }),
        ..Pod::default()
    };
    let mut account = cluster(|_| ());
    let advice = |account: &AccountSnapshot| {
        let found = brief(account.clone());
        finding(&found, Name::ClusterIncomplete).unwrap().recommendations[0].clone()
    };
    account.pods = vec![pod("a", "c1", PodState::Running), pod("b", "c2", PodState::Exited)];
    assert!(advice(&account).ends_with("in the console."), "{}", advice(&account));
    account.pods.push(pod("c", "c1", PodState::Exited));
    assert_eq!(advice(&account), "Find out why a pod does not run: runpod-exporter logs c");
}
