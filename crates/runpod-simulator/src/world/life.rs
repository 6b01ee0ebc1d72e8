//! The starts and crashes of a worker, which its log tells about.

use std::collections::VecDeque;
use std::time::Duration;

use super::profile::Profile;

/// Number of remembered events of a worker: an hour of a crash loop.
const REMEMBERED: usize = 40;

/// The last starts and crashes of a worker, oldest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Life(VecDeque<(Duration, Event)>);

/// What happened to the container of a worker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Event {
    /// It was started.
    Started {
        /// Whether it crashes before its handler runs.
        broken: bool,
    },
    /// Its process ended.
    Crashed(Crash),
}

/// Why a process ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Crash {
    /// The handler imports a module that is not in the image.
    MissingModule,
    /// The host killed it while it loaded its model, because it needed more memory than the container has.
    OutOfMemory,
    /// It broke in a job.
    InJob {
        /// The number of the job.
        job: u64,
    },
}

impl Crash {
    /// Why a worker that does not start crashes. A bad image stops all workers, a lack of memory some.
    pub(super) fn at_start(profile: &Profile) -> Self {
        if profile.broken_workers == u32::MAX { Self::MissingModule } else { Self::OutOfMemory }
    }

    /// The exit code of the process. Codes above 128 are that of a signal.
    pub(crate) fn exit_code(self) -> u8 {
        match self {
            Self::MissingModule => 1,
            Self::OutOfMemory => 137,
            Self::InJob { .. } => 139,
        }
    }
}

impl Life {
    pub(super) fn push(&mut self, at: Duration, event: Event) {
        if self.0.len() == REMEMBERED {
            self.0.pop_front();
        }
        self.0.push_back((at, event));
    }

    /// The events, oldest first.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (Duration, Event)> {
        self.0.iter().copied()
    }

    /// The same events on another time axis.
    pub(super) fn to_world(&self, to_world: impl Fn(Duration) -> Duration) -> Self {
        Self(self.iter().map(|(at, event)| (to_world(at), event)).collect())
    }
}
