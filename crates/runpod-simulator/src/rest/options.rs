//! What kind of REST API: what the key may do, how often, and which of the newer manners the server has.

use std::collections::BTreeSet;

use super::{Operation, Quota};

/// What kind of REST API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RestOptions {
    /// What is beyond the scopes of the key: answered with 403.
    pub forbidden: BTreeSet<Operation>,
    /// How much may be asked.
    pub quota: Quota,
    /// Whether lists come in pages. Older servers gave them whole, and did not speak of pages.
    pub pagination: bool,
    /// Whether the `RateLimit` header says when its windows end.
    pub reset_times: bool,
    /// Whether there is a `RateLimit-Policy` header.
    pub policy_header: bool,
    /// Where a stream of logs goes on.
    pub resumption: Resumption,
}

/// Where a stream of logs goes on that is resumed at a line. Runpod does not say.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Resumption {
    /// With that line.
    #[default]
    At,
    /// Behind it.
    Behind,
}

impl Default for RestOptions {
    fn default() -> Self {
        Self {
            forbidden: BTreeSet::new(),
            quota: Quota::default(),
            pagination: true,
            reset_times: true,
            policy_header: true,
            resumption: Resumption::At,
        }
    }
}
