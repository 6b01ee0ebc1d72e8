//! Who is there in a world: which characters its endpoints have, and how they are where all is well.

use std::time::Duration;

use super::chance;
use super::character::{Character, Profile, Releases};

/// Which kind of world.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cast {
    /// Endpoints and pods of every kind, troubled ones among them.
    Usual,
    /// Endpoints and pods with which nothing is wrong, and an account that can pay for them: the world of scenes.
    Well,
}

/// The order in which a world's endpoints get their characters.
const CYCLE: [Character; 6] = [
    Character::Steady,
    Character::Bursty,
    Character::ScaleToZero,
    Character::Throttled,
    Character::Unhealthy,
    Character::LoadBalanced,
];

/// The same where all is well.
const WELL: [Character; 3] = [Character::Steady, Character::Bursty, Character::LoadBalanced];

/// Runs of jobs with which nobody finds fault: 95 of 100 end within three seconds, where five are too long by default.
const WELL_EXECUTION: Duration = Duration::from_millis(1_400);
const WELL_SPREAD: f64 = 0.3;

// === impl Cast ===

impl Cast {
    fn cycle(self) -> &'static [Character] {
        match self {
            Self::Usual => &CYCLE,
            Self::Well => &WELL,
        }
    }

    /// The character of the endpoint number `index`.
    pub(super) fn character(self, index: u64) -> Character {
        let cycle = self.cycle();
        let position = usize::try_from(index % cycle.len() as u64).unwrap_or_default();
        cycle.get(position).copied().unwrap_or(Character::Steady)
    }

    /// How the endpoints of a character are.
    pub(super) fn profile(self, character: Character) -> Profile {
        match self {
            Self::Usual => *character.profile(),
            Self::Well => character.profile().well(),
        }
    }

    /// The name of the endpoint number `index`: numbered once all names of its character are taken.
    pub(super) fn name(self, index: u64) -> String {
        let names = self.character(index).profile().names;
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
    /// The same in an account where all is well: enough workers that stay for the highest wave, on hosts that have their
    /// GPUs, with jobs that are short and hardly ever fail.
    fn well(&self) -> Self {
        let execution = self.execution.min(WELL_EXECUTION);
        let busy = chance::scale(execution, self.rate * (1.0 + self.wave));
        let spare = 1 + u32::try_from(busy.as_secs()).unwrap_or_default();
        Self {
            workers_min: 1 + spare,
            bursts: 0.0,
            execution,
            spread: self.spread.min(WELL_SPREAD),
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
    fn names_are_numbered_once_all_are_taken() {
        for cast in [Cast::Usual, Cast::Well] {
            let names: BTreeSet<String> = (0..500).map(|index| cast.name(index)).collect();
            assert_eq!((names.len(), cast.name(0).as_str()), (500, "llama-3-70b"));
        }
        assert_eq!(Cast::Usual.name(25), "sdxl-turbo-2 -fb");
    }

    #[test]
    fn workers_can_carry_the_mean_load() {
        for character in CYCLE {
            let profile = character.profile();
            if character == Character::Throttled {
                continue; // that it cannot is its character
            }
            let busy = profile.rate * (1.0 + profile.wave) * profile.execution.as_secs_f64();
            assert!(busy < f64::from(profile.workers_max), "{character:?}: {busy}");
        }
    }

    #[test]
    fn where_all_is_well_the_workers_that_stay_carry_the_highest_wave() {
        for character in WELL {
            let profile = Cast::Well.profile(character);
            let busy = profile.rate * (1.0 + profile.wave) * profile.execution.as_secs_f64();
            assert!(busy + 1.0 <= f64::from(profile.workers_min), "{character:?}: {busy}");
            assert!(profile.workers_min < profile.workers_max, "{character:?}");
        }
    }
}
