//! Conversion of the finished jobs of an endpoint from the job API.

use runpod::wire;

use crate::jobs::{Job, Status};
use crate::snapshot::unknown::Unknown;

/// Converts a list of requests to the finished jobs in it. One with a status that is not known to be final may not be
/// finished, and waits. Also returns whether no finished job can be missing because it could not be read.
pub(crate) fn finished(wire: wire::Requests, unknown: &mut Vec<Unknown>) -> (Vec<Job>, bool) {
    let wire::Requests { requests, others: _ } = wire;
    let mut all_read = requests.is_complete() || requests.is_cut();
    let mut job = |wire::Request { id, status, delay_time, execution_time }| {
        let (id, status) = (id.0.ok().and_then(|id| id.0), status.0.ok().and_then(|status| status.0));
        all_read &= id.is_some() && status.is_some();
        let status = Status::parse(status.as_deref()?).ok()?;
        if status == Status::Unknown {
            unknown.push(Unknown { field: "request.status" });
            return None;
        }
        Some(Job::listed((*id?).to_owned(), status, delay_time.0, execution_time.0))
    };
    let jobs = requests.0.unwrap_or_default().into_iter().filter_map(&mut job).collect();
    (jobs, all_read)
}
