//! From what the job API says of single requests, and of the latencies that Runpod computed, to what is kept of it.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::super::unit::Seconds;
use super::Reported;
use super::read::quantiles;
use crate::jobs::Job;
use runpod::wire;

/// The jobs in a list that are over.
pub(crate) fn finished(wire: wire::Requests) -> Vec<Job> {
    let requests = wire.requests.0.unwrap_or_default().into_iter();
    let job = |wire::Request { id, status, delay_time, execution_time }: wire::Request| {
        Job::listed(id.0, status.0.as_deref()?, delay_time.0, execution_time.0)
    };
    requests.filter_map(job).collect()
}

/// Buckets are hours. One that began longer ago than this is no longer about the present.
const OLDEST: SignedDuration = SignedDuration::from_hours(2);

/// Reads the newest bucket in which a job completed. The window of the percentiles is its hour; the times are taken for
/// milliseconds, as everything else on this API is.
pub(crate) fn reported(wire: wire::RequestMetrics, now: Timestamp) -> Reported {
    let buckets = wire.data.0.unwrap_or_default();
    let is_told = |bucket: &&wire::RequestBucket| bucket.completed_requests.0.is_some_and(|jobs| jobs > 0.0);
    let Some(bucket) = buckets.iter().rev().find(is_told) else { return Reported::default() };
    let began = bucket.time.0.as_deref().and_then(moment);
    if began.is_none_or(|began| now.duration_since(began) > OLDEST) {
        return Reported::default();
    }
    let mean = |total: wire::Number| Some(Seconds(total.0? / bucket.completed_requests.0? / 1_000.0));
    Reported {
        execution: quantiles([
            ("0.7", bucket.et_p70),
            ("0.9", bucket.et_p90),
            ("0.95", bucket.et_n95),
            ("0.98", bucket.et_p98),
        ]),
        delay: quantiles([
            ("0.7", bucket.dt_p70),
            ("0.9", bucket.dt_p90),
            ("0.95", bucket.dt_n95),
            ("0.98", bucket.dt_p98),
        ]),
        execution_avg: mean(bucket.et_total),
        ..Reported::default()
    }
}

/// A moment as this API writes it: UTC without saying so.
fn moment(text: &str) -> Option<Timestamp> {
    let written: DateTime = text.parse().ok()?;
    Some(written.to_zoned(TimeZone::UTC).ok()?.timestamp())
}
