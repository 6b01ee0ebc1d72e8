//! Runpod's own metrics about the requests of an endpoint, by the hour or minute.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Map, Value, json};
use strum::EnumString;

use crate::world::{Endpoint, FinishedJob, JobStatus, World, millis, rank};

/// The length of a bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumString)]
pub(super) enum Interval {
    #[strum(serialize = "h")]
    Hour,
    #[strum(serialize = "min")]
    Minute,
}

impl Interval {
    /// The parameter `interval`. Any value but `min` means hours.
    pub(super) fn parse(query: &str) -> Self {
        let mut pairs = url::form_urlencoded::parse(query.as_bytes());
        let interval = pairs.find(|(name, _)| name == "interval").and_then(|(_, value)| value.parse().ok());
        interval.unwrap_or(Self::Hour)
    }

    fn seconds(self) -> i64 {
        match self {
            Self::Hour => 3_600,
            Self::Minute => 60,
        }
    }
}

/// The buckets of the current hour in which jobs finished, oldest first, as far as the endpoint remembers its jobs.
pub(super) fn buckets(world: &World, endpoint: &Endpoint, interval: Interval) -> Value {
    let start = |at: Timestamp, seconds: i64| at.as_second() - at.as_second().rem_euclid(seconds);
    let hour = start(world.now(), Interval::Hour.seconds());
    let mut buckets: BTreeMap<i64, Vec<FinishedJob>> = BTreeMap::new();
    if !endpoint.configuration().load_balanced {
        for job in world.finished_jobs(endpoint) {
            let at = world.moment(job.finished);
            if start(at, Interval::Hour.seconds()) == hour {
                buckets.entry(start(at, interval.seconds())).or_default().push(job);
            }
        }
    }
    let data: Vec<Value> = buckets.into_iter().map(|(start, jobs)| bucket(start, &jobs)).collect();
    json!({ "data": data })
}

fn bucket(start: i64, jobs: &[FinishedJob]) -> Value {
    let of = |status: &[JobStatus]| jobs.iter().filter(|job| status.contains(&job.status)).count();
    let start = Timestamp::from_second(start).unwrap_or_default();
    let mut bucket = Map::from_iter([
        ("time".to_owned(), start.strftime("%Y-%m-%d %H:%M:%S").to_string().into()),
        ("requests".to_owned(), jobs.len().into()),
        ("completed_requests".to_owned(), of(&[JobStatus::Completed]).into()),
        ("failed_requests".to_owned(), of(&[JobStatus::Failed, JobStatus::TimedOut]).into()),
        ("retried".to_owned(), jobs.iter().map(|job| job.retries).sum::<u32>().into()),
    ]);
    let completed = || jobs.iter().filter(|job| job.status == JobStatus::Completed);
    bucket.extend(times("dt", completed().map(|job| job.delay).collect()));
    bucket.extend(times("et", completed().map(|job| job.execution).collect()));
    bucket.into()
}

fn times(prefix: &str, mut times: Vec<Duration>) -> Map<String, Value> {
    times.sort_unstable();
    let percentile = |percent| rank(&times, percent).map_or(0, millis);
    let named = [
        ("max", times.last().copied().map_or(0, millis)),
        ("min", times.first().copied().map_or(0, millis)),
        ("total", times.iter().copied().map(millis).sum()),
        ("n95", percentile(95)),
        ("p70", percentile(70)),
        ("p90", percentile(90)),
        ("p98", percentile(98)),
    ];
    named.into_iter().map(|(name, value)| (format!("{prefix}_{name}"), value.into())).collect()
}
