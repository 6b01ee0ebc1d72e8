//! The account: what it has, what it spends, what it may spend.

use std::time::Duration;

use super::chance::{self, Purpose};
use super::market::{self, DataCenter};

/// Money on the account when the world began.
const OPENING_BALANCE: f64 = 1_187.42;

/// The card is charged when the balance falls to this much.
const RELOAD_BELOW: f64 = 100.0;

/// What the card is charged, so that a simulator that runs for a week does not go broke.
const RELOAD: f64 = 1_000.0;

/// Runpod's default limit, in dollars per hour.
pub const SPEND_LIMIT: f64 = 80.0;

/// Dollars per gigabyte and hour of network volumes: 7 cents a month.
const NETWORK_STORAGE_PRICE: f64 = 0.07 / 730.0;

/// Dollars per gigabyte and hour of the disks of running pods: 10 cents a month.
const RUNNING_DISK_PRICE: f64 = 0.10 / 730.0;

/// Dollars per gigabyte and hour of the disks of stopped pods: 20 cents a month.
const STOPPED_DISK_PRICE: f64 = 0.20 / 730.0;

/// What the account costs per hour now, by component.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Spend {
    /// Pods and serverless workers.
    pub compute: f64,
    /// Disks of pods.
    pub local_storage: f64,
    /// Network volumes.
    pub network_storage: f64,
}

/// The account's money at a moment.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Account {
    /// Prepaid dollars left.
    pub balance: f64,
    /// Dollars that were taken from the balance since the world began.
    pub paid: f64,
    /// Dollars per hour.
    pub spend: Spend,
}

/// A network volume.
#[derive(Debug, Clone)]
pub struct NetworkVolume {
    /// 10 lower-case letters and digits.
    pub id: String,
    /// As its owner calls it.
    pub name: &'static str,
    /// Its size.
    pub size_gb: u32,
    /// Where it is.
    pub data_center: &'static DataCenter,
}

// === impl Spend ===

impl Spend {
    /// Dollars per hour, all together.
    pub fn total(&self) -> f64 {
        self.compute + self.local_storage + self.network_storage
    }

    pub(super) fn add_disk(&mut self, gigabytes: u32, running: bool) {
        let price = if running { RUNNING_DISK_PRICE } else { STOPPED_DISK_PRICE };
        self.local_storage += f64::from(gigabytes) * price;
    }

    pub(super) fn add_volume(&mut self, volume: &NetworkVolume) {
        self.network_storage += f64::from(volume.size_gb) * NETWORK_STORAGE_PRICE;
    }
}

// === impl Account ===

impl Account {
    pub(super) fn new(paid: f64, spend: Spend) -> Self {
        let raw = OPENING_BALANCE - paid;
        let reloads = ((RELOAD_BELOW - raw) / RELOAD).ceil().max(0.0);
        Self { balance: raw + reloads * RELOAD, paid, spend }
    }
}

/// The account's network volumes.
pub(super) fn volumes(seed: u64) -> Vec<NetworkVolume> {
    let volume = |index: u64, name, size_gb| NetworkVolume {
        id: chance::identifier(&mut chance::generator(seed, Purpose::VolumeId, index), 10),
        name,
        size_gb,
        data_center: market::data_center_at(index),
    };
    vec![volume(0, "models", 500), volume(1, "datasets", 2_000)]
}

/// The id of the account.
pub(super) fn id(seed: u64) -> String {
    let id = chance::identifier(&mut chance::generator(seed, Purpose::AccountId, 0), 24);
    format!("user_{id}")
}

/// What `price` dollars per hour come to over `time`.
pub(super) fn cost(price: f64, time: Duration) -> f64 {
    price * time.as_secs_f64() / 3_600.0
}
