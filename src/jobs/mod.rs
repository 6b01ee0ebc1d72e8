//! Payloads to finished jobs: what Runpod's webhook, a handler or a gateway says of a job that is over.
//!
//! How a payload arrives does not belong here (see `http/`), nor what is counted of it (see `instruments/`).

pub mod push;
mod seen;
mod shorten;
mod time;
mod tokens;
pub mod webhook;

use std::time::Duration;

use strum::{IntoStaticStr, VariantArray};

pub use seen::Seen;
pub use shorten::Shortener;
pub use tokens::{BadPointer, Pointer, Pointers, Tokens};

/// A job that is over.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Job {
    /// Its id, by which it is known when it is told again; a push need not give one.
    pub id: Option<String>,
    /// How it ended.
    pub status: Status,
    /// How long it took.
    pub times: Times,
    /// What it read and wrote.
    pub tokens: Tokens,
}

/// How long a job took. A job that never ran has none of these: what it waited for did not come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Times {
    /// From its arrival to its end.
    pub latency: Option<Duration>,
    /// From its arrival until a worker began with it.
    pub delay: Option<Duration>,
    /// From then to its end.
    pub execution: Option<Duration>,
}

impl Job {
    /// A job as a list of requests has it, with its times in milliseconds. `None` while it is under way, and without an id:
    /// a list is read again and again.
    pub fn listed(
        id: Option<String>,
        status: &str,
        delay: Option<f64>,
        execution: Option<f64>,
    ) -> Option<Self> {
        let time = |millis: Option<f64>| time::from_millis(millis?);
        let (id, status) = (id.filter(|id| !id.is_empty())?, Status::parse(status).ok()?);
        let times = Times::of(time(delay), time(execution));
        Some(Self { id: Some(id), status, times, tokens: Tokens::default() })
    }
}

/// The same in whole milliseconds, of a job that ran: small, for many of them are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Millis {
    /// From its arrival to its end.
    pub latency: u32,
    /// From its arrival until a worker began with it; nought where nobody said.
    pub delay: u32,
}

impl Times {
    /// In whole milliseconds; seven weeks at the most. `None` without a latency.
    pub fn millis(&self) -> Option<Millis> {
        let millis = |time: Duration| u32::try_from(time.as_millis()).unwrap_or(u32::MAX);
        let delay = self.delay.map(millis).unwrap_or_default();
        Some(Millis { latency: millis(self.latency?), delay })
    }

    /// What follows from what was said of a job. A delay without an execution is that of a job that never ran.
    fn of(delay: Option<Duration>, execution: Option<Duration>) -> Self {
        let delay = delay.filter(|_| execution.is_some());
        let latency = delay.zip(execution).map(|(delay, execution)| delay.saturating_add(execution));
        Self { latency, delay, execution }
    }
}

/// How a job ended.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, VariantArray, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Status {
    /// It returned an output.
    Completed,
    /// Its handler raised an error, or it was retried too often.
    Failed,
    /// Its client took it back.
    Cancelled,
    /// It ran, or waited, longer than it was allowed to.
    TimedOut,
    /// In a way that this exporter does not know.
    #[default]
    Unknown,
}

/// The job is not over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the job is not finished; send it when it is COMPLETED, FAILED, CANCELLED or TIMED_OUT")]
pub struct NotFinished;

impl Status {
    /// Every status, in the order of [`Status::index`].
    pub const ALL: &'static [Self] = Self::VARIANTS;

    /// Reads Runpod's word for it, in any case.
    pub fn parse(word: &str) -> Result<Self, NotFinished> {
        let is = |known: &&str| word.eq_ignore_ascii_case(known);
        // RUNNING is what Runpod's older texts say for IN_PROGRESS.
        if ["IN_QUEUE", "IN_PROGRESS", "RUNNING"].iter().any(is) {
            return Err(NotFinished);
        }
        let known = Self::ALL.iter().copied().find(|status| is(&status.as_str()));
        Ok(known.unwrap_or(Self::Unknown))
    }

    /// The value of the `status` label.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// Its place in [`Status::ALL`].
    pub const fn index(self) -> usize {
        self as usize
    }
}

/// By whom the exporter was told of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, VariantArray, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Via {
    /// Runpod's webhook.
    Webhook,
    /// A handler or a gateway.
    Push,
    /// The list of an endpoint's requests.
    Requests,
}

impl Via {
    /// Every way, in the order of [`Via::index`].
    pub const ALL: &'static [Self] = Self::VARIANTS;

    /// The value of the `via` label.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// Its place in [`Via::ALL`].
    pub const fn index(self) -> usize {
        self as usize
    }
}

/// Why something that was sent was not counted: a closed set, for it is a label.
#[derive(Debug, Clone, Copy, PartialEq, Eq, VariantArray, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Reason {
    /// No token is configured, and the exporter can be reached from other machines.
    Closed,
    /// The token is wrong or missing.
    Unauthorized,
    /// No account has the endpoint.
    UnknownEndpoint,
    /// As many endpoints as are remembered wait for the first list.
    TooManyUnread,
    /// Not what was expected.
    Malformed,
    /// The job is still under way.
    NotFinished,
    /// More bytes than are taken.
    TooLarge,
    /// The sender took too long.
    Timeout,
}

impl Reason {
    /// Every reason.
    pub const ALL: &'static [Self] = Self::VARIANTS;

    /// The value of the `reason` label.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// What was sent is not counted, and the sender is told why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{told}")]
pub struct Rejection {
    /// For the counter.
    pub reason: Reason,
    /// For the sender.
    pub told: String,
}

impl Rejection {
    /// For this reason, in these words.
    pub fn new(reason: Reason, told: impl Into<String>) -> Self {
        Self { reason, told: told.into() }
    }

    fn malformed(told: impl Into<String>) -> Self {
        Self::new(Reason::Malformed, told)
    }
}

impl From<NotFinished> for Rejection {
    fn from(error: NotFinished) -> Self {
        Self::new(Reason::NotFinished, error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_and_places_agree() {
        for (place, status) in Status::ALL.iter().copied().enumerate() {
            assert_eq!((status.index(), Status::parse(status.as_str())), (place, Ok(status)));
        }
        for (place, via) in Via::ALL.iter().copied().enumerate() {
            assert_eq!(via.index(), place);
        }
    }

    #[test]
    fn what_is_not_over_is_no_status_and_what_is_new_is_unknown() {
        assert_eq!(Status::parse("TIMED_OUT"), Ok(Status::TimedOut));
        assert_eq!(Status::parse("EXPIRED"), Ok(Status::Unknown));
        for word in ["IN_QUEUE", "in_progress", "RUNNING"] {
            assert_eq!(Status::parse(word), Err(NotFinished));
        }
    }
}
