//! Random numbers that can be repeated: generators derived from a seed, and the distributions that load follows.
//!
//! What is random in an endpoint or a pod does not belong here.

use std::f64::consts::TAU;
use std::time::Duration;

use rand::rngs::Xoshiro256PlusPlus;
use rand::{RngExt, SeedableRng};
use rand_distr::{Exp1, StandardNormal};

/// The generator of the simulator. Named, not `StdRng`: its output is specified, so that a seed means the same
/// world after an upgrade of `rand`.
pub(super) type Generator = Xoshiro256PlusPlus;

/// What a generator is for. Each purpose draws from its own stream, so that one more draw in one place does not
/// change the rest of the world.
#[derive(Debug, Clone, Copy)]
pub(super) enum Purpose {
    AccountId,
    Endpoint,
    EndpointId,
    JobId,
    Pod,
    PodId,
    Stock,
    VolumeId,
    WorkerId,
    // The numbers of the others stay what they are: a seed keeps its world.
    ReleaseId,
    Machine,
    Tokens,
}

/// The generator of the thing number `index` in the world of `seed`.
pub(super) fn generator(seed: u64, purpose: Purpose, index: u64) -> Generator {
    // Two odd constants of no special meaning: they keep neighbouring purposes and indices far apart in every bit.
    let purpose = (purpose as u64 + 1).wrapping_mul(0xD1B5_4A32_D192_ED03);
    let index = index.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    Generator::seed_from_u64(seed ^ purpose ^ index)
}

/// An id as Runpod gives them: lower-case letters and digits.
pub(super) fn identifier(rng: &mut Generator, length: usize) -> String {
    (0..length).filter_map(|_| char::from_digit(rng.random_range(0..36), 36)).collect()
}

/// The id of a thing of the world. Runpod's have 14 characters.
pub(super) fn id(seed: u64, purpose: Purpose, index: u64) -> String {
    identifier(&mut generator(seed, purpose, index), 14)
}

/// A random UUID's form, without its version.
pub(super) fn uuid(rng: &mut Generator) -> String {
    let hex = |rng: &mut Generator, length: usize| -> String {
        (0..length).filter_map(|_| char::from_digit(rng.random_range(0..16), 16)).collect()
    };
    [8, 4, 4, 4, 12].map(|length| hex(rng, length)).join("-")
}

/// A positive duration around `median`; `sigma` says how long its tail is. Execution times follow this shape.
pub(super) fn log_normal(rng: &mut Generator, median: Duration, sigma: f64) -> Duration {
    let normal: f64 = rng.sample(StandardNormal);
    scale(median, (sigma * normal).exp())
}

/// The wait for the next event of a memoryless process that has `rate` events a second.
pub(super) fn wait(rng: &mut Generator, rate: f64) -> Duration {
    let unit: f64 = rng.sample(Exp1);
    Duration::try_from_secs_f64(unit / rate).unwrap_or(Duration::MAX)
}

/// A duration between the ends of `range`, each as likely as the other.
pub(super) fn between(rng: &mut Generator, range: (Duration, Duration)) -> Duration {
    let (low, high) = range;
    low + scale(high.saturating_sub(low), rng.random())
}

/// `duration` times `factor`; the longest duration there is when that does not fit.
pub(super) fn scale(duration: Duration, factor: f64) -> Duration {
    Duration::try_from_secs_f64(duration.as_secs_f64() * factor).unwrap_or(Duration::MAX)
}

/// A value between 0 and 1 that swings once a `period`.
pub(super) fn swing(at: Duration, period: Duration, phase: f64) -> f64 {
    0.5 + 0.5 * (TAU * (at.as_secs_f64() / period.as_secs_f64() + phase)).sin()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn purposes_and_indices_draw_from_different_streams() {
        let first = id(1, Purpose::EndpointId, 0);
        assert_eq!(first, id(1, Purpose::EndpointId, 0));
        assert_ne!(first, id(1, Purpose::EndpointId, 1));
        assert_ne!(first, id(1, Purpose::PodId, 0));
        assert_ne!(first, id(2, Purpose::EndpointId, 0));
    }

    #[test]
    fn ids_look_like_those_of_runpod() {
        for index in 0..500 {
            let id = id(7, Purpose::PodId, index);
            assert_eq!(id.len(), 14);
            assert!(id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit()), "{id}");
        }
    }
}
