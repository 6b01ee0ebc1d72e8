//! The account as a host: machines that other users rent, and their earnings.

use lenient_json::{Flag, Id, List, Name, Number, OwnId, Text, object};
use serde::Deserialize;

/// Maximum number of machines of a host: more than any data center of Runpod's partners has.
const MAX_MACHINES: usize = 10_000;

/// Maximum number of daily earnings: those of a thousand machines over three months.
const MAX_EARNINGS: usize = 100_000;

/// The account as a host. GraphQL `User`, requested as `myself`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Host {
    /// Earnings that were not paid out yet, in dollars.
    pub host_balance: Number,
    pub machines: List<Machine, MAX_MACHINES>,
    pub machine_earnings: List<DayEarnings, MAX_EARNINGS>,
}

/// A machine of the host. GraphQL `User.machines`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Machine {
    pub id: OwnId,
    pub name: Name,
    pub gpu_type_id: Text,
    /// Free text.
    pub location: Text,
    /// Whether it can be rented.
    pub listed: Flag,
    /// Whether Runpod has verified it.
    pub verified: Flag,
    pub maintenance_mode: Flag,
    /// Number of GPUs.
    pub gpu_total: Number,
    /// Number of rented GPUs.
    pub gpu_reserved: Number,
    /// Number of virtual CPUs.
    pub vcpu_total: Number,
    /// Number of rented virtual CPUs.
    pub vcpu_reserved: Number,
    /// In gigabytes (10^9 bytes).
    pub disk_total: Number,
    /// Rented, in gigabytes (10^9 bytes).
    pub disk_reserved: Number,
    /// In dollars per hour.
    pub host_price_per_gpu: Number,
    /// A share from 0 to 1, despite its name.
    pub uptime_percent_listed_one_week: Number,
    /// A share from 0 to 1, despite its name.
    pub uptime_percent_listed_four_week: Number,
    /// A share from 0 to 1, despite its name.
    pub uptime_percent_listed_twelve_week: Number,
    #[serde(deserialize_with = "object")]
    pub machine_balance: Option<MachineBalance>,
}

/// Earnings of a machine that were not paid out yet. GraphQL `User.machines.machineBalance`.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct MachineBalance {
    /// In dollars.
    pub host_gpu_earnings: Number,
    /// In dollars.
    pub host_disk_earnings: Number,
}

/// Earnings of a machine on one day. GraphQL `User.machineEarnings`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct DayEarnings {
    /// A date, with or without a time, in UTC.
    pub date: Text,
    pub machine_id: Id,
    /// In dollars.
    pub host_gpu_earnings: Number,
    /// In dollars.
    pub host_disk_earnings: Number,
}
