//! The endpoint has standby workers although its minimum number of workers is 0: the first job after a pause waits until one
//! has started.

use super::{EndpointInput, Found, Name, Severity, recommend};
use crate::diagnosis::format::count;

pub(super) fn check(input: &EndpointInput<'_>) -> Option<Found> {
    let facts = &input.endpoint.facts;
    let standby = facts.workers_standby.filter(|standby| *standby > 0.0)?;
    facts.workers_min.filter(|min| *min <= 0.0)?;
    let message = format!("{} in standby, min workers is 0", count(standby.0, "worker"));
    let recommendations = recommend([
        "Set min workers to 1 if the first job after a pause must not wait.",
        "Otherwise ignore this: occasional cold starts are expected.",
    ]);
    Some(Found::new(Name::StandbyWithoutMinimum, Severity::Info, message, recommendations))
}
