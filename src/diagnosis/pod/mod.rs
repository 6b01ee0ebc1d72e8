//! The checks of a pod, one file each.

mod idle;
mod stopped_with_volume;

use std::time::Duration;

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

/// A check: `None`, or what it found.
type Check = fn(&PodInput<'_>) -> Option<Found>;

/// The checks, in the order in which findings are reported.
const CHECKS: &[Check] = &[idle::check, stopped_with_volume::check];

/// The findings about a pod.
pub(super) fn findings(pod: &Pod, history: &History, moment: Moment) -> Vec<Finding> {
    let subject = || Subject::Pod { id: pod.id.clone(), name: pod.name.clone() };
    let input = PodInput { pod, idle: history.idle(&pod.id, moment.elapsed) };
    CHECKS.iter().filter_map(|check| Some(check(&input)?.about(subject()))).collect()
}
