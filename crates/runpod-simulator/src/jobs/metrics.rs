//! Runpod's own metrics about the requests of an endpoint, by the hour.

use std::time::Duration;

use serde_json::{Map, Value, json};

use crate::world::{Endpoint, FinishedJob, JobStatus, World, millis, rank};

/// The current hour, as far as the endpoint remembers its jobs; empty without jobs.
pub(super) fn hours(world: &World, endpoint: &Endpoint) -> Value {
    let hour = world.now().as_second() / 3_600;
    let of_hour = |job: &FinishedJob| world.moment(job.finished).as_second() / 3_600 == hour;
    let jobs: Vec<FinishedJob> = world.finished_jobs(endpoint).into_iter().filter(of_hour).collect();
    if jobs.is_empty() || endpoint.configuration().load_balanced {
        return json!({ "data": [] });
    }
    let of = |status: &[JobStatus]| jobs.iter().filter(|job| status.contains(&job.status)).count();
    let seconds = world.now().as_second().rem_euclid(3_600);
    let start = world.now() - jiff::SignedDuration::from_secs(seconds);
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
    json!({ "data": [bucket] })
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
