//! `/serverless/{id}/metrics/requests`: Runpod's own metrics of the requests of an endpoint, by bucket of time.
//!
//! Path and fields are a guess. Runpod documents only the parameters.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};
use strum::{EnumString, IntoStaticStr};

use super::request::RestRequest;
use crate::problem::Problem;
use crate::timestamp::iso;
use crate::world::{EndedJob, JobStatus, millis, rank};

/// The default period, and the longest one.
const DEFAULT: SignedDuration = SignedDuration::from_hours(24);
const LONGEST: SignedDuration = SignedDuration::from_hours(24 * 90);

/// The length of a bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumString, IntoStaticStr)]
enum Interval {
    #[strum(serialize = "1m")]
    Minute,
    #[strum(serialize = "5m")]
    FiveMinutes,
    #[strum(serialize = "15m")]
    QuarterHour,
    #[strum(serialize = "30m")]
    HalfHour,
    #[strum(serialize = "1h")]
    Hour,
    #[strum(serialize = "6h")]
    SixHours,
    #[strum(serialize = "12h")]
    HalfDay,
    #[strum(serialize = "1d")]
    Day,
}

impl Interval {
    fn seconds(self) -> i64 {
        match self {
            Self::Minute => 60,
            Self::FiveMinutes => 300,
            Self::QuarterHour => 900,
            Self::HalfHour => 1_800,
            Self::Hour => 3_600,
            Self::SixHours => 21_600,
            Self::HalfDay => 43_200,
            Self::Day => 86_400,
        }
    }

    /// The start of the bucket of a point in time.
    fn start(self, at: Timestamp) -> i64 {
        at.as_second() - at.as_second().rem_euclid(self.seconds())
    }
}

impl RestRequest<'_> {
    pub(super) fn request_metrics(&self, id: &str) -> Result<Value, Problem> {
        const TIME: &str = "a time as in RFC 3339";
        let endpoint = self.world.endpoint(id).ok_or_else(Problem::not_found)?;
        let now = self.world.now();
        let interval = self.query.parse("interval", "1m, 5m, 15m, 30m, 1h, 6h, 12h or 1d")?;
        let interval = interval.unwrap_or(Interval::Hour);
        let end = self.query.parse("endTime", TIME)?.unwrap_or(now).min(now);
        let default = end.saturating_sub(DEFAULT).unwrap_or(end);
        let start: Timestamp = self.query.parse("startTime", TIME)?.unwrap_or(default);
        if start > end || end.duration_since(start) > LONGEST {
            return Err(Problem::bad_query("startTime: expected a time up to 90 days before endTime"));
        }
        let mut jobs: BTreeMap<i64, Vec<EndedJob>> = BTreeMap::new();
        for job in self.world.ended_jobs(&endpoint) {
            jobs.entry(interval.start(self.world.moment(job.finished))).or_default().push(job);
        }
        let seconds = interval.seconds();
        let starts = (0..).map(|number| interval.start(start) + number * seconds);
        let starts = starts.take_while(|start| *start < end.as_second());
        let numbered = starts.map(|start| (u64::try_from(start).unwrap_or_default(), Some(start)));
        let bucket = |start: i64| {
            let jobs = jobs.get(&start).map(Vec::as_slice).unwrap_or_default();
            bucket(start, start + seconds, jobs)
        };
        let name: &str = interval.into();
        Ok(self.page()?.select(numbered).write(json!({ "interval": name }), "buckets", bucket))
    }
}

fn bucket(start: i64, end: i64, jobs: &[EndedJob]) -> Value {
    let of = |status: &[JobStatus]| jobs.iter().filter(|job| status.contains(&job.status)).count();
    let time = |second| iso(Timestamp::from_second(second).unwrap_or_default());
    let mut bucket = Map::from_iter([
        ("startTime".to_owned(), time(start).into()),
        ("endTime".to_owned(), time(end).into()),
        ("requests".to_owned(), jobs.len().into()),
        ("requestsCompleted".to_owned(), of(&[JobStatus::Completed]).into()),
        ("requestsFailed".to_owned(), of(&[JobStatus::Failed, JobStatus::TimedOut]).into()),
        ("requestsRetried".to_owned(), jobs.iter().map(|job| job.retries).sum::<u32>().into()),
    ]);
    let completed = || jobs.iter().filter(|job| job.status == JobStatus::Completed);
    bucket.extend(times("delayTime", completed().map(|job| job.delay).collect()));
    bucket.extend(times("executionTime", completed().map(|job| job.execution).collect()));
    bucket.into()
}

/// The statistics of a time; null without jobs.
fn times(name: &str, mut times: Vec<Duration>) -> Map<String, Value> {
    times.sort_unstable();
    let percentile = |percent| rank(&times, percent).map(millis);
    let count = u32::try_from(times.len()).unwrap_or(u32::MAX);
    let statistics = [
        ("Avg", times.iter().sum::<Duration>().checked_div(count).map(millis)),
        ("Max", times.last().copied().map(millis)),
        ("P50", percentile(50)),
        ("P70", percentile(70)),
        ("P90", percentile(90)),
        ("P95", percentile(95)),
        ("P98", percentile(98)),
    ];
    statistics.into_iter().map(|(statistic, value)| (format!("{name}{statistic}Ms"), value.into())).collect()
}
