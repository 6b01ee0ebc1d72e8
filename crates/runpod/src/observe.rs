//! Events that the client reports to its user: finished HTTP exchanges, responses with values that cannot
//! be read, and pauses of requests. And what work on other threads needs to know of the task that waits for it.
//!
//! What is made of them, such as metrics or log lines, does not belong here.

use std::fmt::Debug;
use std::time::Duration;

use crate::error::Reason;
use crate::operation::{Api, Operation, Outcome};
use lenient_json::Notes;

/// Work of the client that runs on a thread of its own.
pub type Work = Box<dyn FnOnce() + Send>;

/// Gives work what a program keeps by task, such as the name under which a panic is reported. Called in the task that waits for
/// the work; the result is called on the thread.
pub type Carry = fn(Work) -> Work;

/// A finished HTTP exchange. A retry is an exchange of its own.
#[derive(Debug, Clone, Copy)]
pub struct Exchange<'a> {
    /// The account whose key was used.
    pub account: &'a str,
    /// The API.
    pub api: Api,
    /// The kind of request.
    pub operation: Operation,
    /// How it ended.
    pub outcome: Outcome,
    /// Host and port of the server.
    pub server: &'a str,
    /// How long it waited because of the limits on requests in flight. Not a part of the duration.
    pub waited: Duration,
    /// From sending the request until the response was read or given up.
    pub duration: Duration,
}

/// A response that was used without some of its values, or with texts that were shortened.
#[derive(Debug, Clone, Copy)]
pub struct Damage<'a> {
    /// The account whose key was used.
    pub account: &'a str,
    /// The API.
    pub api: Api,
    /// The kind of request.
    pub operation: Operation,
    /// What could not be used.
    pub notes: &'a Notes,
}

/// The start of a pause: an API rejected a request in a way that repeating it cannot change.
#[derive(Debug, Clone, Copy)]
pub struct Paused<'a> {
    /// The account whose requests are paused.
    pub account: &'a str,
    /// The API.
    pub api: Api,
    /// The kind of request; `None` for all of the API.
    pub operation: Option<Operation>,
    /// Why the last request failed.
    pub reason: &'a Reason,
    /// How long the pause lasts.
    pub duration: Duration,
}

/// The end of a pause: a request succeeded again.
#[derive(Debug, Clone, Copy)]
pub struct Resumed<'a> {
    /// The account whose requests were paused.
    pub account: &'a str,
    /// The API.
    pub api: Api,
    /// The kind of request; `None` for all of the API.
    pub operation: Option<Operation>,
}

/// Receives the events of a client. Methods are called while a request is handled and must not block.
pub trait Observe: Debug + Send + Sync {
    /// An exchange has ended.
    fn exchanged(&self, exchange: Exchange<'_>);

    /// A response was used without some of its values.
    fn damaged(&self, _damage: Damage<'_>) {}

    /// Requests are paused. Called once for each cause: not for rate limits, and not for single endpoints.
    fn paused(&self, _pause: Paused<'_>) {}

    /// Requests were resumed.
    fn resumed(&self, _resume: Resumed<'_>) {}
}

/// Ignores every event.
impl Observe for () {
    fn exchanged(&self, _exchange: Exchange<'_>) {}
}
