//! Reproducible random numbers: generators derived from a seed, and the distributions that load follows.
//!
//! Which properties of an endpoint or a pod are random does not belong here.

use std::f64::consts::TAU;
use std::time::Duration;

use rand::rngs::Xoshiro256PlusPlus;
use rand::{Rng as _, RngExt, SeedableRng};
use rand_distr::{Exp1, StandardNormal};

/// The generator of the simulator. Named, not `StdRng`: its output is specified, so that a seed means the same
/// world after an upgrade of `rand`.
pub(super) type Generator = Xoshiro256PlusPlus;

/// What a generator is used for. Each purpose has its own stream, so that an additional draw in one place does not
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
    // New purposes go to the end: the position is part of the seed, and a seed must keep its world.
    ReleaseId,
    Machine,
    Tokens,
}

/// The generator for the object at `index` in the world of `seed`.
pub(super) fn generator(seed: u64, purpose: Purpose, index: u64) -> Generator {
    // Two arbitrary odd constants, so that neighboring purposes and indices differ in many bits.
    let purpose = (purpose as u64 + 1).wrapping_mul(0xD1B5_4A32_D192_ED03);
    let index = index.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    Generator::seed_from_u64(seed ^ purpose ^ index)
}

/// An id in Runpod's form: lower-case letters and digits.
pub(super) fn identifier(rng: &mut Generator, length: usize) -> String {
    (0..length).filter_map(|_| char::from_digit(rng.random_range(0..36), 36)).collect()
}

/// An id with 14 characters, the usual length of Runpod's ids.
pub(super) fn id(seed: u64, purpose: Purpose, index: u64) -> String {
    identifier(&mut generator(seed, purpose, index), 14)
}

/// A random id in the form of a UUID, without version bits. Each job has one, and tests simulate hours of jobs without
/// optimization, so this is a plain loop.
pub(super) fn uuid(rng: &mut Generator) -> String {
    let mut uuid = String::with_capacity(36);
    for position in 0..36 {
        if matches!(position, 8 | 13 | 18 | 23) {
            uuid.push('-');
        } else {
            uuid.push(hex_digit(rng.next_u32() >> 28));
        }
    }
    uuid
}

/// The digit of a number below 16.
fn hex_digit(number: u32) -> char {
    let number = number.to_le_bytes()[0];
    char::from(number + if number < 10 { b'0' } else { b'a' - 10 })
}

/// A positive duration around `median`; `sigma` sets the length of its tail. Execution times have this distribution.
pub(super) fn log_normal(rng: &mut Generator, median: Duration, sigma: f64) -> Duration {
    let normal: f64 = rng.sample(StandardNormal);
    scale(median, (sigma * normal).exp())
}

/// The time until the next event of a Poisson process with `rate` events per second.
pub(super) fn wait(rng: &mut Generator, rate: f64) -> Duration {
    let unit: f64 = rng.sample(Exp1);
    Duration::try_from_secs_f64(unit / rate).unwrap_or(Duration::MAX)
}

/// A uniformly distributed duration within `range`.
pub(super) fn between(rng: &mut Generator, range: (Duration, Duration)) -> Duration {
    let (low, high) = range;
    low + scale(high.saturating_sub(low), rng.random())
}

/// `duration` times `factor`; `Duration::MAX` on overflow.
pub(super) fn scale(duration: Duration, factor: f64) -> Duration {
    Duration::try_from_secs_f64(duration.as_secs_f64() * factor).unwrap_or(Duration::MAX)
}

/// A sine wave between 0 and 1.
pub(super) fn swing(at: Duration, period: Duration, phase: f64) -> f64 {
    0.5 + 0.5 * (TAU * (at.as_secs_f64() / period.as_secs_f64() + phase)).sin()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn purposes_and_indices_have_different_streams() {
        let first = id(1, Purpose::EndpointId, 0);
        assert_eq!(first, id(1, Purpose::EndpointId, 0));
        assert_ne!(first, id(1, Purpose::EndpointId, 1));
        assert_ne!(first, id(1, Purpose::PodId, 0));
        assert_ne!(first, id(2, Purpose::EndpointId, 0));
    }

    /// A seed must keep its world.
    #[test]
    fn uuids_stay() {
        let mut rng = generator(1, Purpose::JobId, 0);
        assert_eq!(uuid(&mut rng), "6cf76737-7fb0-67a6-c251-0b4aabcd9ef5");
        assert_eq!(uuid(&mut rng), "79438308-ce3d-1380-428b-18999bafd0ae");
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
