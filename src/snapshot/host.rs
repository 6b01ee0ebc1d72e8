//! Machines that the account rents out, and their earnings.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;
use runpod::wire;
use strum::{IntoStaticStr, VariantArray};

use super::closed::each;
use super::convert::{count, dollars, dollars_per_hour, gigabytes, name_or_id, ratio, vcpus};
use super::unit::{Bytes, Count, Dollars, DollarsPerHour, Ratio};

/// The account as a host.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Host {
    /// Earnings that are not paid out yet.
    pub balance: Option<Dollars>,
    /// The machines, by id, each once.
    pub machines: Vec<Machine>,
}

/// A machine.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Machine {
    /// Its id, which is unique.
    pub id: Arc<str>,
    /// Its name; its id if the API gives no name.
    pub name: Arc<str>,
    /// The GPU type in it.
    pub gpu_type_id: Option<Arc<str>>,
    /// Its location, as the host describes it.
    pub location: Option<Arc<str>>,
    /// Whether it is listed for rent.
    pub listed: Option<bool>,
    /// Whether it is verified by Runpod.
    pub verified: Option<bool>,
    /// Whether it is under maintenance.
    pub maintenance: Option<bool>,
    /// GPUs.
    pub gpus: Option<Count>,
    /// Rented GPUs.
    pub gpus_rented: Option<Count>,
    /// Virtual CPUs.
    pub vcpus: Option<Count>,
    /// Rented virtual CPUs.
    pub vcpus_rented: Option<Count>,
    /// Disk size.
    pub disk: Option<Bytes>,
    /// Rented disk space.
    pub disk_rented: Option<Bytes>,
    /// Price of one GPU as set by the host.
    pub gpu_price: Option<DollarsPerHour>,
    /// Share of its listed time that it was up.
    pub uptime_ratios: BTreeMap<UptimeWindow, Ratio>,
    /// Earnings that are not paid out yet.
    pub balance: BTreeMap<MachinePart, Dollars>,
    /// Earnings so far in the current UTC day.
    pub earned_today: BTreeMap<MachinePart, Dollars>,
}

/// The time over which the uptime of a machine is averaged (label `window`), in the order of the series.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, VariantArray, IntoStaticStr)]
#[expect(missing_docs, reason = "the names are the windows")]
pub enum UptimeWindow {
    #[strum(serialize = "12w")]
    TwelveWeeks,
    #[strum(serialize = "1w")]
    OneWeek,
    #[strum(serialize = "4w")]
    FourWeeks,
}

/// What a machine earns with (label `resource`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, VariantArray, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
#[expect(missing_docs, reason = "the names are Runpod's")]
pub enum MachinePart {
    Disk,
    Gpu,
}

impl Host {
    /// Converts the account's machines from GraphQL, with their earnings on the day `today`.
    pub(crate) fn from_wire(wire: wire::Host, today: Date) -> Self {
        let wire::Host { host_balance, machines, machine_earnings } = wire;
        let today = today.to_string();
        // The API returns several days.
        let is_today = |earned: &wire::DayEarnings| {
            earned.date.0.as_deref().is_some_and(|date| date.starts_with(&today))
        };
        let earnings: Vec<_> = machine_earnings.0.unwrap_or_default().into_iter().filter(is_today).collect();
        let mut seen = std::collections::HashSet::new();
        let machines = machines.0.unwrap_or_default().into_iter().filter_map(|machine| {
            let machine = Machine::from_wire(machine, &earnings)?;
            seen.insert(Arc::clone(&machine.id)).then_some(machine)
        });
        Self { balance: dollars(host_balance), machines: machines.collect() }
    }
}

impl Machine {
    fn from_wire(wire: wire::HostMachine, earnings: &[wire::DayEarnings]) -> Option<Self> {
        let wire::HostMachine {
            id,
            name,
            gpu_type_id,
            location,
            listed,
            verified,
            maintenance_mode,
            gpu_total,
            gpu_reserved,
            vcpu_total,
            vcpu_reserved,
            disk_total,
            disk_reserved,
            host_price_per_gpu,
            uptime_percent_listed_one_week,
            uptime_percent_listed_four_week,
            uptime_percent_listed_twelve_week,
            machine_balance,
        } = wire;
        let id = id.0?;
        let wire::MachineBalance { host_gpu_earnings, host_disk_earnings } =
            machine_balance.unwrap_or_default();
        let earned_today = earnings.iter().find_map(|day| {
            let wire::DayEarnings { date: _, machine_id, host_gpu_earnings, host_disk_earnings } = day;
            let is_own = machine_id.0.as_deref() == Some(&*id);
            is_own.then(|| parts(*host_gpu_earnings, *host_disk_earnings))
        });
        Some(Self {
            name: name_or_id(name.0, &id),
            gpu_type_id: gpu_type_id.0,
            location: location.0,
            listed: listed.0,
            verified: verified.0,
            maintenance: maintenance_mode.0,
            gpus: count(gpu_total),
            gpus_rented: count(gpu_reserved),
            vcpus: vcpus(vcpu_total),
            vcpus_rented: vcpus(vcpu_reserved),
            disk: gigabytes(disk_total),
            disk_rented: gigabytes(disk_reserved),
            gpu_price: dollars_per_hour(host_price_per_gpu),
            // Shares, in spite of their names.
            uptime_ratios: each(|window| match window {
                UptimeWindow::OneWeek => ratio(uptime_percent_listed_one_week),
                UptimeWindow::FourWeeks => ratio(uptime_percent_listed_four_week),
                UptimeWindow::TwelveWeeks => ratio(uptime_percent_listed_twelve_week),
            }),
            balance: parts(host_gpu_earnings, host_disk_earnings),
            earned_today: earned_today.unwrap_or_default(),
            id,
        })
    }
}

fn parts(gpu: wire::Number, disk: wire::Number) -> BTreeMap<MachinePart, Dollars> {
    each(|part| match part {
        MachinePart::Disk => dollars(disk),
        MachinePart::Gpu => dollars(gpu),
    })
}
