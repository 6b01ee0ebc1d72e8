//! The machines that the account rents out. A machine has no state: it is computed from the seed on each read.

use std::time::Duration;

use rand::RngExt;

use super::market::{DATA_CENTERS, GPUS, Gpu};
use super::random::{self, Purpose};
use super::state::World;

/// A machine.
#[derive(Debug, Clone)]
pub(crate) struct Machine {
    /// 12 lower-case letters and digits.
    pub(crate) id: String,
    /// The name that its owner gave it.
    pub(crate) name: String,
    /// The type of its GPUs.
    pub(crate) gpu: &'static Gpu,
    /// Number of GPUs.
    pub(crate) gpus: u32,
    /// Number of rented GPUs.
    pub(crate) rented: u32,
    /// The country that it is in.
    pub(crate) location: &'static str,
    /// Dollars per hour and GPU that its owner earns.
    pub(crate) price: f64,
    /// Dollars that its GPUs earned since midnight.
    pub(crate) earned_today: f64,
}

/// The ratio of the price that the host earns.
const HOST_SHARE: f64 = 0.8;

/// GPUs of one machine.
const GPUS_EACH: u32 = 8;

impl World {
    /// The machines that the account rents out.
    pub(crate) fn machines(&self) -> Vec<Machine> {
        let midnight = self.now().as_second().rem_euclid(86_400);
        let since_midnight = Duration::from_secs(u64::try_from(midnight).unwrap_or_default());
        let machine = |index| Machine::at(self.seed(), index, self.elapsed(), since_midnight);
        (0..self.machine_count()).filter_map(machine).collect()
    }
}

impl Machine {
    /// The machine at `index` in the world of `seed`, at a time on the world's axis.
    fn at(seed: u64, index: u64, elapsed: Duration, since_midnight: Duration) -> Option<Self> {
        let mut rng = random::generator(seed, Purpose::Machine, index);
        let id = random::identifier(&mut rng, 12);
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
        random::generator(seed, Purpose::Machine, index << 32 | hour).random_range(2..=GPUS_EACH)
    }
}
