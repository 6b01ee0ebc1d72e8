//! What could not be read, and why. The same failure of several collectors is one.

use crate::advice::explained;
use crate::snapshot::AccountSnapshot;
use runpod::Outcome;

/// A failure that one or more collectors have. For the page; `errors` has each collector's own text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The names of the collectors.
    pub collectors: Vec<&'static str>,
    /// Each API with its host: `graphql at api.runpod.io`.
    pub apis: Vec<String>,
    /// What happened and what to do, in the words of the first collector.
    pub reason: String,
}

/// The failures of an account, in the order of its collectors.
pub(super) fn failures(account: &AccountSnapshot) -> Vec<Failure> {
    let mut found: Vec<(Outcome, Failure)> = Vec::new();
    for report in &account.collectors {
        let Some(error) = &report.error else { continue };
        let collector = report.collector.as_str();
        let api = format!("{} at {}", error.api.as_str(), error.peer);
        if let Some((_, failure)) = found.iter_mut().find(|(outcome, _)| *outcome == error.outcome()) {
            failure.collectors.push(collector);
            if !failure.apis.contains(&api) {
                failure.apis.push(api);
            }
        } else {
            let reason = explained(&error.reason);
            found.push((error.outcome(), Failure { collectors: vec![collector], apis: vec![api], reason }));
        }
    }
    found.into_iter().map(|(_, failure)| failure).collect()
}
