//! Answers in place of Runpod, from a recording.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use clock::{Clock, ShiftedClock};
use jiff::Timestamp;
use parking_lot::Mutex;
use recording::{Answer, OpenError, Recording};
use runpod::{Answered, Intercept, Outcome, Reason, Sent};
use strum::VariantArray as _;

use super::request;

/// A recording that answers.
#[derive(Debug)]
pub struct Replay {
    recording: Recording,
    /// The requests without an answer that were logged.
    logged: Mutex<BTreeSet<String>>,
}

impl Replay {
    /// Reads a recording.
    pub fn open(folder: &Path) -> Result<Self, OpenError> {
        Ok(Self { recording: Recording::open(folder)?, logged: Mutex::default() })
    }

    /// When it was recorded.
    pub fn time(&self) -> Timestamp {
        self.recording.summary().time
    }

    /// The folder, and when it was recorded.
    pub fn about(&self) -> String {
        format!("{}, recorded at {:.0}", self.recording.folder().display(), self.time())
    }

    /// A clock that shows the time of the recording now and goes on from there, so that ages and rates are as of that time.
    pub fn clock(&self, clock: Arc<dyn Clock>) -> Arc<dyn Clock> {
        let by = self.time().duration_since(clock.now());
        Arc::new(ShiftedClock::new(clock, by))
    }
}

impl Intercept for Replay {
    fn answer(&self, sent: &Sent<'_>) -> Option<Result<Answered, Reason>> {
        let answer = self.recording.answer(&request(sent)).map_err(|missing| {
            let cause = missing.to_string();
            if self.logged.lock().insert(cause.clone()) {
                tracing::warn!("{cause}");
            }
            let mut outcomes = Outcome::VARIANTS.iter().copied();
            let recorded = outcomes.find(|outcome| Some(outcome.as_str()) == missing.failure());
            Reason::Intercepted { outcome: recorded.unwrap_or(Outcome::Connect), cause: cause.into() }
        });
        Some(answer.map(|Answer { status, headers, body }| Answered {
            status,
            headers: headers.into_iter().collect(),
            body,
        }))
    }
}
