//! Machines that the account rents out, and their earnings. Disabled by default, because most accounts have none.
//!
//! Source   GraphQL `myself`, every five minutes; no other API has this data.

use std::collections::BTreeMap;

use crate::catalog::Kind::Gauge;
use crate::catalog::{Family, Labelled, Points, Single};
use crate::snapshot::{
    AccountSnapshot, Bytes, ClosedSet, Count, Dollars, DollarsPerHour, Info, Machine, Ratio, State, Unit,
};

fn put<K: ClosedSet, U: Unit>(values: &BTreeMap<K, U>, points: &mut Points<'_, U, 1>) {
    for (label, value) in values {
        points.put([label.as_str()], *value);
    }
}

pub(super) static FAMILIES: &[&dyn Family] = &[
    &Single::<AccountSnapshot, Dollars> {
        name: "runpod_host_balance_dollars",
        help: "Earnings of the account as a host that are not paid out yet (GraphQL hostBalance).",
        kind: Gauge,
        read: |account| account.host.as_ref().and_then(|host| host.balance),
    },
    &Labelled::<Machine, Info, 2> {
        name: "runpod_machine_info",
        help: "Machine of the host, always 1 (GraphQL machines gpuTypeId, location).",
        kind: Gauge,
        labels: ["gpu_type_id", "location"],
        read: |machine, points| {
            let labels = [&machine.gpu_type_id, &machine.location];
            points.put(labels.map(|label| label.as_deref().unwrap_or_default()), Info);
        },
    },
    &Single::<Machine, State> {
        name: "runpod_machine_listed",
        help: "Whether a machine is listed for rent (GraphQL listed).",
        kind: Gauge,
        read: |machine| machine.listed.map(State),
    },
    &Single::<Machine, State> {
        name: "runpod_machine_verified",
        help: "Whether a machine is verified by Runpod (GraphQL verified).",
        kind: Gauge,
        read: |machine| machine.verified.map(State),
    },
    &Single::<Machine, State> {
        name: "runpod_machine_maintenance",
        help: "Whether a machine is under maintenance (GraphQL maintenanceMode).",
        kind: Gauge,
        read: |machine| machine.maintenance.map(State),
    },
    &Single::<Machine, Count> {
        name: "runpod_machine_gpus",
        help: "GPUs in a machine (GraphQL gpuTotal).",
        kind: Gauge,
        read: |machine| machine.gpus,
    },
    &Single::<Machine, Count> {
        name: "runpod_machine_gpus_rented",
        help: "Rented GPUs of a machine (GraphQL gpuReserved).",
        kind: Gauge,
        read: |machine| machine.gpus_rented,
    },
    &Single::<Machine, Count> {
        name: "runpod_machine_vcpus",
        help: "Virtual CPUs in a machine (GraphQL vcpuTotal).",
        kind: Gauge,
        read: |machine| machine.vcpus,
    },
    &Single::<Machine, Count> {
        name: "runpod_machine_vcpus_rented",
        help: "Rented virtual CPUs of a machine (GraphQL vcpuReserved).",
        kind: Gauge,
        read: |machine| machine.vcpus_rented,
    },
    &Single::<Machine, Bytes> {
        name: "runpod_machine_disk_bytes",
        help: "Disk size of a machine (GraphQL diskTotal).",
        kind: Gauge,
        read: |machine| machine.disk,
    },
    &Single::<Machine, Bytes> {
        name: "runpod_machine_disk_rented_bytes",
        help: "Rented disk space of a machine (GraphQL diskReserved).",
        kind: Gauge,
        read: |machine| machine.disk_rented,
    },
    &Single::<Machine, DollarsPerHour> {
        name: "runpod_machine_gpu_price_dollars_per_hour",
        help: "Price of one GPU of a machine as set by the host (GraphQL hostPricePerGpu).",
        kind: Gauge,
        read: |machine| machine.gpu_price,
    },
    &Labelled::<Machine, Ratio, 1> {
        name: "runpod_machine_uptime_ratio",
        help: "Share of its listed time that a machine was up, over 1, 4 and 12 weeks (GraphQL uptimePercentListedOneWeek and similar).",
        kind: Gauge,
        labels: ["window"],
        read: |machine, points| put(&machine.uptime_ratios, points),
    },
    &Labelled::<Machine, Dollars, 1> {
        name: "runpod_machine_balance_dollars",
        help: "Earnings of a machine that are not paid out yet, by resource (GraphQL machineBalance).",
        kind: Gauge,
        labels: ["resource"],
        read: |machine, points| put(&machine.balance, points),
    },
    &Labelled::<Machine, Dollars, 1> {
        name: "runpod_machine_earned_day_dollars",
        help: "Earnings of a machine so far in the current UTC day, by resource (GraphQL machineEarnings).",
        kind: Gauge,
        labels: ["resource"],
        read: |machine, points| put(&machine.earned_today, points),
    },
];
