//! Jobs that failed since the last one completed, and those that ended before. On an endpoint with few jobs, they are spread
//! over a longer time than the window of the other samples.

use std::collections::VecDeque;
use std::time::Duration;

use crate::diagnosis::limit::Limit;

const WITHIN: Duration = Limit::EveryJobFailsWithin.time();

/// The time within which samples are kept as one, so that their number is bounded.
const TOGETHER: Duration = Duration::from_mins(1);

/// The jobs that ended in the last half hour.
#[derive(Debug, Default)]
pub(super) struct Failing {
    /// The totals of the last sample: completed and failed.
    totals: Option<(f64, f64)>,
    /// The increases of both totals, with their times; oldest first.
    ended: VecDeque<(Duration, Jobs)>,
}

/// Jobs that ended.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(in crate::diagnosis) struct Jobs {
    pub(in crate::diagnosis) completed: f64,
    pub(in crate::diagnosis) failed: f64,
}

/// Jobs that failed one after the other.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::diagnosis) struct Failures {
    /// Their number.
    pub(in crate::diagnosis) failed: f64,
    /// The time since the first of them.
    pub(in crate::diagnosis) lasted: Duration,
    /// The jobs that ended before, in the same half hour.
    pub(in crate::diagnosis) before: Jobs,
}

impl Failing {
    /// Adds a sample of the totals of completed and failed jobs.
    pub(super) fn count(&mut self, completed: f64, failed: f64, now: Duration) {
        let before = self.totals.replace((completed, failed));
        let Some((completed_before, failed_before)) = before else { return };
        // After a reset, whether jobs completed in between is unknown.
        let jobs = Jobs { completed: completed - completed_before, failed: failed - failed_before };
        if jobs.completed < -0.5 || jobs.failed < 0.0 {
            self.ended.clear();
        } else if jobs.completed > 0.5 || jobs.failed > 0.0 {
            self.add(jobs, now);
        }
        self.ended.retain(|(at, _)| now.saturating_sub(*at) <= WITHIN);
    }

    /// What ended before or beside a completed job is not since the last one, and is kept together. The first failure after it is
    /// kept with its time.
    fn add(&mut self, jobs: Jobs, now: Duration) {
        let (mut at, mut sum) = (now, jobs);
        while let Some((earlier, last)) = self.ended.back().copied().filter(|(earlier, last)| {
            now.saturating_sub(*earlier) < TOGETHER && (jobs.completed > 0.5 || last.completed <= 0.5)
        }) {
            at = earlier;
            sum.completed += last.completed;
            sum.failed += last.failed;
            self.ended.pop_back();
        }
        self.ended.push_back((at, sum));
    }

    /// The failures of the last half hour since a job completed.
    pub(super) fn since_completed(&self, now: Duration) -> Option<Failures> {
        let mut since: Option<Failures> = None;
        let mut before = Jobs::default();
        for (at, jobs) in self.ended.iter().filter(|(at, _)| now.saturating_sub(*at) <= WITHIN) {
            if jobs.completed > 0.5 {
                let failed = since.take().map_or(0.0, |failures| failures.failed);
                before.completed += jobs.completed;
                before.failed += jobs.failed + failed;
            } else {
                let first = Failures { failed: 0.0, lasted: now.saturating_sub(*at), before };
                since.get_or_insert(first).failed += jobs.failed;
            }
        }
        since
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Totals of completed and failed jobs in each minute.
    fn failing(totals: &[(f64, f64)]) -> Option<f64> {
        let mut failing = Failing::default();
        let mut now = Duration::ZERO;
        for (completed, failed) in totals {
            failing.count(*completed, *failed, now);
            now += Duration::from_mins(1);
        }
        failing.since_completed(now).map(|failures| failures.failed)
    }

    #[test]
    fn only_failures_since_the_last_completed_job_count() {
        assert_eq!(failing(&[(0.0, 0.0), (0.0, 1.0), (0.0, 1.0), (0.0, 3.0)]), Some(3.0));
        assert_eq!(failing(&[(0.0, 0.0), (0.0, 2.0), (1.0, 2.0), (1.0, 3.0)]), Some(1.0));
        assert_eq!(failing(&[(0.0, 0.0), (0.0, 2.0), (1.0, 4.0)]), None, "one of three completed");
        assert_eq!(failing(&[(9.0, 9.0)]), None, "earlier failures");
        assert_eq!(failing(&[(9.0, 9.0), (9.0, 12.0), (0.0, 1.0)]), None, "the totals were reset");
    }

    #[test]
    fn the_jobs_before_are_counted_and_bounded() {
        let mut failing = Failing::default();
        let (mut completed, mut failed) = (0.0, 0.0);
        for second in 0..3_600 {
            // Four of five jobs complete.
            if second % 5 == 0 {
                failed += 1.0;
            } else {
                completed += 1.0;
            }
            failing.count(completed, failed, Duration::from_secs(second));
        }
        assert!(failing.ended.len() <= 100, "{}", failing.ended.len());
        failing.count(completed, failed + 3.0, Duration::from_hours(1));
        let Failures { failed, before, .. } = failing.since_completed(Duration::from_hours(1)).unwrap();
        assert_eq!(failed.to_bits(), 3.0_f64.to_bits());
        let jobs = before.completed + before.failed;
        assert!((1_700.0..=1_801.0).contains(&jobs), "half an hour: {jobs}");
        assert!((before.failed / jobs - 0.2).abs() < 0.01, "{before:?}");
    }

    #[test]
    fn failures_count_for_half_an_hour() {
        let mut failing = Failing::default();
        for (failed, minute) in [(0.0, 0), (2.0, 1), (3.0, 29)] {
            failing.count(0.0, failed, Duration::from_mins(minute));
        }
        let at =
            |minute| failing.since_completed(Duration::from_mins(minute)).map(|failures| failures.failed);
        assert_eq!([at(31), at(32), at(59), at(60)], [Some(3.0), Some(1.0), Some(1.0), None]);
    }
}
