//! Machines that others rent from this account, and what they earn. Off by default: most accounts only rent.
//!
//! Source   GraphQL `myself`, every five minutes; no other API has it.

use std::collections::BTreeMap;

use crate::catalog::Kind::Gauge;
use crate::catalog::{Family, Labelled, Points, Single};
use crate::snapshot::{AccountSnapshot, Machine};

fn put(parts: &BTreeMap<&'static str, f64>, points: &mut Points<'_, 1>) {
    for (part, value) in parts {
        points.put([part], *value);
    }
}

pub(super) static FAMILIES: &[&dyn Family] = &[
    &Single::<AccountSnapshot> {
        name: "runpod_host_balance_dollars",
        help: "What the account has earned as a host and was not paid out (GraphQL hostBalance).",
        kind: Gauge,
        read: |account| account.host.as_ref().and_then(|host| host.balance),
    },
    &Labelled::<Machine, 2> {
        name: "runpod_machine_info",
        help: "Always 1: a machine of the host (GraphQL machines gpuTypeId, location); a label is empty where the API gives nothing.",
        kind: Gauge,
        labels: ["gpu_type_id", "location"],
        read: |machine, points| {
            let labels = [&machine.gpu_type_id, &machine.location];
            points.put(labels.map(|label| label.as_deref().unwrap_or_default()), 1.0);
        },
    },
    &Single::<Machine> {
        name: "runpod_machine_listed",
        help: "Whether a machine can be rented (GraphQL listed).",
        kind: Gauge,
        read: |machine| machine.listed.map(f64::from),
    },
    &Single::<Machine> {
        name: "runpod_machine_verified",
        help: "Whether Runpod has verified a machine (GraphQL verified).",
        kind: Gauge,
        read: |machine| machine.verified.map(f64::from),
    },
    &Single::<Machine> {
        name: "runpod_machine_maintenance",
        help: "Whether a machine is being maintained (GraphQL maintenanceMode).",
        kind: Gauge,
        read: |machine| machine.maintenance.map(f64::from),
    },
    &Single::<Machine> {
        name: "runpod_machine_gpus",
        help: "GPUs in a machine (GraphQL gpuTotal).",
        kind: Gauge,
        read: |machine| machine.gpus,
    },
    &Single::<Machine> {
        name: "runpod_machine_gpus_rented",
        help: "GPUs of a machine that are rented (GraphQL gpuReserved).",
        kind: Gauge,
        read: |machine| machine.gpus_rented,
    },
    &Single::<Machine> {
        name: "runpod_machine_vcpus",
        help: "Virtual CPUs in a machine (GraphQL vcpuTotal).",
        kind: Gauge,
        read: |machine| machine.vcpus,
    },
    &Single::<Machine> {
        name: "runpod_machine_vcpus_rented",
        help: "Virtual CPUs of a machine that are rented (GraphQL vcpuReserved).",
        kind: Gauge,
        read: |machine| machine.vcpus_rented,
    },
    &Single::<Machine> {
        name: "runpod_machine_disk_bytes",
        help: "Disk in a machine, a gigabyte taken as 10^9 bytes (GraphQL diskTotal).",
        kind: Gauge,
        read: |machine| machine.disk,
    },
    &Single::<Machine> {
        name: "runpod_machine_disk_rented_bytes",
        help: "Disk of a machine that is rented, a gigabyte taken as 10^9 bytes (GraphQL diskReserved).",
        kind: Gauge,
        read: |machine| machine.disk_rented,
    },
    &Single::<Machine> {
        name: "runpod_machine_gpu_price_dollars_per_hour",
        help: "What the host asks for one GPU of a machine (GraphQL hostPricePerGpu).",
        kind: Gauge,
        read: |machine| machine.price,
    },
    &Labelled::<Machine, 1> {
        name: "runpod_machine_uptime_ratio",
        help: "Share of the time that a machine was up while listed, over one, four and twelve weeks (GraphQL uptimePercentListedOneWeek and its like, which are shares of one).",
        kind: Gauge,
        labels: ["window"],
        read: |machine, points| put(&machine.uptime, points),
    },
    &Labelled::<Machine, 1> {
        name: "runpod_machine_balance_dollars",
        help: "What a machine has earned by its GPUs and its disk and was not paid out (GraphQL machineBalance).",
        kind: Gauge,
        labels: ["resource"],
        read: |machine, points| put(&machine.balance, points),
    },
    &Labelled::<Machine, 1> {
        name: "runpod_machine_earned_day_dollars",
        help: "What a machine has earned by its GPUs and its disk on this UTC day so far (GraphQL machineEarnings).",
        kind: Gauge,
        labels: ["resource"],
        read: |machine, points| put(&machine.earned_today, points),
    },
];
