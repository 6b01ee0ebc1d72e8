//! Conversion of the batches of an endpoint from the job API (beta).

use std::collections::BTreeMap;
use std::ops::Add as _;

use runpod::wire;
use strum::VariantArray as _;

use super::sets::{BatchState, BatchStatus};
use crate::snapshot::closed::OrOther;
use crate::snapshot::convert::count;
use crate::snapshot::unit::Count;
use crate::snapshot::unknown::Unknown;

/// The batches of an endpoint.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Batches {
    /// Their number by status, also of those without batches.
    pub by_status: BTreeMap<OrOther<BatchStatus>, Count>,
    /// The requests of those that run, by state. Empty if the numbers of one of them are unknown: the sums would be too low.
    pub requests: BTreeMap<BatchState, Count>,
}

/// The requests of a batch.
#[derive(Debug, Clone, Copy)]
struct Requests {
    waiting: f64,
    in_progress: f64,
    completed: f64,
    failed: f64,
}

impl Requests {
    /// `None` if a number is missing, or if there are more in states than in total, which is reported as unknown.
    fn of(wire: &wire::Batch, unknown: &mut Vec<Unknown>) -> Option<Self> {
        let [total, in_progress, completed, failed] =
            [wire.request_total, wire.request_in_progress, wire.request_completed, wire.request_failed]
                .map(|number| count(number).map(|Count(number)| number));
        let (total, in_progress, completed, failed) = (total?, in_progress?, completed?, failed?);
        let waiting = total - in_progress - completed - failed;
        if waiting < 0.0 {
            unknown.push(Unknown { field: "batch.requestTotal" });
            return None;
        }
        Some(Self { waiting, in_progress, completed, failed })
    }

    /// Runpod has no status for it: all requests have ended.
    fn are_done(self) -> bool {
        self.waiting + self.in_progress == 0.0
    }

    fn in_state(self, state: BatchState) -> f64 {
        match state {
            BatchState::Waiting => self.waiting,
            BatchState::InProgress => self.in_progress,
            BatchState::Completed => self.completed,
            BatchState::Failed => self.failed,
        }
    }
}

/// Converts a list of batches. A finalized batch is done if all of its requests have ended; whether one with unknown numbers is
/// cannot be known, so that neither status has a number then.
pub(crate) fn batches(wire: wire::Batches, unknown: &mut Vec<Unknown>) -> Batches {
    let mut by_status: BTreeMap<OrOther<BatchStatus>, f64> =
        BatchStatus::VARIANTS.iter().map(|status| (OrOther::Known(*status), 0.0)).collect();
    let mut running = Vec::new();
    let mut all_known = wire.unreadable == 0;
    for batch in wire.batches {
        let status = OrOther::<BatchStatus>::read("batch.status", batch.status.0.as_deref(), unknown);
        let (Some(status), requests) = (status, Requests::of(&batch, unknown)) else {
            all_known = false;
            continue;
        };
        let status = match (status, requests) {
            (OrOther::Known(BatchStatus::Finalized), None) => {
                all_known = false;
                continue;
            }
            (OrOther::Known(BatchStatus::Finalized), Some(requests)) if requests.are_done() => {
                BatchStatus::Done.into()
            }
            (OrOther::Known(BatchStatus::Finalized), Some(requests)) => {
                running.push(requests);
                BatchStatus::Finalized.into()
            }
            (status, _) => status,
        };
        *by_status.entry(status).or_default() += 1.0;
    }
    if !all_known {
        return Batches::default();
    }
    let sum = |state: BatchState| running.iter().map(|requests| requests.in_state(state)).fold(0.0, f64::add);
    Batches {
        by_status: by_status.into_iter().map(|(status, batches)| (status, Count(batches))).collect(),
        requests: BatchState::VARIANTS.iter().map(|state| (*state, Count(sum(*state)))).collect(),
    }
}
