//! Jobs that failed since the last one completed. On an endpoint with few jobs, they are spread over a longer time than the
//! window of the other samples.

use std::time::Duration;

use crate::diagnosis::limit::Limit;

const WITHIN: Duration = Limit::EveryJobFailsWithin.time();

/// The failures since the last completed job.
#[derive(Debug, Default)]
pub(super) struct Failing {
    /// The totals of the last sample: completed and failed.
    totals: Option<(f64, f64)>,
    /// The increases of the failed total, with their times; oldest first.
    failures: Vec<(Duration, f64)>,
}

impl Failing {
    /// Adds a sample of the totals of completed and failed jobs.
    pub(super) fn count(&mut self, completed: f64, failed: f64, now: Duration) {
        let before = self.totals.replace((completed, failed));
        let Some((completed_before, failed_before)) = before else { return };
        // After a reset, whether jobs completed in between is unknown. Failures beside completed jobs do not count.
        if (completed - completed_before).abs() > 0.5 || failed < failed_before {
            self.failures.clear();
        } else if failed > failed_before {
            self.failures.push((now, failed - failed_before));
        }
        self.failures.retain(|(at, _)| now.saturating_sub(*at) <= WITHIN);
    }

    /// The number of failures in the last half hour, if no job completed, and the time since the first of them.
    pub(super) fn since_completed(&self, now: Duration) -> Option<(f64, Duration)> {
        let recent = || self.failures.iter().filter(|(at, _)| now.saturating_sub(*at) <= WITHIN);
        let (first, _) = recent().next()?;
        Some((recent().map(|(_, failed)| failed).sum(), now.saturating_sub(*first)))
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
        failing.since_completed(now).map(|(failed, _)| failed)
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
    fn failures_count_for_half_an_hour() {
        let mut failing = Failing::default();
        for (failed, minute) in [(0.0, 0), (2.0, 1), (3.0, 29)] {
            failing.count(0.0, failed, Duration::from_mins(minute));
        }
        let at = |minute| failing.since_completed(Duration::from_mins(minute)).map(|(failed, _)| failed);
        assert_eq!([at(31), at(32), at(59), at(60)], [Some(3.0), Some(1.0), Some(1.0), None]);
    }
}
