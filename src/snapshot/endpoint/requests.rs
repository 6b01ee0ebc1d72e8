//! Conversion of the finished jobs and of the latency percentiles of an endpoint from the job API.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::super::unit::Seconds;
use super::super::unknown::Unknown;
use super::sets::Quantile;
use super::{Reported, quantiles};
use crate::jobs::{Job, Status};
use runpod::wire;

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

/// The greatest age of the start of a bucket, which covers one hour. An older bucket does not describe the present.
const OLDEST: SignedDuration = SignedDuration::from_hours(2);

/// Converts the newest bucket in which jobs completed. Its times are taken as milliseconds, like all times of this API. If it
/// is unknown which bucket that is, nothing is known: an older one does not describe the present.
pub(crate) fn reported(wire: wire::RequestMetrics, now: Timestamp) -> Reported {
    let wire::RequestMetrics { data } = wire;
    let is_complete = data.is_complete();
    let completed =
        |bucket: &wire::RequestBucket| bucket.completed_requests.0.map(|jobs| jobs.0.unwrap_or(0.0));
    let may_have_jobs = |bucket: &wire::RequestBucket| completed(bucket) != Ok(0.0);
    let newest = data.0.unwrap_or_default().into_iter().rev().find(may_have_jobs);
    let newest = newest.filter(|bucket| is_complete && completed(bucket).is_ok_and(|jobs| jobs > 0.0));
    newest.and_then(|bucket| percentiles(bucket, now)).unwrap_or_default()
}

fn percentiles(wire: wire::RequestBucket, now: Timestamp) -> Option<Reported> {
    let wire::RequestBucket {
        time,
        completed_requests,
        dt_p70,
        dt_p90,
        dt_n95,
        dt_p98,
        et_total,
        et_p70,
        et_p90,
        et_n95,
        et_p98,
    } = wire;
    let start = moment(time.0.as_deref()?)?;
    if now.duration_since(start) > OLDEST {
        return None;
    }
    let named = |[p70, p90, p95, p98]: [wire::Number; 4]| {
        quantiles([(Quantile::P70, p70), (Quantile::P90, p90), (Quantile::P95, p95), (Quantile::P98, p98)])
    };
    let completed = completed_requests.0.unwrap_or_default();
    let mean = et_total.0.zip(completed.0).and_then(|(total, jobs)| Seconds::checked(total / jobs / 1_000.0));
    Some(Reported {
        execution: named([et_p70, et_p90, et_n95, et_p98]),
        delay: named([dt_p70, dt_p90, dt_n95, dt_p98]),
        execution_avg: mean,
        ..Reported::default()
    })
}

/// A point in time as this API writes it: in UTC, without a time zone.
fn moment(text: &str) -> Option<Timestamp> {
    let written: DateTime = text.parse().ok()?;
    Some(written.to_zoned(TimeZone::UTC).ok()?.timestamp())
}
