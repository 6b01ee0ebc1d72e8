//! The rules in force. They can be changed while the simulator runs.

use std::sync::Arc;

use parking_lot::{Mutex, MutexGuard};

use super::fault::Fault;
use super::rule::Rule;
use crate::api::Api;

/// The rules in force. The first one that matches a request is applied. Clones share the same rules.
#[derive(Debug, Clone, Default)]
pub struct FaultBoard(Arc<Mutex<Vec<Rule>>>);

impl FaultBoard {
    /// A board with these rules.
    pub(crate) fn new(rules: Vec<Rule>) -> Self {
        Self(Arc::new(Mutex::new(rules)))
    }

    /// Adds a rule after the others.
    pub fn add(&self, rule: Rule) {
        self.lock().push(rule);
    }

    /// Replaces all rules.
    pub fn replace(&self, rules: Vec<Rule>) {
        *self.lock() = rules;
    }

    /// Removes all rules.
    pub fn clear(&self) {
        self.lock().clear();
    }

    /// The rules in force.
    pub fn rules(&self) -> Vec<Rule> {
        self.lock().clone()
    }

    /// The fault for a request that arrives while so many are in flight, if it depends on that number and is the first one that
    /// matches. This uses up one of the times of a limited rule.
    pub(crate) fn refusal(
        &self,
        api: Api,
        operation: &str,
        endpoint: Option<&str>,
        in_flight: u64,
    ) -> Option<Fault> {
        let is_refused = |fault: &Fault| fault.capacity().is_some_and(|capacity| in_flight > capacity);
        self.take_if(api, operation, endpoint, is_refused)
    }

    /// The fault for a request. This uses up one of the times of a limited rule.
    pub(crate) fn take(&self, api: Api, operation: &str, endpoint: Option<&str>) -> Option<Fault> {
        self.take_if(api, operation, endpoint, |fault| fault.capacity().is_none())
    }

    fn take_if(
        &self,
        api: Api,
        operation: &str,
        endpoint: Option<&str>,
        applies: impl Fn(&Fault) -> bool,
    ) -> Option<Fault> {
        let mut rules = self.lock();
        let position = rules.iter().position(|rule| rule.target.matches(api, operation, endpoint))?;
        let rule = rules.get_mut(position).filter(|rule| applies(&rule.fault))?;
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
        self.0.lock()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::faults::Scope;

    #[test]
    fn the_first_matching_rule_is_applied_until_it_is_used_up() {
        let board = FaultBoard::default();
        board.add(Rule::new(Scope::Operation("health".to_owned()), Fault::Gone).times(2));
        board.add(Rule::new(Scope::Api(Api::Jobs), Fault::BadGateway));
        let take = || board.take(Api::Jobs, "health", Some("a"));
        assert_eq!([take(), take(), take()], [Some(Fault::Gone), Some(Fault::Gone), Some(Fault::BadGateway)]);
        assert_eq!(board.rules().len(), 1);
    }

    #[test]
    fn a_busy_api_refuses_only_requests_above_its_capacity() {
        let board = FaultBoard::default();
        board.add(Rule::new(Scope::Api(Api::Jobs), Fault::Busy { capacity: 2 }).times(1));
        let refusal = |in_flight| board.refusal(Api::Jobs, "health", Some("a"), in_flight);
        assert_eq!((refusal(2), board.take(Api::Jobs, "health", Some("a"))), (None, None));
        assert_eq!((refusal(3), refusal(3)), (Some(Fault::Busy { capacity: 2 }), None), "once");
    }

    #[test]
    fn a_rule_for_one_endpoint_does_not_apply_to_others() {
        let rule = Rule::new(Scope::Api(Api::Jobs), Fault::NotFound).endpoint("a");
        let board = FaultBoard::new(vec![rule]);
        assert_eq!(board.take(Api::Jobs, "health", Some("b")), None);
        assert_eq!(board.take(Api::Graphql, "Account", None), None);
        assert_eq!(board.take(Api::Jobs, "health", Some("a")), Some(Fault::NotFound));
    }
}
