//! The checks of a pod, one file each.

use std::time::Duration;

use super::checks::checks;
use super::finding::{Finding, Found, recommend};
use super::history::History;
use super::limit::Limit;
use super::name::Name;
use super::severity::Severity;
use super::subject::Subject;
use super::{Moment, format};
use crate::snapshot::Pod;

/// The input of a check.
struct PodInput<'a> {
    pod: &'a Pod,
    /// How long it has been idle.
    idle: Option<Duration>,
}

checks! {
    PodInput<'_>;
    idle: check;
    stopped_with_volume: check;
}

/// The findings about a pod.
pub(super) fn findings(pod: &Pod, history: &History, moment: Moment) -> Vec<Finding> {
    let subject = || Subject::Pod { id: pod.id.clone(), name: pod.name.clone() };
    let input = PodInput { pod, idle: history.idle(&pod.id, moment.elapsed) };
    CHECKS.iter().filter_map(|check| Some(check(&input)?.about(subject()))).collect()
}
