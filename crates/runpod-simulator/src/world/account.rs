//! The account: what it has, what it spends, what it may spend.

use std::time::Duration;

use super::cast::Cast;
use super::chance::{self, Purpose};
use super::market::{self, DataCenter};

/// Money on the account when the world began.
const OPENING_BALANCE: f64 = 1_187.42;

/// The card is charged when the balance falls to this much.
const RELOAD_BELOW: f64 = 100.0;

/// What the card is charged, so that a simulator that runs for a week does not go broke.
const RELOAD: f64 = 1_000.0;

/// Runpod's default limit, in dollars per hour.
const SPEND_LIMIT: f64 = 80.0;

/// Endpoints and pods that the amounts above are for. Whoever has more and is well has more money too.
const THINGS: usize = 14;

/// A card that is charged as soon as less than this is left: more than a day's spend of so many things.
const WELL_RELOAD_BELOW: f64 = 1_800.0;

/// Dollars per gigabyte and hour of network volumes: 7 cents a month, twice that on fast disks.
const NETWORK_STORAGE_PRICE: f64 = 0.07 / 730.0;
const FAST_STORAGE_PRICE: f64 = 0.14 / 730.0;

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

/// What the account may spend, and what becomes of its balance.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Wallet {
    /// Dollars per hour that the account may spend.
    pub(crate) spend_limit: f64,
    /// What there would be if nothing had been paid since the world began.
    pub(super) opening: f64,
    /// What is left when the card is charged, and how much it is charged; nothing, if there is no card.
    pub(super) reload: Option<(f64, f64)>,
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
    /// Whether it is on fast disks.
    pub high_performance: bool,
}

// === impl Spend ===

impl Spend {
    /// Dollars per hour, all together.
    pub fn total(&self) -> f64 {
        self.compute + self.local_storage + self.network_storage
    }

    pub(super) fn add_disk(&mut self, gigabytes: u32, running: bool) {
        self.local_storage += disk_price(gigabytes, running);
    }

    pub(super) fn add_volume(&mut self, volume: &NetworkVolume) {
        self.network_storage += volume.price();
    }
}

// === impl NetworkVolume ===

impl NetworkVolume {
    /// Dollars per hour.
    pub(super) fn price(&self) -> f64 {
        let each = if self.high_performance { FAST_STORAGE_PRICE } else { NETWORK_STORAGE_PRICE };
        f64::from(self.size_gb) * each
    }
}

// === impl Account ===

impl Account {
    pub(super) fn new(wallet: Wallet, paid: f64, spend: Spend) -> Self {
        Self { balance: wallet.balance(paid), paid, spend }
    }
}

// === impl Wallet ===

impl Wallet {
    /// That of a cast of so many endpoints and pods.
    pub(super) fn of(cast: Cast, things: usize) -> Self {
        let usual =
            Self { spend_limit: SPEND_LIMIT, opening: OPENING_BALANCE, reload: Some((RELOAD_BELOW, RELOAD)) };
        match cast {
            Cast::Usual => usual,
            Cast::Well => {
                let times = f64::from(u32::try_from(things.div_ceil(THINGS).max(1)).unwrap_or(u32::MAX));
                Self {
                    spend_limit: times * SPEND_LIMIT,
                    opening: times * (WELL_RELOAD_BELOW + OPENING_BALANCE),
                    reload: Some((times * WELL_RELOAD_BELOW, times * RELOAD)),
                }
            }
        }
    }

    /// The same without a card, when there are so many dollars left and so many paid.
    pub(super) fn without_card(self, left: f64, paid: f64) -> Self {
        Self { opening: left + paid, reload: None, ..self }
    }

    fn balance(self, paid: f64) -> f64 {
        let raw = self.opening - paid;
        let Some((below, amount)) = self.reload else {
            return raw.max(0.0); // where Runpod would stop everything
        };
        raw + ((below - raw) / amount).ceil().max(0.0) * amount
    }
}

/// The account's network volumes.
pub(super) fn volumes(seed: u64) -> Vec<NetworkVolume> {
    let volume = |index: u64, name, size_gb, high_performance| NetworkVolume {
        id: chance::identifier(&mut chance::generator(seed, Purpose::VolumeId, index), 10),
        name,
        size_gb,
        data_center: market::data_center_at(index),
        high_performance,
    };
    vec![volume(0, "models", 500, true), volume(1, "datasets", 2_000, false)]
}

/// The id of the account.
pub(super) fn id(seed: u64) -> String {
    let id = chance::identifier(&mut chance::generator(seed, Purpose::AccountId, 0), 24);
    format!("user_{id}")
}

/// Dollars per hour of the disks of a pod.
pub(super) fn disk_price(gigabytes: u32, running: bool) -> f64 {
    f64::from(gigabytes) * if running { RUNNING_DISK_PRICE } else { STOPPED_DISK_PRICE }
}

/// What `price` dollars per hour come to over `time`.
pub(super) fn cost(price: f64, time: Duration) -> f64 {
    price * time.as_secs_f64() / 3_600.0
}
