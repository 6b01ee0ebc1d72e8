//! How busy a pod is. It has no state: usage at a time is a function of the pod's role at that time.

use std::time::Duration;

use super::pod::{Pod, PodRole};
use super::random;

/// The usage of a running pod, in percent.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Usage {
    /// Percent of the cores.
    pub(crate) cpu: f64,
    /// Percent of the memory.
    pub(crate) memory: f64,
    /// One entry per GPU.
    pub(crate) gpus: Vec<GpuUsage>,
}

/// The usage of one GPU.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct GpuUsage {
    /// The id of the GPU.
    pub(crate) id: String,
    /// Utilization in percent.
    pub(crate) busy: f64,
    /// Memory utilization in percent.
    pub(crate) memory: f64,
    /// Degrees Celsius.
    pub(crate) temperature: f64,
    /// Watts.
    pub(crate) power: f64,
}

/// Periods of two waves whose sum looks irregular on a dashboard; neither is a multiple of a scrape interval.
pub(super) const WAVES: (Duration, Duration) = (Duration::from_secs(397), Duration::from_secs(71));

/// Their shares of how busy a pod is.
pub(super) const SLOW: f64 = 0.7;
pub(super) const FAST: f64 = 0.3;

impl Pod {
    /// The slow and the fast wave at a time, each between 0 and 1.
    pub(super) fn waves(&self, at: Duration) -> (f64, f64) {
        (random::swing(at, WAVES.0, self.phase), random::swing(at, WAVES.1, self.phase * 3.0))
    }

    /// The usage at a time on the world's axis.
    pub(super) fn usage(&self, at: Duration) -> Usage {
        let (slow, fast) = self.waves(at);
        let mix = SLOW * slow + FAST * fast;
        let (cpu, memory, busy, gpu_memory) = match self.timeline.at(at) {
            PodRole::Training => (30.0 + 15.0 * mix, 55.0 + 5.0 * slow, 84.0 + 15.0 * mix, 88.0 + 4.0 * slow),
            PodRole::Serving => (8.0 + 30.0 * mix, 35.0 + 3.0 * slow, 95.0 * mix, 90.0),
            PodRole::Cpu => (20.0 + 70.0 * mix, 40.0 + 25.0 * slow, 0.0, 0.0),
            PodRole::Idle => (0.0 + fast, 12.0, 0.0, 3.0),
            PodRole::Stopped | PodRole::StoppedStale | PodRole::Pulling => (0.0, 0.0, 0.0, 0.0),
        };
        let gpus = self.gpu_ids.iter().zip(0_u32..).map(|(id, number)| {
            // The GPUs of a pod have similar values, not equal ones.
            let busy = whole((busy - f64::from(number)).max(0.0));
            let power = self.gpu.map_or(0.0, |gpu| gpu.power * (0.12 + 0.85 * busy / 100.0));
            let temperature = whole(31.0 + 42.0 * busy / 100.0 + 2.0 * slow);
            GpuUsage { id: id.clone(), busy, memory: whole(gpu_memory), temperature, power: whole(power) }
        });
        Usage { cpu: whole(cpu), memory: whole(memory), gpus: gpus.collect() }
    }
}

/// Runpod reports whole percents, degrees and watts.
fn whole(value: f64) -> f64 {
    value.round()
}
