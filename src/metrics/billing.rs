//! Amounts billed so far in the current UTC day and month.
//!
//! Source   REST `/billing` and its parts, in daily buckets since the start of the month, once an hour.
//! Absent   Runpod updates bills minutes to hours late: the day is absent until Runpod has billed anything of it.

use std::sync::Arc;

use crate::catalog::Kind::Gauge;
use crate::catalog::{Family, Labelled, Points, Single};
use crate::snapshot::{AccountSnapshot, Billed, Dollars, Endpoint, Pod, Volume};

/// Puts one sum of each bill.
fn put<'a>(
    entries: impl IntoIterator<Item = (&'a Arc<str>, &'a Billed)>,
    points: &mut Points<'_, Dollars, 1>,
    sum: fn(&Billed) -> Option<Dollars>,
) {
    for (label, money) in entries {
        points.put([label], sum(money));
    }
}

pub(super) static FAMILIES: &[&dyn Family] = &[
    &Labelled::<AccountSnapshot, Dollars, 1> {
        name: "runpod_billed_day_dollars",
        help: "Amount billed so far in the current UTC day, by type of resource (REST billing, fields named *Amount).",
        kind: Gauge,
        labels: ["resource"],
        read: |account, points| put(&account.bill.resources, points, |money| money.day),
    },
    &Labelled::<AccountSnapshot, Dollars, 1> {
        name: "runpod_billed_month_dollars",
        help: "Amount billed so far in the current UTC month, by type of resource (REST billing, fields named *Amount).",
        kind: Gauge,
        labels: ["resource"],
        read: |account, points| put(&account.bill.resources, points, |money| money.month),
    },
    &Single::<Endpoint, Dollars> {
        name: "runpod_endpoint_billed_day_dollars",
        help: "Amount billed for an endpoint so far in the current UTC day (REST billing/serverless totalAmount).",
        kind: Gauge,
        read: |endpoint| endpoint.billed.day,
    },
    &Single::<Endpoint, Dollars> {
        name: "runpod_endpoint_billed_month_dollars",
        help: "Amount billed for an endpoint so far in the current UTC month (REST billing/serverless totalAmount).",
        kind: Gauge,
        read: |endpoint| endpoint.billed.month,
    },
    &Single::<Pod, Dollars> {
        name: "runpod_pod_billed_day_dollars",
        help: "Amount billed for a pod, including its disks, so far in the current UTC day (REST billing/pods totalAmount).",
        kind: Gauge,
        read: |pod| pod.billed.day,
    },
    &Single::<Pod, Dollars> {
        name: "runpod_pod_billed_month_dollars",
        help: "Amount billed for a pod, including its disks, so far in the current UTC month (REST billing/pods totalAmount).",
        kind: Gauge,
        read: |pod| pod.billed.month,
    },
    &Single::<Volume, Dollars> {
        name: "runpod_network_volume_billed_day_dollars",
        help: "Amount billed for a network volume so far in the current UTC day (REST billing/network-volumes totalAmount).",
        kind: Gauge,
        read: |volume| volume.billed.day,
    },
    &Single::<Volume, Dollars> {
        name: "runpod_network_volume_billed_month_dollars",
        help: "Amount billed for a network volume so far in the current UTC month (REST billing/network-volumes totalAmount).",
        kind: Gauge,
        read: |volume| volume.billed.month,
    },
    &Labelled::<AccountSnapshot, Dollars, 1> {
        name: "runpod_cluster_billed_day_dollars",
        help: "Amount billed for a cluster so far in the current UTC day (REST billing/clusters totalAmount).",
        kind: Gauge,
        labels: ["cluster_id"],
        read: |account, points| put(&account.bill.clusters, points, |money| money.day),
    },
    &Labelled::<AccountSnapshot, Dollars, 1> {
        name: "runpod_cluster_billed_month_dollars",
        help: "Amount billed for a cluster so far in the current UTC month (REST billing/clusters totalAmount).",
        kind: Gauge,
        labels: ["cluster_id"],
        read: |account, points| put(&account.bill.clusters, points, |money| money.month),
    },
];
