//! A pod that does not run and still has a volume, which is paid for.

use super::{Found, Severity, recommend};
use crate::diagnosis::Name;
use crate::snapshot::{Pod, PodState};

/// The states in which a pod is stopped and may be started again.
const STOPPED: [PodState; 2] = [PodState::Exited, PodState::Paused];

pub(super) fn check(pod: &Pod) -> Option<Found> {
    let status = pod.status.as_ref().filter(|status| STOPPED.iter().any(|stopped| *status == stopped))?;
    let volume = pod.volume.filter(|volume| *volume > 0.0)?;
    Some(Found {
        name: Name::PodStoppedWithVolume,
        severity: Severity::Info,
        metric: "runpod_pod_volume_bytes",
        facts: format!("pod is {status}, its volume of {:.0} GB is kept", volume.0 / 1e9),
        recommendations: recommend([
            "If the pod will not run again, back up its data and delete it: the disk of a stopped pod is billed.",
        ]),
    })
}
