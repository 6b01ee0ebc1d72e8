//! Machines that others rent from this account. What is drawn here is drawn anew at each look, so that a machine needs no
//! state.

use std::time::Duration;

use rand::RngExt;

use super::chance::{self, Purpose};
use super::market::{DATA_CENTERS, GPUS, Gpu};

/// A machine.
#[derive(Debug, Clone)]
pub struct Machine {
    /// 12 lower-case letters and digits.
    pub id: String,
    /// As its owner calls it.
    pub name: String,
    /// What is in it.
    pub gpu: &'static Gpu,
    /// How many of them.
    pub gpus: u32,
    /// How many of them are rented now.
    pub rented: u32,
    /// Where it stands.
    pub location: &'static str,
    /// Dollars per hour of one GPU, to its owner.
    pub price: f64,
    /// Dollars that its GPUs have earned since midnight.
    pub earned_today: f64,
}

/// What a host gets of what the renter pays.
const HOST_SHARE: f64 = 0.8;

/// GPUs of one machine.
const GPUS_EACH: u32 = 8;

impl Machine {
    /// The machine number `index` in the world of `seed`, so long after the world's axis began and after midnight.
    pub(super) fn at(seed: u64, index: u64, elapsed: Duration, since_midnight: Duration) -> Option<Self> {
        let mut rng = chance::generator(seed, Purpose::Machine, index);
        let id = chance::identifier(&mut rng, 12);
        let gpu = GPUS.get(rng.random_range(0..GPUS.len()))?;
        let center = DATA_CENTERS.get(rng.random_range(0..DATA_CENTERS.len()))?;
        let hour = elapsed.as_secs() / 3_600;
        let rented = Self::rented(seed, index, hour);
        let price = gpu.community.unwrap_or(gpu.secure) * HOST_SHARE;
        let whole_hours = since_midnight.as_secs() / 3_600;
        let earlier: u32 =
            (1..=whole_hours).map(|back| Self::rented(seed, index, hour.saturating_sub(back))).sum();
        let this_hour = f64::from(rented) * (since_midnight.as_secs_f64() / 3_600.0).fract();
        Some(Self {
            id,
            name: format!("rack-{}", index + 1),
            gpu,
            gpus: GPUS_EACH,
            rented,
            location: center.location,
            price,
            earned_today: price * (f64::from(earlier) + this_hour),
        })
    }

    fn rented(seed: u64, index: u64, hour: u64) -> u32 {
        chance::generator(seed, Purpose::Machine, index << 32 | hour).random_range(2..=GPUS_EACH)
    }
}
