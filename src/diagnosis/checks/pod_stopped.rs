//! A pod is stopped, and its volume is still billed.

use super::{Found, Name, PodInput, Severity, recommend};
use crate::snapshot::PodState;

/// The states of a pod that is stopped and can be started again. The alert selects the same.
const STOPPED: [PodState; 2] = [PodState::Exited, PodState::Paused];

pub(super) fn check(input: &PodInput<'_>) -> Option<Found> {
    let status =
        input.pod.status.as_ref().filter(|status| STOPPED.iter().any(|stopped| *status == stopped))?;
    let volume = input.pod.volume.filter(|volume| *volume > 0.0)?;
    let message = format!("pod is {status}, its volume of {:.0} GB is kept", volume.0 / 1e9);
    let recommendations = recommend([
        "If the pod will not run again, back up its data and delete it: the disk of a stopped pod is billed.",
    ]);
    Some(Found::new(Name::PodStoppedWithVolume, Severity::Info, message, recommendations))
}
