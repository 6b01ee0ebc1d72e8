//! The endings of an endpoint's jobs that were counted already: Runpod sends a webhook up to three times, and several
//! channels may report the same job.
//!
//! A job may end more than once, because Runpod retries a failed one under the same id. Within a channel, an ending with
//! another status or other times is another ending. Between channels it is not: a gateway measures other times than Runpod.
//! So a job has ended with a status as often as the channel says that has reported the most endings with it.

use std::hash::{BuildHasher as _, RandomState};

use jiff::{SignedDuration, Timestamp};
use lru::LruCache;

use super::{Job, Status, Via};

/// Maximum number of remembered jobs per endpoint. Runpod's three attempts are made within 20 seconds, and an endpoint
/// without many workers accepts 2,000 jobs in that time: this is enough for the attempts of four times as many.
const CAPACITY: usize = 8192;

/// How many scrapes a job is remembered after it was last reported: an hour at the usual interval. A job in a list of requests is
/// reported by every list.
const MAX_AGE: u32 = 240;

/// How long it is remembered at least, however often the exporter is scraped: three times as long as Runpod's attempts take.
const MIN_AGE: SignedDuration = SignedDuration::from_mins(1);

/// Maximum number of remembered endings of a job. Runpod retries a job a few times.
const MAX_ENDINGS: usize = 16;

/// Remembers the jobs of an endpoint that were reported last, and how they ended.
///
/// It stores a 64-bit hash of each id and of its times, keyed per process: 100 bytes per job. The probability that a job is
/// mistaken for another is 1 in 10^15.
#[derive(Debug)]
pub(crate) struct Seen {
    jobs: LruCache<u64, Endings>,
    hash: RandomState,
    /// The number of scrapes.
    scrapes: u32,
}

/// The endings of one job, in the order in which they were reported. Nearly every job has one.
#[derive(Debug)]
struct Endings {
    first: Ending,
    others: Vec<Ending>,
    /// The scrape in which it was last reported.
    scrape: u32,
    /// The time at which it was last reported.
    reported: Timestamp,
}

/// One ending, as one channel reported it.
#[derive(Debug, Clone, Copy)]
struct Ending {
    via: Via,
    status: Status,
    /// Hashes of latency, delay and execution; 0 if unknown.
    times: [u32; 3],
}

impl Default for Seen {
    fn default() -> Self {
        // Bounded in `is_new`: a bound here would allocate all of it for every endpoint.
        Self { jobs: LruCache::unbounded(), hash: RandomState::new(), scrapes: 0 }
    }
}

impl Seen {
    /// Whether the job has ended in a way that is not counted yet. A job without an id is always new. It is remembered, so
    /// that the next call with it returns false.
    pub(crate) fn is_new(&mut self, via: Via, job: &Job, now: Timestamp) -> bool {
        let Some(id) = &job.id else { return true };
        let id = self.hash.hash_one(id);
        let ending = Ending { via, status: job.status, times: self.times(job) };
        if let Some(endings) = self.jobs.get_mut(&id) {
            (endings.scrape, endings.reported) = (self.scrapes, now);
            return endings.add(ending);
        }
        self.jobs.put(id, Endings { first: ending, others: Vec::new(), scrape: self.scrapes, reported: now });
        if self.jobs.len() > CAPACITY {
            self.jobs.pop_lru();
        }
        true
    }

    /// Called at the end of each scrape: forgets the jobs that were not reported in the last [`MAX_AGE`] scrapes, nor in the last
    /// [`MIN_AGE`].
    pub(crate) fn forget_old(&mut self, now: Timestamp) {
        self.scrapes = self.scrapes.saturating_add(1);
        let is_old = |endings: &Endings| {
            self.scrapes.saturating_sub(endings.scrape) > MAX_AGE
                && now.duration_since(endings.reported) > MIN_AGE
        };
        while self.jobs.peek_lru().is_some_and(|(_, endings)| is_old(endings)) {
            self.jobs.pop_lru();
        }
    }

    /// Hashes of the times. Half of the bits are enough to distinguish the endings of one job.
    fn times(&self, job: &Job) -> [u32; 3] {
        let times = &job.times;
        let hash = |time| (self.hash.hash_one(time) >> 32) as u32 | 1;
        [times.latency, times.delay, times.execution].map(|time| time.map_or(0, hash))
    }
}

impl Ending {
    /// Whether both are one ending. A time that could not be read once may be any.
    fn is_same(&self, other: &Self) -> bool {
        let mut times = self.times.into_iter().zip(other.times);
        self.via == other.via
            && self.status == other.status
            && times.all(|(one, other)| one == other || one == 0 || other == 0)
    }
}

impl Endings {
    /// Adds an ending, and returns whether it is one that no channel has reported.
    fn add(&mut self, ending: Ending) -> bool {
        if self.all().any(|known| known.is_same(&ending)) {
            return false;
        }
        let reported =
            |via: Via| self.all().filter(|known| known.via == via && known.status == ending.status).count();
        let most = Via::ALL.iter().copied().map(reported).max().unwrap_or_default();
        let is_new = reported(ending.via) == most;
        if self.others.len() == MAX_ENDINGS - 1 {
            self.others.remove(0);
        }
        self.others.push(ending);
        is_new
    }

    fn all(&self) -> impl Iterator<Item = Ending> {
        std::iter::once(self.first).chain(self.others.iter().copied())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::jobs::Times;

    fn job(id: &str, status: Status, millis: u64) -> Job {
        let times = Times { latency: Some(Duration::from_millis(millis)), ..Times::default() };
        Job { id: Some(id.to_owned()), status, times, ..Job::default() }
    }

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    impl Seen {
        fn is_new_now(&mut self, via: Via, job: &Job) -> bool {
            self.is_new(via, job, NOW)
        }
    }

    fn completed(id: &str) -> Job {
        job(id, Status::Completed, 5)
    }

    #[test]
    fn the_last_jobs_are_remembered_and_no_more() {
        let mut seen = Seen::default();
        assert!(seen.is_new_now(Via::Webhook, &completed("first")));
        for n in 0..CAPACITY - 1 {
            assert!(seen.is_new_now(Via::Webhook, &completed(&n.to_string())));
        }
        assert!(
            !seen.is_new_now(Via::Webhook, &completed("first")),
            "reporting it again makes it the latest"
        );
        assert!(seen.is_new_now(Via::Webhook, &completed("one more")));
        assert!(!seen.is_new_now(Via::Webhook, &completed("first")));
        assert!(seen.is_new_now(Via::Webhook, &completed("0")), "the oldest was forgotten");
        assert_eq!(seen.jobs.len(), CAPACITY);
    }

    #[test]
    fn a_job_that_is_not_reported_again_is_forgotten() {
        let mut seen = Seen::default();
        assert!(
            seen.is_new_now(Via::Requests, &completed("listed"))
                && seen.is_new_now(Via::Webhook, &completed("once"))
        );
        let later = NOW + MIN_AGE + SignedDuration::from_secs(1);
        for _ in 0..=MAX_AGE {
            seen.forget_old(later);
            assert!(!seen.is_new(Via::Requests, &completed("listed"), later));
        }
        assert_eq!(seen.jobs.len(), 1);
        assert!(seen.is_new_now(Via::Webhook, &completed("once")));
    }

    /// Ten exporters' worth of scrapes in a second, or a clock that jumps, must not count Runpod's next attempt as another job.
    #[test]
    fn many_scrapes_and_a_jump_of_the_clock_forget_nothing() {
        let mut seen = Seen::default();
        assert!(seen.is_new_now(Via::Webhook, &completed("once")));
        for _ in 0..10 * MAX_AGE {
            seen.forget_old(NOW + MIN_AGE);
        }
        assert!(!seen.is_new_now(Via::Webhook, &completed("once")));
        seen.forget_old(NOW + SignedDuration::from_hours(100));
        assert!(!seen.is_new_now(Via::Webhook, &completed("once")));
    }

    #[test]
    fn a_repetition_counts_once_and_another_ending_counts_too() {
        let mut seen = Seen::default();
        let mut is_new = |via, status, millis| seen.is_new_now(via, &job("a", status, millis));
        assert!(is_new(Via::Webhook, Status::Failed, 900));
        assert!(!is_new(Via::Webhook, Status::Failed, 900), "the second attempt");
        assert!(is_new(Via::Webhook, Status::Completed, 3_000), "the retry of the job");
        assert!(!is_new(Via::Webhook, Status::Failed, 900), "the third attempt, late");
        assert!(is_new(Via::Webhook, Status::Failed, 901), "failed again");
        assert!(!is_new(Via::Webhook, Status::Completed, 3_000));
        assert!(
            seen.is_new_now(Via::Webhook, &Job::default()) && seen.is_new_now(Via::Webhook, &Job::default()),
            "no id"
        );
    }

    #[test]
    fn a_time_that_cannot_be_read_once_is_no_other_ending() {
        let listed = |delay, execution| Job::listed("a".to_owned(), Status::Completed, delay, execution);
        let mut seen = Seen::default();
        assert!(seen.is_new_now(Via::Requests, &listed(None, Some(5.0))));
        assert!(!seen.is_new_now(Via::Requests, &listed(Some(3.0), Some(5.0))));
        assert!(!seen.is_new_now(Via::Requests, &listed(Some(3.0), None)));
        assert!(seen.is_new_now(Via::Requests, &listed(Some(3.0), Some(6.0))));
    }

    /// A gateway measures other times than Runpod.
    #[test]
    fn another_channel_reports_the_same_endings() {
        let mut seen = Seen::default();
        let mut is_new = |via, status, millis| seen.is_new_now(via, &job("a", status, millis));
        assert!(is_new(Via::Push, Status::Failed, 890));
        assert!(!is_new(Via::Webhook, Status::Failed, 900));
        assert!(is_new(Via::Webhook, Status::Failed, 905), "the second one of this channel");
        assert!(!is_new(Via::Push, Status::Failed, 900));
        assert!(!is_new(Via::Requests, Status::Failed, 905));
        assert!(is_new(Via::Requests, Status::Completed, 10));
        assert!(!is_new(Via::Webhook, Status::Completed, 10));
        assert!(!is_new(Via::Push, Status::Completed, 11));
    }

    #[test]
    fn the_endings_of_a_job_are_bounded() {
        let mut seen = Seen::default();
        for millis in 0..1_000 {
            assert!(seen.is_new_now(Via::Webhook, &job("a", Status::Failed, millis)));
            assert!(!seen.is_new_now(Via::Webhook, &job("a", Status::Failed, millis)));
        }
        let endings = seen.jobs.iter().next().unwrap().1;
        assert_eq!(endings.all().count(), MAX_ENDINGS);
    }
}
