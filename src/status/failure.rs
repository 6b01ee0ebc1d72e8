//! What could not be read, and why. The same failure of several collectors is one.

use crate::advice::explained_for;
use crate::snapshot::AccountSnapshot;

/// A failure that one or more collectors have. For the page; `errors` has each collector's own text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The names of the collectors.
    pub collectors: Vec<&'static str>,
    /// Each API with its host: `graphql at api.runpod.io`.
    pub apis: Vec<String>,
    /// What happened and what to do.
    pub reason: String,
}

/// The failures of an account, in the order of its collectors.
pub(super) fn failures(account: &AccountSnapshot) -> Vec<Failure> {
    let mut found: Vec<Failure> = Vec::new();
    for report in &account.collectors {
        let Some(error) = &report.error else { continue };
        let collector = report.collector.as_str();
        let api = format!("{} at {}", error.api.as_str(), error.peer);
        let reason = explained_for(report.collector, &error.reason);
        if let Some(failure) = found.iter_mut().find(|failure| failure.reason == reason) {
            failure.collectors.push(collector);
            if !failure.apis.contains(&api) {
                failure.apis.push(api);
            }
        } else {
            found.push(Failure { collectors: vec![collector], apis: vec![api], reason });
        }
    }
    found
}
