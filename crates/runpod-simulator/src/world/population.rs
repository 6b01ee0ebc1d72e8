//! The population of a world: the kinds and names of its endpoints, and their parameters in a healthy account.

use std::time::Duration;

use super::endpoint_kind::EndpointKind;
use super::profile::{Profile, Releases};
use super::random;

/// What kinds of endpoints and pods a world has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Population {
    /// Every kind, including those with problems.
    Usual,
    /// Endpoints and pods without problems, and an account that can pay for them. Scenes play in such a world.
    Healthy,
}

/// The kinds of endpoints, used in turn.
const CYCLE: [EndpointKind; 6] = [
    EndpointKind::Steady,
    EndpointKind::Bursty,
    EndpointKind::ScaleToZero,
    EndpointKind::Throttled,
    EndpointKind::Unhealthy,
    EndpointKind::LoadBalanced,
];

/// The same in a healthy account.
const HEALTHY: [EndpointKind; 3] = [EndpointKind::Steady, EndpointKind::Bursty, EndpointKind::LoadBalanced];

/// Execution times without findings: the 95th percentile is three seconds, below the default threshold of five.
const HEALTHY_EXECUTION: Duration = Duration::from_millis(1_400);
const HEALTHY_SPREAD: f64 = 0.3;

// === impl Population ===

impl Population {
    fn cycle(self) -> &'static [EndpointKind] {
        match self {
            Self::Usual => &CYCLE,
            Self::Healthy => &HEALTHY,
        }
    }

    /// The kind of the endpoint at `index`.
    pub(super) fn kind(self, index: u64) -> EndpointKind {
        let cycle = self.cycle();
        let position = usize::try_from(index % cycle.len() as u64).unwrap_or_default();
        cycle.get(position).copied().unwrap_or(EndpointKind::Steady)
    }

    /// The parameters of endpoints of a kind.
    pub(super) fn profile(self, kind: EndpointKind) -> Profile {
        match self {
            Self::Usual => *kind.profile(),
            Self::Healthy => kind.profile().healthy(),
        }
    }

    /// Dollars per hour of the workers that this number of endpoints usually has: the minimum, and one more.
    pub(super) fn workers_price(self, endpoints: u64) -> f64 {
        let each = |index| {
            let profile = self.profile(self.kind(index));
            profile.worker_price() * f64::from(profile.workers_min + 1)
        };
        (0..endpoints).map(each).sum()
    }

    /// The name of the endpoint at `index`. Names get a number once all names of the kind are used.
    pub(super) fn name(self, index: u64) -> String {
        let names = self.kind(index).profile().names;
        let (round, count) = (index / self.cycle().len() as u64, names.len().max(1) as u64);
        let position = usize::try_from(round % count).unwrap_or_default();
        let name = names.get(position).copied().unwrap_or("endpoint");
        match round / count {
            0 => name.to_owned(),
            again => match name.strip_suffix(" -fb") {
                Some(bare) => format!("{bare}-{} -fb", again + 1),
                None => format!("{name}-{}", again + 1),
            },
        }
    }
}

// === impl Profile ===

impl Profile {
    /// The same in a healthy account: enough minimum workers for the peak of the wave, hosts with GPUs, and short jobs
    /// that rarely fail.
    fn healthy(&self) -> Self {
        let execution = self.execution.min(HEALTHY_EXECUTION);
        let busy = random::scale(execution, self.rate * (1.0 + self.wave));
        let spare = 1 + u32::try_from(busy.as_secs()).unwrap_or_default();
        Self {
            workers_min: 1 + spare,
            bursts: 0.0,
            execution,
            spread: self.spread.min(HEALTHY_SPREAD),
            scarcity: 0.0,
            failure: self.failure.min(0.004),
            crash: 0.0,
            broken_workers: 0,
            releases: Releases::Ended,
            ..*self
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn names_are_numbered_once_all_are_used() {
        for population in [Population::Usual, Population::Healthy] {
            let names: BTreeSet<String> = (0..500).map(|index| population.name(index)).collect();
            assert_eq!((names.len(), population.name(0).as_str()), (500, "llama-3-70b"));
        }
        assert_eq!(Population::Usual.name(25), "sdxl-turbo-2 -fb");
    }

    #[test]
    fn workers_can_carry_the_mean_load() {
        for kind in CYCLE {
            let profile = kind.profile();
            if kind == EndpointKind::Throttled {
                continue; // its workers are meant to be too few
            }
            let busy = profile.rate * (1.0 + profile.wave) * profile.execution.as_secs_f64();
            assert!(busy < f64::from(profile.workers_max), "{kind:?}: {busy}");
        }
    }

    #[test]
    fn minimum_workers_of_a_healthy_account_carry_the_peak() {
        for kind in HEALTHY {
            let profile = Population::Healthy.profile(kind);
            let busy = profile.rate * (1.0 + profile.wave) * profile.execution.as_secs_f64();
            assert!(busy + 1.0 <= f64::from(profile.workers_min), "{kind:?}: {busy}");
            assert!(profile.workers_min < profile.workers_max, "{kind:?}");
        }
    }
}
