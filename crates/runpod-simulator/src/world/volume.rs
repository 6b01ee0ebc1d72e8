//! Network volumes and their price.

use super::market::{self, DataCenter};
use super::random::{self, Purpose};

/// Dollars per gigabyte and hour: 7 cents a month, twice that for high performance.
const NETWORK_STORAGE_PRICE: f64 = 0.07 / 730.0;
const FAST_STORAGE_PRICE: f64 = 0.14 / 730.0;

/// A network volume.
#[derive(Debug, Clone)]
pub(crate) struct NetworkVolume {
    /// 10 lower-case letters and digits.
    pub(crate) id: String,
    /// The name that its owner gave it.
    pub(crate) name: &'static str,
    /// Size in gigabytes.
    pub(crate) size_gb: u32,
    /// Its data center.
    pub(crate) data_center: &'static DataCenter,
    /// Whether it is of the high-performance type.
    pub(crate) high_performance: bool,
}

// === impl NetworkVolume ===

impl NetworkVolume {
    /// Dollars per hour.
    pub(super) fn price(&self) -> f64 {
        let each = if self.high_performance { FAST_STORAGE_PRICE } else { NETWORK_STORAGE_PRICE };
        f64::from(self.size_gb) * each
    }
}

/// The account's network volumes.
pub(super) fn volumes(seed: u64) -> Vec<NetworkVolume> {
    let volume = |index: u64, name, size_gb, high_performance| NetworkVolume {
        id: random::identifier(&mut random::generator(seed, Purpose::VolumeId, index), 10),
        name,
        size_gb,
        data_center: market::data_center_at(index),
        high_performance,
    };
    vec![volume(0, "models", 500, true), volume(1, "datasets", 2_000, false)]
}
