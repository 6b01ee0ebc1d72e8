//! What is judged, and from where on.

use crate::catalog::Kind::Gauge;
use crate::catalog::{Family, Labelled};
use crate::snapshot::{AccountSnapshot, Levels, Signal};

pub(super) static FAMILIES: &[&dyn Family] = &[&Labelled::<AccountSnapshot, 4> {
    name: "runpod_threshold",
    help: "From where on a signal is worth a warning or is critical, as configured (a value at its threshold counts, the runway is worse the lower it is); balance_runway_hours belongs to the account, and its endpoint labels are empty.",
    kind: Gauge,
    labels: ["endpoint_id", "endpoint_name", "signal", "severity"],
    read: |account, points| {
        let mut put = |id: &str, name: &str, signal: Signal, Levels { warning, critical }: Levels| {
            points.put([id, name, signal.as_str(), "warning"], warning);
            points.put([id, name, signal.as_str(), "critical"], critical);
        };
        for endpoint in &account.endpoints {
            for (signal, levels) in account.thresholds.of_endpoint(&endpoint.name, &endpoint.id) {
                put(&endpoint.id, &endpoint.name, signal, levels);
            }
        }
        if account.account.is_some() {
            put("", "", Signal::BalanceRunway, account.thresholds.of_balance());
        }
    },
}];
