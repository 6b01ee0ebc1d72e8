//! What GraphQL gives to those whose machines others rent.

use serde::Deserialize;

use super::{Flag, List, Number, Text};

/// `myself`, as a host.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names are Runpod's; units are said where they are converted")]
pub struct Host {
    pub host_balance: Number,
    pub machines: List<Machine>,
    pub machine_earnings: List<DayEarnings>,
}

/// A machine.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names are Runpod's; units are said where they are converted")]
pub struct Machine {
    pub id: Text,
    pub name: Text,
    pub gpu_type_id: Text,
    pub location: Text,
    pub listed: Flag,
    pub verified: Flag,
    pub maintenance_mode: Flag,
    pub gpu_total: Number,
    pub gpu_reserved: Number,
    pub vcpu_total: Number,
    pub vcpu_reserved: Number,
    pub disk_total: Number,
    pub disk_reserved: Number,
    pub host_price_per_gpu: Number,
    pub uptime_percent_listed_one_week: Number,
    pub uptime_percent_listed_four_week: Number,
    pub uptime_percent_listed_twelve_week: Number,
    pub machine_balance: Option<MachineBalance>,
}

/// What a machine has earned and was not paid out, in dollars.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names are Runpod's; units are said where they are converted")]
pub struct MachineBalance {
    pub host_gpu_earnings: Number,
    pub host_disk_earnings: Number,
}

/// What a machine earned on one day, in dollars.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names are Runpod's; units are said where they are converted")]
pub struct DayEarnings {
    pub date: Text,
    pub machine_id: Text,
    pub host_gpu_earnings: Number,
    pub host_disk_earnings: Number,
}
