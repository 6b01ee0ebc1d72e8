//! Faults on demand: which requests go wrong, how, and how often. The board can be changed while the simulator runs.
//!
//! How a rule is written is in `parse`; how a fault looks on the wire is up to the module of the answers.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::rest::Operation;
use crate::api::Api;

pub use self::parse::RuleError;

mod parse;

/// A fault and the requests that it hits. Written `TARGET[:ENDPOINT_ID]=FAULT[(ARGUMENT)][*TIMES]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// Which requests.
    pub target: Target,
    /// What goes wrong.
    pub fault: Fault,
    /// How many requests are still to be hit; all, if it does not say.
    pub times: Option<u32>,
}

/// Which requests a rule hits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// Every request of an API, or one operation.
    pub scope: Scope,
    /// Only requests about this endpoint. GraphQL does not say in its path which endpoint it is about.
    pub endpoint: Option<String>,
}

/// Every request of an API, or one operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// All of an API.
    Api(Api),
    /// A GraphQL operation, by the name that the document gives it, or `health`, `logs` or `logs_stream` of the job API.
    Operation(String),
    /// An operation of the REST API, written `rest.NAME`.
    Rest(Operation),
}

/// What goes wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// 401: the key is not valid.
    Unauthorized,
    /// 403 in plain text, from the protection in front of Runpod: the client looks like a robot.
    FrontDoor,
    /// 403 in JSON: the key is valid and may not do this.
    Forbidden,
    /// 404.
    NotFound,
    /// 410: the API has been retired.
    Gone,
    /// 429 with `Retry-After` in seconds.
    RateLimited {
        /// The seconds to wait.
        retry_after: u64,
    },
    /// 502 with a page for people.
    BadGateway,
    /// The right answer, late.
    Delay(Duration),
    /// No answer, and the connection stays open.
    Hang,
    /// The right answer, cut in the middle; the framing says that it is whole.
    Truncated,
    /// 200 with bytes that are not JSON.
    Garbage,
    /// The connection is reset without an answer.
    Reset,
    /// 200 with a body that never ends.
    Endless,
    /// GraphQL: 200, most of the data, one part null, and an error about it.
    PartialErrors,
    /// GraphQL: 200, an error and no data.
    NullData,
    /// GraphQL: 200 as if the request had carried no key.
    NoIdentity,
    /// 500 with a body that repeats the key: no log may show it.
    EchoKey,
    /// A stream of logs that breaks after so many lines, in the middle of the next one. Other answers are right.
    Cut {
        /// The lines.
        lines: usize,
    },
}

/// The rules in force. The first one that fits a request is applied.
#[derive(Debug, Default)]
pub struct FaultBoard(Mutex<Vec<Rule>>);

// === impl Rule ===

impl Rule {
    /// A rule without a limit for every request of an API or operation, as in `Rule::new(Scope::Api(api), fault)`.
    pub fn new(scope: Scope, fault: Fault) -> Self {
        Self { target: Target { scope, endpoint: None }, fault, times: None }
    }

    /// The same rule for one endpoint only.
    #[must_use]
    pub fn endpoint(mut self, id: &str) -> Self {
        self.target.endpoint = Some(id.to_owned());
        self
    }

    /// The same rule for so many requests only.
    #[must_use]
    pub fn times(mut self, times: u32) -> Self {
        self.times = Some(times);
        self
    }
}

// === impl Target ===

impl Target {
    /// Whether it hits a request.
    pub(super) fn fits(&self, api: Api, operation: &str, endpoint: Option<&str>) -> bool {
        let scope = match &self.scope {
            Scope::Api(this) => *this == api,
            Scope::Operation(this) => api != Api::Rest && this == operation,
            Scope::Rest(this) => api == Api::Rest && this.name() == operation,
        };
        scope && self.endpoint.as_deref().is_none_or(|id| endpoint == Some(id))
    }
}

// === impl Fault ===

impl Fault {
    /// Whether its answer comes from the API itself, and not from what stands in front of it.
    pub(super) fn is_behind_the_door(&self) -> bool {
        !matches!(self, Self::Unauthorized | Self::FrontDoor | Self::BadGateway | Self::Garbage | Self::Reset)
    }
}

// === impl FaultBoard ===

impl FaultBoard {
    /// A board with these rules.
    pub fn new(rules: Vec<Rule>) -> Self {
        Self(Mutex::new(rules))
    }

    /// Adds a rule after the others.
    pub fn add(&self, rule: Rule) {
        self.lock().push(rule);
    }

    /// Puts these rules in the place of all others.
    pub fn replace(&self, rules: Vec<Rule>) {
        *self.lock() = rules;
    }

    /// Takes all rules away.
    pub fn clear(&self) {
        self.lock().clear();
    }

    /// The rules in force.
    pub fn rules(&self) -> Vec<Rule> {
        self.lock().clone()
    }

    /// The fault for a request. A rule with a limit is used up by this.
    pub(super) fn take(&self, api: Api, operation: &str, endpoint: Option<&str>) -> Option<Fault> {
        let mut rules = self.lock();
        let position = rules.iter().position(|rule| rule.target.fits(api, operation, endpoint))?;
        let rule = rules.get_mut(position)?;
        let fault = rule.fault.clone();
        if let Some(times) = &mut rule.times {
            *times = times.saturating_sub(1);
            if *times == 0 {
                rules.remove(position);
            }
        }
        Some(fault)
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Rule>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_rule_that_fits_is_applied_until_it_is_used_up() {
        let board = FaultBoard::default();
        board.add(Rule::new(Scope::Operation("health".to_owned()), Fault::Gone).times(2));
        board.add(Rule::new(Scope::Api(Api::Jobs), Fault::BadGateway));
        let take = || board.take(Api::Jobs, "health", Some("a"));
        assert_eq!([take(), take(), take()], [Some(Fault::Gone), Some(Fault::Gone), Some(Fault::BadGateway)]);
        assert_eq!(board.rules().len(), 1);
    }

    #[test]
    fn a_rule_for_one_endpoint_spares_the_others() {
        let rule = Rule::new(Scope::Api(Api::Jobs), Fault::NotFound).endpoint("a");
        let board = FaultBoard::new(vec![rule]);
        assert_eq!(board.take(Api::Jobs, "health", Some("b")), None);
        assert_eq!(board.take(Api::Graphql, "Account", None), None);
        assert_eq!(board.take(Api::Jobs, "health", Some("a")), Some(Fault::NotFound));
    }
}
