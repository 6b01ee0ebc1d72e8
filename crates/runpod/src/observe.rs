//! Who is told about every upstream request. The client does not know what is made of it.

use std::fmt::Debug;
use std::time::Duration;

use crate::operation::{Api, Operation, Outcome};

/// One HTTP exchange with an upstream; a retry is an exchange of its own.
#[derive(Debug, Clone, Copy)]
pub struct Exchange<'a> {
    /// The account whose key was used.
    pub account: &'a str,
    /// Who was asked.
    pub api: Api,
    /// For what.
    pub operation: Operation,
    /// How it ended.
    pub outcome: Outcome,
    /// From the request until the answer was read or given up.
    pub duration: Duration,
}

/// Told about every exchange as it ends.
pub trait Observe: Debug + Send + Sync {
    /// An exchange has ended.
    fn exchanged(&self, exchange: Exchange<'_>);
}

/// Observes nothing.
impl Observe for () {
    fn exchanged(&self, _: Exchange<'_>) {}
}
