//! Conversion of the latencies that Runpod computes for an endpoint, from the job API and from REST.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use runpod::wire::{self, Number};
use runpod::{Measure, MetricsBucket, ReportedStatistic, Statistic};

use super::sets::Quantile;
use super::{Reported, quantiles};
use crate::snapshot::convert::count;
use crate::snapshot::unit::{Seconds, UnixTime};

/// The time since the end of a bucket after which it does not describe the present, unless the bucket itself is longer.
const OLDEST: SignedDuration = SignedDuration::from_hours(1);

/// The length of a bucket of the job API.
const HOUR: SignedDuration = SignedDuration::from_hours(1);

/// The longest time of a job in seconds: Runpod keeps no job longer than 14 days.
const MAX_TIME: f64 = 1_209_600.0;

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
    if !is_recent(start, HOUR, now) {
        return None;
    }
    let named = |[p70, p90, p95, p98]: [Number; 4]| {
        quantiles([(Quantile::P70, p70), (Quantile::P90, p90), (Quantile::P95, p95), (Quantile::P98, p98)])
    };
    let completed = completed_requests.0.unwrap_or_default();
    let mean = et_total.0.zip(completed.0).and_then(|(total, jobs)| Seconds::checked(total / jobs / 1_000.0));
    Some(Reported {
        execution: named([et_p70, et_p90, et_n95, et_p98]),
        delay: named([dt_p70, dt_p90, dt_n95, dt_p98]),
        execution_avg: mean,
        ..bucket(start, HOUR)
    })
}

/// Converts a bucket of the REST API.
pub(crate) fn reported_by_rest(wire: MetricsBucket, now: Timestamp) -> Reported {
    let MetricsBucket { start, end, values } = wire;
    let length = end.duration_since(start);
    if !is_recent(start, length, now) {
        return Reported::default();
    }
    let time = |fact: &ReportedStatistic| {
        values.get(fact).copied().filter(|time| *time <= MAX_TIME).and_then(Seconds::checked)
    };
    let of = |measure, statistic| time(&ReportedStatistic { measure, statistic });
    let percentiles = |measure| {
        Statistic::ALL.iter().filter_map(|one| Some((quantile(*one)?, of(measure, *one)?))).collect()
    };
    let cold_starts = ReportedStatistic { measure: Measure::ColdStart, statistic: Statistic::Count };
    Reported {
        execution: percentiles(Measure::Execution),
        delay: percentiles(Measure::Delay),
        cold_start: percentiles(Measure::ColdStart),
        execution_avg: of(Measure::Execution, Statistic::Average),
        delay_avg: of(Measure::Delay, Statistic::Average),
        cold_start_avg: of(Measure::ColdStart, Statistic::Average),
        execution_max: of(Measure::Execution, Statistic::Maximum),
        delay_max: of(Measure::Delay, Statistic::Maximum),
        cold_start_max: of(Measure::ColdStart, Statistic::Maximum),
        cold_starts: count(Number(values.get(&cold_starts).copied())),
        ..bucket(start, length)
    }
}

/// The time of a bucket.
fn bucket(start: Timestamp, length: SignedDuration) -> Reported {
    let bucket_start = UnixTime::checked(UnixTime::from(start).0);
    Reported { bucket_start, bucket_length: Seconds::checked(length.as_secs_f64()), ..Reported::default() }
}

/// Whether a bucket that starts then describes the present.
fn is_recent(start: Timestamp, length: SignedDuration, now: Timestamp) -> bool {
    let end = start.checked_add(length).unwrap_or(start);
    now.duration_since(end) <= length.max(OLDEST)
}

/// The quantile of a percentile.
const fn quantile(statistic: Statistic) -> Option<Quantile> {
    Some(match statistic {
        Statistic::P50 => Quantile::P50,
        Statistic::P70 => Quantile::P70,
        Statistic::P90 => Quantile::P90,
        Statistic::P95 => Quantile::P95,
        Statistic::P98 => Quantile::P98,
        Statistic::P99 => Quantile::P99,
        Statistic::Average | Statistic::Maximum | Statistic::Count => return None,
    })
}

/// A point in time as this API writes it: in UTC, without a time zone.
fn moment(text: &str) -> Option<Timestamp> {
    let written: DateTime = text.parse().ok()?;
    Some(written.to_zoned(TimeZone::UTC).ok()?.timestamp())
}
