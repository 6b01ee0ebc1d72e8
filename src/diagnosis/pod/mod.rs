//! The checks of a pod, one file each.

mod idle;
mod stopped;

use super::finding::{Finding, Found, Subject, recommend};
use super::history::History;
use super::{Moment, Severity, words};
use crate::snapshot::Pod;

/// What is wrong with a pod.
pub(super) fn findings(pod: &Pod, history: &History, moment: Moment) -> Vec<Finding> {
    let subject = || Subject::Pod { id: pod.id.clone(), name: pod.name.clone() };
    let idle = history.idle(&pod.id, moment.elapsed);
    let found: [Option<Found>; 2] = [idle::check(pod, idle), stopped::check(pod)];
    found.into_iter().flatten().map(|found| found.about(subject())).collect()
}
