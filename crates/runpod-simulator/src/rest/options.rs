//! Options of the REST API: scopes and quota of the key, and the features of the server.

use std::collections::BTreeSet;

use crate::api::Operation;
use crate::quota::{Meter, Quota};

/// Options of the REST API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RestOptions {
    /// Operations for which the key lacks the scope: they are answered with 403.
    pub forbidden: BTreeSet<Operation>,
    /// The request quota.
    pub quota: Quota,
    /// Whether lists are paginated. Older servers returned complete lists, without `pagination`.
    pub pagination: bool,
    /// Whether the `RateLimit` header includes when each window ends.
    pub reset_times: bool,
    /// Whether responses have a `RateLimit-Policy` header.
    pub policy_header: bool,
    /// Where a resumed log stream starts.
    pub resumption: Resumption,
}

/// Where a log stream starts that is resumed at a line. Runpod does not document it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Resumption {
    /// At that line.
    #[default]
    At,
    /// After that line.
    Behind,
}

impl RestOptions {
    /// A meter for the quota.
    pub(crate) fn meter(&self) -> Meter {
        Meter::new(self.quota, self.reset_times, self.policy_header)
    }
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
