//! Some pods of a cluster run and others do not. A job that is distributed over all of them waits, while those that run are
//! billed.

use std::time::Duration;

use super::row::{Row, Runbook, cluster};
use super::{ClusterInput, Found, Name, Severity, recommend};
use crate::diagnosis::format::{count, dollars_per_hour, known, number, time};
use crate::diagnosis::limit::Limit;
use crate::snapshot::{Count, Pod, PodState, UnixTime};

const INCOMPLETE: Duration = Limit::ClusterIncomplete.time();

pub(super) const ROW: Row = Row {
    limits: &[Limit::ClusterIncomplete],
    ..cluster(
        Runbook::OfAlert("RunpodClusterIncomplete"),
        &["runpod_cluster_pods", "runpod_cluster_pods_desired"],
    )
};

pub(super) fn check(input: &ClusterInput<'_>) -> Option<Found> {
    let cluster = input.cluster;
    cluster.is_incomplete().filter(|incomplete| *incomplete)?;
    let (running, size) = (cluster.running()?, cluster.size?);
    let lasted = input.incomplete.unwrap_or_default();
    let is_long = lasted >= INCOMPLETE || (input.is_brief && !is_new(input));
    let severity = if is_long { Severity::Warning } else { Severity::Info };
    let state = known([
        Some(format!("only {} of {} running", number(running.0), count(size.0, "pod"))),
        others(input),
        (!lasted.is_zero()).then(|| format!("for at least {}", time(lasted))),
    ]);
    let cost = cluster.cost.map(|cost| format!("; those that run cost {}", dollars_per_hour(cost.0)));
    let message = format!("{state}{}", cost.unwrap_or_default());
    let recommendations = if is_long {
        recommend([
            &find_out(input),
            "If it cannot start, delete the cluster and create it in another data center or with another GPU type.",
            "Delete the cluster if it is not needed: the pods that run are billed.",
        ])
    } else {
        recommend(["Wait until the other pods have started.", &find_out(input)])
    };
    Some(Found::new(Name::ClusterIncomplete, severity, message, recommendations).lasting(lasted))
}

/// Whether the cluster is so new that its pods may still be starting.
fn is_new(input: &ClusterInput<'_>) -> bool {
    let now = UnixTime::from(input.moment.now);
    input.cluster.created.is_some_and(|created| now.0 - created.0 < INCOMPLETE.as_secs_f64())
}

/// The pods that do not run, by status.
fn others(input: &ClusterInput<'_>) -> Option<String> {
    let pods = input.cluster.pods.as_ref()?;
    let others = pods.iter().filter(|(status, pods)| **status != PodState::Running && **pods > 0.0);
    let others: Vec<_> = others.map(|(status, Count(pods))| format!("{} {status}", number(*pods))).collect();
    (!others.is_empty()).then(|| others.join(", "))
}

/// How to find out why a pod does not run; of several, the first.
fn find_out(input: &ClusterInput<'_>) -> String {
    let is_member = |pod: &Pod| pod.cluster.as_ref().is_some_and(|of| of.cluster_id == input.cluster.id);
    match input.pods.iter().find(|pod| is_member(pod) && pod.is_running() == Some(false)) {
        Some(pod) => format!("Find out why a pod does not run: runpod-exporter logs {}", pod.id),
        None => {
            "Find out why the other pods do not run: look at their status and logs in the console.".to_owned()
        }
    }
}
