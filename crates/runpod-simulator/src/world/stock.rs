//! Which GPU types are in stock.

use rand::RngExt;

use super::market::gpu_at;
use super::random::{self, Purpose};
use super::state::World;

/// How many GPUs of a type are available. Runpod reports nothing, not even zero, when there are none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stock {
    /// Few.
    Low,
    /// Some.
    Medium,
    /// Many.
    High,
}

impl World {
    /// The stock of the GPU type at this position of [`GPUS`](super::GPUS).
    pub(crate) fn stock(&self, position: usize) -> Option<Stock> {
        let now = self.elapsed();
        let first = self.endpoints().first().map(|endpoint| endpoint.configuration().timeline.at(now));
        if first.is_some_and(|profile| profile.gpu == position && profile.is_sold_out()) {
            return None;
        }
        regular(self.seed(), position, now.as_secs() / 3_600)
    }
}

/// The stock in an hour of the world, without a scene. It changes every hour.
fn regular(seed: u64, position: usize, hour: u64) -> Option<Stock> {
    let supply = gpu_at(position).supply;
    let index = (position as u64) << 32 | (hour & 0xFFFF_FFFF);
    match random::generator(seed, Purpose::Stock, index).random_range(0..10_u32) {
        draw if draw >= supply => None,
        draw if draw + 2 >= supply => Some(Stock::Low),
        draw if draw + 5 >= supply => Some(Stock::Medium),
        _ => Some(Stock::High),
    }
}
