//! Parses the text form of a rule, for the command line and the control route.

use std::str::FromStr;

use super::fault::{Fault, FaultKind};
use super::rule::{Rule, Scope, Target};
use crate::api::OperationError;

/// Why a text is not a rule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RuleError {
    /// There is no `=`.
    #[error("expected TARGET[:ENDPOINT_ID]=FAULT[(ARGUMENT)][*TIMES], got {0:?}")]
    Form(String),
    /// The part before the `=` is not a target.
    #[error(
        "unknown target {0:?}: expected graphql, jobs, rest, rest.OPERATION, an operation of the job API such as health, or the name of a GraphQL operation"
    )]
    Target(String),
    /// The part after `rest.` is not an operation.
    #[error(transparent)]
    Rest(#[from] OperationError),
    /// An endpoint id for requests whose path does not contain one.
    #[error(
        "{0} requests have no endpoint id: only jobs and its operations, rest, rest.endpoints, \
         rest.workers, rest.releases, rest.builds, rest.metrics and rest.logs take an endpoint id"
    )]
    Endpoint(String),
    /// There is no such fault.
    #[error("unknown fault {name:?}: expected one of {}", FaultKind::names())]
    Fault {
        /// The text.
        name: String,
    },
    /// The argument of the fault is missing or malformed.
    #[error("{fault} takes {expected} in parentheses, got {got:?}")]
    Argument {
        /// The fault.
        fault: &'static str,
        /// The form of its argument.
        expected: &'static str,
        /// The text.
        got: String,
    },
    /// The fault takes no argument.
    #[error("{0} takes no argument")]
    Superfluous(&'static str),
    /// The part after the `*` is not a positive number.
    #[error("invalid number of times {0:?}: expected 1 or more")]
    Times(String),
    /// A GraphQL fault for another API.
    #[error("{0} applies to the graphql API only")]
    GraphqlOnly(&'static str),
}

/// The argument of a fault that depends on the requests in flight.
const CAPACITY: &str = "a number of requests such as 50";

impl FromStr for Rule {
    type Err = RuleError;

    fn from_str(text: &str) -> Result<Self, RuleError> {
        let text = text.trim();
        let (target, fault) = text.split_once('=').ok_or_else(|| RuleError::Form(text.to_owned()))?;
        let target: Target = target.trim().parse()?;
        let (fault, times) = match fault.trim().split_once('*') {
            Some((fault, times)) => (fault, Some(parse_times(times)?)),
            None => (fault, None),
        };
        let fault: Fault = fault.trim().parse()?;
        if fault.is_graphql() && !target.is_graphql() {
            return Err(RuleError::GraphqlOnly(fault.name()));
        }
        Ok(Self { target, fault, times })
    }
}

fn parse_times(text: &str) -> Result<u32, RuleError> {
    let times = text.trim().parse().ok().filter(|times| *times > 0);
    times.ok_or_else(|| RuleError::Times(text.to_owned()))
}

impl FromStr for Target {
    type Err = RuleError;

    fn from_str(text: &str) -> Result<Self, RuleError> {
        let (scope, endpoint) = match text.split_once(':') {
            Some((scope, id)) if !id.is_empty() => (scope, Some(id.to_owned())),
            Some(_) => return Err(RuleError::Target(text.to_owned())),
            None => (text, None),
        };
        if let Some(operation) = scope.strip_prefix("rest.") {
            return Self { scope: Scope::Rest(operation.parse()?), endpoint }.checked();
        }
        let scope = match (scope.parse(), scope) {
            (Ok(api), _) => Scope::Api(api),
            (Err(_), name) if is_name(name) => Scope::Operation(name.to_owned()),
            (Err(_), other) => return Err(RuleError::Target(other.to_owned())),
        };
        Self { scope, endpoint }.checked()
    }
}

/// Whether the text is a valid name of a GraphQL operation.
fn is_name(text: &str) -> bool {
    let letter = |c: char| c.is_ascii_alphabetic() || c == '_';
    text.starts_with(letter) && text.chars().all(|c| letter(c) || c.is_ascii_digit())
}

impl FromStr for Fault {
    type Err = RuleError;

    fn from_str(text: &str) -> Result<Self, RuleError> {
        let (name, argument) = match text.split_once('(') {
            Some((name, rest)) => {
                let argument = rest.strip_suffix(')').ok_or_else(|| RuleError::Form(text.to_owned()))?;
                (name, Some(argument.trim()))
            }
            None => (text, None),
        };
        let kind: FaultKind = name.parse().map_err(|_unknown| RuleError::Fault { name: name.to_owned() })?;
        kind.with(argument)
    }
}

impl FaultKind {
    /// The fault with its argument, where it takes one.
    fn with(self, argument: Option<&str>) -> Result<Fault, RuleError> {
        let bad = |expected| RuleError::Argument {
            fault: self.name(),
            expected,
            got: argument.unwrap_or_default().to_owned(),
        };
        let capacity = argument.and_then(|text| text.parse().ok());
        let fault = match self {
            Self::Delay => {
                let delay = argument.and_then(|text| humantime::parse_duration(text).ok());
                return Ok(Fault::Delay(delay.ok_or_else(|| bad("a duration such as 2s"))?));
            }
            Self::RateLimited => {
                let retry_after = argument.map_or(Some(1), |text| text.parse().ok());
                let retry_after = retry_after.ok_or_else(|| bad("whole seconds"))?;
                return Ok(Fault::RateLimited { retry_after });
            }
            Self::Cut => {
                let lines = argument.and_then(|text| text.parse().ok());
                return Ok(Fault::Cut { lines: lines.ok_or_else(|| bad("a number of lines such as 20"))? });
            }
            Self::Busy => return Ok(Fault::Busy { capacity: capacity.ok_or_else(|| bad(CAPACITY))? }),
            Self::Overloaded => {
                return Ok(Fault::Overloaded { capacity: capacity.ok_or_else(|| bad(CAPACITY))? });
            }
            Self::Unauthorized => Fault::Unauthorized,
            Self::FrontDoor => Fault::FrontDoor,
            Self::Forbidden => Fault::Forbidden,
            Self::NotFound => Fault::NotFound,
            Self::Gone => Fault::Gone,
            Self::BadGateway => Fault::BadGateway,
            Self::Hang => Fault::Hang,
            Self::Truncated => Fault::Truncated,
            Self::Garbage => Fault::Garbage,
            Self::Reset => Fault::Reset,
            Self::Endless => Fault::Endless,
            Self::ResetBody => Fault::ResetBody,
            Self::Drip => Fault::Drip,
            Self::PartialErrors => Fault::PartialErrors,
            Self::NullData => Fault::NullData,
            Self::NoIdentity => Fault::NoIdentity,
            Self::EchoKey => Fault::EchoKey,
        };
        if argument.is_some() { Err(RuleError::Superfluous(self.name())) } else { Ok(fault) }
    }
}

impl Target {
    fn checked(self) -> Result<Self, RuleError> {
        if self.endpoint.is_some() && !self.has_endpoint() {
            return Err(RuleError::Endpoint(self.scope.to_string()));
        }
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;
    use strum::VariantArray as _;

    use super::*;
    use crate::api::{Api, Operation};

    #[test]
    fn rules_are_parsed_as_documented() {
        let table = [
            ("graphql=gone", Rule::new(Scope::Api(Api::Graphql), Fault::Gone)),
            (
                "health:abc123=delay(2s)",
                Rule::new(Scope::Operation("health".to_owned()), Fault::Delay(Duration::from_secs(2)))
                    .endpoint("abc123"),
            ),
            (
                "jobs=rate-limited(7)*3",
                Rule::new(Scope::Api(Api::Jobs), Fault::RateLimited { retry_after: 7 }).times(3),
            ),
            (
                "rest.workers:abc=truncated",
                Rule::new(Scope::Rest(Operation::Workers), Fault::Truncated).endpoint("abc"),
            ),
            ("rest=gone*1", Rule::new(Scope::Api(Api::Rest), Fault::Gone).times(1)),
            ("Pods=partial-errors", Rule::new(Scope::Operation("Pods".to_owned()), Fault::PartialErrors)),
            (
                " jobs = rate-limited * 2 ",
                Rule::new(Scope::Api(Api::Jobs), Fault::RateLimited { retry_after: 1 }).times(2),
            ),
        ];
        for (text, rule) in table {
            assert_eq!(text.parse(), Ok(rule), "{text}");
        }
    }

    #[test]
    fn errors_name_the_mistake() {
        let table = [
            ("graphql", "expected TARGET[:ENDPOINT_ID]=FAULT[(ARGUMENT)][*TIMES], got \"graphql\""),
            (
                "=gone",
                "unknown target \"\": expected graphql, jobs, rest, rest.OPERATION, an operation of the job API such as health, or the name of a GraphQL operation",
            ),
            (
                "a b=gone",
                "unknown target \"a b\": expected graphql, jobs, rest, rest.OPERATION, an operation of the job API such as health, or the name of a GraphQL operation",
            ),
            (
                "health:=gone",
                "unknown target \"health:\": expected graphql, jobs, rest, rest.OPERATION, an operation of the job API such as health, or the name of a GraphQL operation",
            ),
            (
                "Pods:abc=gone",
                "Pods requests have no endpoint id: only jobs and its operations, rest, \
                 rest.endpoints, rest.workers, rest.releases, rest.builds, rest.metrics and rest.logs take an endpoint id",
            ),
            (
                "rest.pods:abc=gone",
                "rest.pods requests have no endpoint id: only jobs and its operations, rest, \
                 rest.endpoints, rest.workers, rest.releases, rest.builds, rest.metrics and rest.logs take an endpoint id",
            ),
            (
                "rest.queues=gone",
                "unknown REST operation \"queues\": expected one of pods, endpoints, workers, releases, \
                 volumes, billing, catalog, openapi, balance, limits, logs, clusters, templates, registries, \
                 account, builds, metrics",
            ),
            ("rest.pods=no-identity", "no-identity applies to the graphql API only"),
            ("jobs=delay", "delay takes a duration such as 2s in parentheses, got \"\""),
            ("jobs=delay(soon)", "delay takes a duration such as 2s in parentheses, got \"soon\""),
            ("jobs=rate-limited(x)", "rate-limited takes whole seconds in parentheses, got \"x\""),
            ("jobs=busy", "busy takes a number of requests such as 50 in parentheses, got \"\""),
            (
                "jobs=overloaded(-1)",
                "overloaded takes a number of requests such as 50 in parentheses, got \"-1\"",
            ),
            ("jobs=gone(1)", "gone takes no argument"),
            ("rest.logs=cut", "cut takes a number of lines such as 20 in parentheses, got \"\""),
            ("jobs=gone*0", "invalid number of times \"0\": expected 1 or more"),
            ("jobs=null-data", "null-data applies to the graphql API only"),
            ("jobs=delay(2s", "expected TARGET[:ENDPOINT_ID]=FAULT[(ARGUMENT)][*TIMES], got \"delay(2s\""),
        ];
        for (text, message) in table {
            assert_eq!(text.parse::<Rule>().map_err(|error| error.to_string()), Err(message.to_owned()));
        }
        let unknown = "jobs=explode".parse::<Rule>().map_err(|error| error.to_string());
        assert!(
            unknown.is_err_and(|text| text.starts_with("unknown fault \"explode\": expected one of unauth"))
        );
    }

    fn any_rule() -> impl Strategy<Value = Rule> {
        let fault = (0..FaultKind::VARIANTS.len(), 1..100_000_u64).prop_map(|(position, number)| {
            match FaultKind::VARIANTS[position] {
                FaultKind::Delay => Fault::Delay(Duration::from_millis(number)),
                FaultKind::RateLimited => Fault::RateLimited { retry_after: number },
                FaultKind::Cut => Fault::Cut { lines: position },
                FaultKind::Busy => Fault::Busy { capacity: number },
                FaultKind::Overloaded => Fault::Overloaded { capacity: number },
                other => other.with(None).unwrap(),
            }
        });
        let target = prop_oneof![
            Just(Target { scope: Scope::Api(Api::Graphql), endpoint: None }),
            "[A-Z][A-Za-z0-9_]{0,12}"
                .prop_map(|name| Target { scope: Scope::Operation(name), endpoint: None }),
            proptest::option::of("[a-z0-9]{14}")
                .prop_map(|endpoint| Target { scope: Scope::Api(Api::Jobs), endpoint }),
            (0..Operation::VARIANTS.len()).prop_map(|position| Target {
                scope: Scope::Rest(Operation::VARIANTS[position]),
                endpoint: None
            }),
        ];
        (target, fault, proptest::option::of(1..1_000_u32))
            .prop_map(|(target, fault, times)| Rule { target, fault, times })
            .prop_filter("possible", |rule| !rule.fault.is_graphql() || rule.target.is_graphql())
    }

    proptest! {
        #[test]
        fn a_displayed_rule_parses_to_itself(rule in any_rule()) {
            prop_assert_eq!(rule.to_string().parse(), Ok(rule));
        }

        #[test]
        fn no_text_panics_the_parser(text in ".{0,60}") {
            let _outcome = text.parse::<Rule>();
        }
    }
}
