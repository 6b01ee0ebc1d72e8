//! Finished jobs, parsed from the payloads of Runpod's webhook, a handler or a gateway.
//!
//! How a payload is received does not belong here (see `http/`), nor how jobs are counted (see `instruments/`).

pub(crate) mod push;
mod pushed;
mod seen;
mod shorten;
mod time;
mod tokens;
mod trace;
pub(crate) mod webhook;

use std::time::Duration;

use strum::{IntoStaticStr, VariantArray};

pub(crate) use seen::Seen;
pub(crate) use shorten::Shortener;
pub use tokens::Tokens;
pub(crate) use tokens::{Pointer, Pointers};
pub use trace::Trace;

/// A finished job.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Job {
    /// Its id, by which a second report of it is recognized; optional in a push.
    pub id: Option<String>,
    /// Its final status.
    pub status: Status,
    /// Its times.
    pub times: Times,
    /// Its token counts.
    pub tokens: Tokens,
    /// Its trace, if it was reported with one.
    pub trace: Option<Trace>,
}

/// The times of a job. A job that never ran has none: its delay is not that of a job that was served.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Times {
    /// From arrival to end.
    pub latency: Option<Duration>,
    /// From arrival to the start of its execution.
    pub delay: Option<Duration>,
    /// From the start of its execution to its end.
    pub execution: Option<Duration>,
}

impl Job {
    /// A finished job in a request list, with its times in milliseconds. Those that cannot be true are left out.
    pub fn listed(id: String, status: Status, delay: Option<f64>, execution: Option<f64>) -> Self {
        let time = |millis: Option<f64>| time::from_millis(millis?);
        let times = Times::of(time(delay), time(execution));
        Self { id: Some(id), status, times, tokens: Tokens::default(), trace: None }
    }
}

/// The times of a job that ran in whole milliseconds: small, because many are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Millis {
    /// From arrival to end.
    pub latency: u32,
    /// From arrival to the start of its execution; 0 if unknown.
    pub delay: u32,
}

impl Times {
    /// Converts to whole milliseconds, at most seven weeks. `None` without a latency.
    pub fn millis(&self) -> Option<Millis> {
        let millis = |time: Duration| u32::try_from(time.as_millis()).unwrap_or(u32::MAX);
        let delay = self.delay.map(millis).unwrap_or_default();
        Some(Millis { latency: millis(self.latency?), delay })
    }

    /// Times from the reported delay and execution. A delay without an execution is that of a job that never ran.
    fn of(delay: Option<Duration>, execution: Option<Duration>) -> Self {
        let delay = delay.filter(|_| execution.is_some());
        let latency = delay.zip(execution).map(|(delay, execution)| delay.saturating_add(execution));
        Self { latency, delay, execution }
    }
}

/// The final status of a job.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, VariantArray, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Status {
    /// It returned an output.
    Completed,
    /// Its handler raised an error, or it was retried too often.
    Failed,
    /// Its client cancelled it.
    Cancelled,
    /// It ran or waited longer than allowed.
    TimedOut,
    /// A status that this exporter does not know.
    #[default]
    Unknown,
}

/// The job is not finished.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the job is not finished; send it when it is COMPLETED, FAILED, CANCELLED or TIMED_OUT")]
pub struct NotFinished;

impl Status {
    /// All statuses, in the order of [`Status::index`].
    pub const ALL: &'static [Self] = Self::VARIANTS;

    /// Parses Runpod's name of a status, case-insensitively.
    pub fn parse(name: &str) -> Result<Self, NotFinished> {
        let is = |known: &&str| name.eq_ignore_ascii_case(known);
        // Runpod's older documentation says RUNNING for IN_PROGRESS.
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

    /// Its index in [`Status::ALL`].
    pub const fn index(self) -> usize {
        self as usize
    }
}

/// The channel through which a job was reported.
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
    /// All channels, in the order of [`Via::index`].
    pub const ALL: &'static [Self] = Self::VARIANTS;

    /// The value of the `via` label.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// Its index in [`Via::ALL`].
    pub const fn index(self) -> usize {
        self as usize
    }
}

/// Why a report was rejected: a closed set, because it is a label.
#[derive(Debug, Clone, Copy, PartialEq, Eq, VariantArray, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Reason {
    /// No token is configured, and the exporter is reachable from other machines.
    Closed,
    /// The token is wrong or missing.
    Unauthorized,
    /// No account has the endpoint.
    UnknownEndpoint,
    /// The account was not listed yet, and the maximum number of unknown endpoints is stored.
    TooManyUnread,
    /// The payload is not valid.
    Malformed,
    /// The job is not finished.
    NotFinished,
    /// The body exceeds the maximum size.
    TooLarge,
    /// The body was not received in time.
    Timeout,
    /// The bodies that are being received have reached their maximum size together.
    Busy,
}

impl Reason {
    /// All reasons.
    pub const ALL: &'static [Self] = Self::VARIANTS;

    /// The value of the `reason` label.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// The rejection of a report, which is also the response to its sender.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Rejection {
    /// The reason, for the counter.
    pub reason: Reason,
    /// The message, for the sender.
    pub message: String,
}

impl Rejection {
    /// A rejection with a reason and a message.
    pub fn new(reason: Reason, message: impl Into<String>) -> Self {
        Self { reason, message: without_middle(&runpod::mask(&message.into())) }
    }

    fn malformed(message: impl Into<String>) -> Self {
        Self::new(Reason::Malformed, message)
    }
}

/// Maximum number of characters of a message, and how many of them are those of its beginning.
const MESSAGE: (usize, usize) = (500, 200);

/// A message of limited length: the name of a field that it repeats may be as long as the body. Its end says what is expected.
fn without_middle(message: &str) -> String {
    let (maximum, beginning) = MESSAGE;
    let count = message.chars().count();
    if count <= maximum {
        return message.to_owned();
    }
    let end = count.saturating_sub(maximum.saturating_sub(beginning));
    let kept = message.chars().enumerate().filter(|(at, _)| !(beginning..end).contains(at));
    kept.map(|(at, character)| if at == end { '…' } else { character }).collect()
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
    fn a_message_has_a_maximum_length_and_keeps_its_end() {
        let expected = "`, expected `id`";
        for length in [0, 480, 481, 5_000_000] {
            let message = format!("unknown field `{}{expected}", "ä".repeat(length));
            let rejection = Rejection::malformed(message.clone());
            let count = rejection.message.chars().count();
            assert_eq!(count, message.chars().count().min(500), "{length}");
            assert_eq!(rejection.message.contains('…'), message.chars().count() > 500);
            assert!(
                rejection.message.starts_with("unknown field `") && rejection.message.ends_with(expected)
            );
        }
    }

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
    fn an_unfinished_job_has_no_status_and_a_new_status_is_unknown() {
        assert_eq!(Status::parse("TIMED_OUT"), Ok(Status::TimedOut));
        assert_eq!(Status::parse("EXPIRED"), Ok(Status::Unknown));
        for name in ["IN_QUEUE", "in_progress", "RUNNING"] {
            assert_eq!(Status::parse(name), Err(NotFinished));
        }
    }
}
