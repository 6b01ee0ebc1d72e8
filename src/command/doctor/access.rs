//! What the key may read: by how the client understood the answers. A status of 200 alone proves nothing.

use std::collections::BTreeMap;

use recording::Exchange;
use runpod::{Api, Operation, Outcome};
use serde_json::Value;

use super::report::{Access, OperationState};
use crate::recording::{Outcomes, kind};

/// The members of an object that only reports an error.
const ERROR_MEMBERS: &[&str] =
    &["error", "errors", "message", "code", "status", "statusCode", "title", "detail"];

/// The operations that the key was sent with. The description of the REST API and the GPU types of GraphQL are public.
pub(super) fn operations(outcomes: &Outcomes, exchanges: &[Exchange]) -> Vec<OperationState> {
    let is_public = |key| matches!(key, (_, Operation::Openapi) | (Api::Graphql, Operation::Gpus));
    let own = outcomes.iter().filter(|(key, _)| !is_public(**key));
    let state = |((api, operation), ended): (&(Api, Operation), &BTreeMap<Outcome, usize>)| {
        let (api, operation) = (*api, *operation);
        let own = exchanges.iter().filter(|exchange| kind(&exchange.request) == Some((api, operation)));
        let access = access(ended, own.filter(|exchange| reports_error(exchange)).count());
        OperationState { api, operation, access, requests: ended.values().sum() }
    };
    own.map(state).collect()
}

fn access(ended: &BTreeMap<Outcome, usize>, refused: usize) -> Access {
    let has = |outcomes: &[Outcome]| outcomes.iter().any(|outcome| ended.contains_key(outcome));
    if ended.get(&Outcome::Ok).is_some_and(|understood| *understood > refused) {
        Access::Allowed
    } else if has(&[Outcome::Forbidden]) {
        Access::Forbidden
    } else if has(&[Outcome::Unauthorized]) {
        Access::Rejected
    } else if has(&[Outcome::Schema, Outcome::Retired, Outcome::NotFound]) {
        Access::Absent
    } else {
        Access::Unknown
    }
}

/// Whether the body of a successful answer has an error and no data. A reader of lists takes it for an empty list.
fn reports_error(exchange: &Exchange) -> bool {
    let Ok(answer) = &exchange.answer else { return false };
    if !(200..300).contains(&answer.status) {
        return false;
    }
    let Ok(Value::Object(body)) = serde_json::from_slice(&answer.body) else { return false };
    let has_error =
        ["error", "errors"].iter().any(|name| body.get(*name).is_some_and(|error| !error.is_null()));
    has_error && body.keys().all(|name| ERROR_MEMBERS.contains(&name.as_str()))
}

/// Whether the client understood an answer that ended like this, be it a refusal.
pub(super) fn is_understood(outcome: Outcome) -> bool {
    match outcome {
        Outcome::Ok
        | Outcome::Unauthorized
        | Outcome::Forbidden
        | Outcome::NotFound
        | Outcome::RateLimited
        | Outcome::Retired
        | Outcome::GraphqlError
        | Outcome::Schema => true,
        Outcome::ServerError
        | Outcome::Timeout
        | Outcome::Connect
        | Outcome::Decode
        | Outcome::TooLarge
        | Outcome::Panicked => false,
    }
}

#[cfg(test)]
mod tests {
    use recording::{Answer, Request};

    use super::*;

    fn exchange(status: u16, body: &str) -> Exchange {
        let (request, answer) = (Request::get("rest", "pods", "pods"), Ok(Answer::new(status, &[], body)));
        Exchange { time: jiff::Timestamp::UNIX_EPOCH, request, answer }
    }

    #[test]
    fn only_an_answer_that_was_understood_shows_that_the_key_may_read() {
        let of = |outcomes: &[Outcome]| access(&outcomes.iter().map(|outcome| (*outcome, 1)).collect(), 0);
        assert_eq!(of(&[Outcome::Schema, Outcome::Ok]), Access::Allowed);
        for outcome in [Outcome::Decode, Outcome::GraphqlError, Outcome::RateLimited, Outcome::Timeout] {
            assert_eq!(of(&[outcome]), Access::Unknown, "{outcome:?}");
        }
        assert_eq!(of(&[Outcome::Decode, Outcome::Forbidden]), Access::Forbidden);
        assert_eq!(of(&[Outcome::Decode, Outcome::Unauthorized]), Access::Rejected);
        assert_eq!(of(&[Outcome::Schema]), Access::Absent);
        assert_eq!(access(&BTreeMap::from([(Outcome::Ok, 1)]), 1), Access::Unknown);
    }

    #[test]
    fn a_body_with_nothing_but_an_error_is_not_data() {
        for body in [r#"{"error":"forbidden"}"#, r#"{"errors":[{}],"code":7}"#] {
            assert!(reports_error(&exchange(200, body)), "{body}");
        }
        for body in
            ["[]", r#"{"error":null}"#, r#"{"pods":[],"error":"one"}"#, "<html>", r#"{"message":"x"}"#]
        {
            assert!(!reports_error(&exchange(200, body)), "{body}");
        }
        assert!(!reports_error(&exchange(403, r#"{"error":"forbidden"}"#)));
    }
}
