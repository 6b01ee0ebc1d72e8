//! The money of the account: balance, spend, spend limit, automatic payment.

use std::time::Duration;

use super::population::Population;
use super::random::{self, Purpose};
use super::volume::NetworkVolume;

/// Balance at the start of the world.
const OPENING_BALANCE: f64 = 1_187.42;

/// The balance at which the card is charged.
const RELOAD_BELOW: f64 = 100.0;

/// How much the card is charged, so that a simulator that runs for a week does not run out of money.
const RELOAD: f64 = 1_000.0;

/// Runpod's default limit, in dollars per hour.
const SPEND_LIMIT: f64 = 80.0;

/// Number of endpoints and pods that these amounts are for, and their spend in dollars per hour. An account with more has more
/// money and a higher limit: the spend stays below four fifths of the limit, from which on an exporter warns.
const RESOURCES: usize = 14;
const USUAL_SPEND: f64 = 60.0;

/// The same for a healthy account: more than a day of that spend.
const HEALTHY_RELOAD_BELOW: f64 = 1_800.0;

/// Dollars per gigabyte and hour of the disks of running pods: 10 cents a month.
const RUNNING_DISK_PRICE: f64 = 0.10 / 730.0;

/// Dollars per gigabyte and hour of the disks of stopped pods: 20 cents a month.
const STOPPED_DISK_PRICE: f64 = 0.20 / 730.0;

/// The account's current spend in dollars per hour, by component.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Spend {
    /// Pods and serverless workers.
    pub(crate) compute: f64,
    /// Disks of pods.
    pub(crate) local_storage: f64,
    /// Network volumes.
    pub(crate) network_storage: f64,
}

/// The account's money at a point in time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Account {
    /// Prepaid dollars that are left.
    pub(crate) balance: f64,
    /// Dollars spent since the start of the world.
    pub(crate) paid: f64,
    /// Current spend.
    pub(crate) spend: Spend,
}

/// The spend limit and how the balance is replenished.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Wallet {
    /// Spend limit in dollars per hour.
    pub(crate) spend_limit: f64,
    /// The balance if nothing had been spent since the start of the world.
    pub(super) opening: f64,
    /// The balance at which the card is charged, and by how much; `None` without a card.
    pub(super) reload: Option<(f64, f64)>,
}

// === impl Spend ===

impl Spend {
    /// The sum of all components.
    pub(crate) fn total(&self) -> f64 {
        self.compute + self.local_storage + self.network_storage
    }

    pub(super) fn add_disk(&mut self, gigabytes: u32, running: bool) {
        self.local_storage += disk_price(gigabytes, running);
    }

    pub(super) fn add_volume(&mut self, volume: &NetworkVolume) {
        self.network_storage += volume.price();
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
    /// The wallet of an account with this number of endpoints and pods, and with this usual spend in dollars per hour.
    pub(super) fn of(population: Population, resources: usize, spend: f64) -> Self {
        let by_number = u32::try_from(resources.div_ceil(RESOURCES).max(1)).unwrap_or(u32::MAX);
        let times = f64::from(by_number).max((spend / USUAL_SPEND).ceil());
        let (opening, reload_below) = match population {
            Population::Usual => (OPENING_BALANCE, RELOAD_BELOW),
            Population::Healthy => (HEALTHY_RELOAD_BELOW + OPENING_BALANCE, HEALTHY_RELOAD_BELOW),
        };
        Self {
            spend_limit: times * SPEND_LIMIT,
            opening: times * opening,
            reload: Some((times * reload_below, times * RELOAD)),
        }
    }

    /// The same without a card, with `left` dollars remaining after `paid` dollars were spent.
    pub(super) fn without_card(self, left: f64, paid: f64) -> Self {
        Self { opening: left + paid, reload: None, ..self }
    }

    fn balance(self, paid: f64) -> f64 {
        let raw = self.opening - paid;
        let Some((below, amount)) = self.reload else {
            return raw.max(0.0); // at zero, Runpod stops everything
        };
        raw + ((below - raw) / amount).ceil().max(0.0) * amount
    }
}

/// The id of the account.
pub(super) fn id(seed: u64) -> String {
    let id = random::identifier(&mut random::generator(seed, Purpose::AccountId, 0), 24);
    format!("user_{id}")
}

/// Price of a pod's disks in dollars per hour.
pub(super) fn disk_price(gigabytes: u32, running: bool) -> f64 {
    f64::from(gigabytes) * if running { RUNNING_DISK_PRICE } else { STOPPED_DISK_PRICE }
}

/// The cost of `price` dollars per hour over `time`.
pub(super) fn cost(price: f64, time: Duration) -> f64 {
    price * time.as_secs_f64() / 3_600.0
}
