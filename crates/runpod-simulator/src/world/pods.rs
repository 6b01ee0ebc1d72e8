//! The current state of a pod, as the APIs report it.

use std::time::Duration;

use jiff::Timestamp;

use super::pod::{Pod, PodRole};
use super::pod_usage::Usage;
use super::serving::Serving;
use super::state::World;

impl World {
    /// The current role of a pod.
    pub(crate) fn role(&self, pod: &Pod) -> PodRole {
        pod.timeline.at(self.elapsed())
    }

    /// When a pod was last started or stopped.
    pub(crate) fn status_changed_at(&self, pod: &Pod) -> Timestamp {
        let change = pod.status_changes(self.elapsed()).pop();
        change.map_or_else(|| self.before_start(pod.status_age), |(at, _)| self.moment(at))
    }

    /// How long a pod has been running, or stopped.
    pub(crate) fn status_age(&self, pod: &Pod) -> Duration {
        Duration::try_from(self.now().duration_since(self.status_changed_at(pod))).unwrap_or_default()
    }

    /// What the vLLM server of a pod has done since its start.
    pub(crate) fn serving(&self, pod: &Pod) -> Serving {
        pod.serving(self.elapsed(), self.status_age(pod))
    }

    /// The current usage of a pod.
    pub(crate) fn usage(&self, pod: &Pod) -> Usage {
        pod.usage(self.elapsed())
    }
}
