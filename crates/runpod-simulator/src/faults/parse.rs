//! The text form of a rule, for the command line and the control route.

use std::fmt::{self, Display, Formatter};
use std::str::FromStr;
use std::time::Duration;

use super::{Fault, Rule, Scope, Target};
use crate::api::Api;
use crate::rest::OperationError;

/// Why a text is not a rule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RuleError {
    /// There is no `=`.
    #[error("expected TARGET[:ENDPOINT_ID]=FAULT[(ARGUMENT)][*TIMES], got {0:?}")]
    Form(String),
    /// The part before the `=` names nothing.
    #[error(
        "unknown target {0:?}: expected graphql, jobs, rest, health, logs, logs_stream, rest.OPERATION or the name of a GraphQL operation"
    )]
    Target(String),
    /// The part behind `rest.` names nothing.
    #[error(transparent)]
    Rest(#[from] OperationError),
    /// An endpoint id where none can be known.
    #[error(
        "{0} requests have no endpoint id: only jobs and its operations, rest, rest.endpoints, \
         rest.workers, rest.releases and rest.logs take an endpoint id"
    )]
    Endpoint(String),
    /// No fault has that name.
    #[error("unknown fault {name:?}: expected one of {}", names())]
    Fault {
        /// What stood there.
        name: String,
    },
    /// The fault takes an argument, and this is none.
    #[error("{fault} takes {expected} in parentheses, got {got:?}")]
    Argument {
        /// The fault.
        fault: &'static str,
        /// What its argument is.
        expected: &'static str,
        /// What stood there.
        got: String,
    },
    /// The fault takes no argument.
    #[error("{0} takes no argument")]
    Superfluous(&'static str),
    /// The number after the `*` is none.
    #[error("invalid number of times {0:?}: expected 1 or more")]
    Times(String),
    /// A GraphQL answer from an API that does not speak GraphQL.
    #[error("{0} applies to the graphql API only")]
    GraphqlOnly(&'static str),
}

/// Every fault by its name, with an argument that stands for the others.
const FAULTS: [(&str, Fault); 18] = [
    ("unauthorized", Fault::Unauthorized),
    ("front-door", Fault::FrontDoor),
    ("forbidden", Fault::Forbidden),
    ("not-found", Fault::NotFound),
    ("gone", Fault::Gone),
    ("rate-limited", Fault::RateLimited { retry_after: 1 }),
    ("bad-gateway", Fault::BadGateway),
    ("delay", Fault::Delay(Duration::from_secs(1))),
    ("hang", Fault::Hang),
    ("truncated", Fault::Truncated),
    ("garbage", Fault::Garbage),
    ("reset", Fault::Reset),
    ("endless", Fault::Endless),
    ("partial-errors", Fault::PartialErrors),
    ("null-data", Fault::NullData),
    ("no-identity", Fault::NoIdentity),
    ("echo-key", Fault::EchoKey),
    ("cut", Fault::Cut { lines: 1 }),
];

/// The operations of the job API.
const JOBS: [&str; 3] = ["health", "logs", "logs_stream"];

fn names() -> String {
    FAULTS.map(|(name, _)| name).join(", ")
}

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
        let scope = match scope {
            "graphql" => Scope::Api(Api::Graphql),
            "jobs" => Scope::Api(Api::Jobs),
            "rest" => Scope::Api(Api::Rest),
            name if is_name(name) => Scope::Operation(name.to_owned()),
            other => return Err(RuleError::Target(other.to_owned())),
        };
        Self { scope, endpoint }.checked()
    }
}

/// Whether GraphQL accepts this as the name of an operation.
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
        let found = FAULTS.iter().find(|(this, _)| *this == name);
        let (name, fault) = found.ok_or_else(|| RuleError::Fault { name: name.to_owned() })?;
        let bad = |expected| RuleError::Argument {
            fault: name,
            expected,
            got: argument.unwrap_or_default().to_owned(),
        };
        match (fault, argument) {
            (Self::Delay(_), argument) => {
                let delay = argument.and_then(|text| humantime::parse_duration(text).ok());
                Ok(Self::Delay(delay.ok_or_else(|| bad("a duration such as 2s"))?))
            }
            (Self::RateLimited { .. }, Some(text)) => {
                let retry_after = text.parse().ok();
                Ok(Self::RateLimited { retry_after: retry_after.ok_or_else(|| bad("whole seconds"))? })
            }
            (Self::Cut { .. }, argument) => {
                let lines = argument.and_then(|text| text.parse().ok());
                Ok(Self::Cut { lines: lines.ok_or_else(|| bad("a number of lines such as 20"))? })
            }
            (fault, None) => Ok(fault.clone()),
            (_, Some(_)) => Err(RuleError::Superfluous(name)),
        }
    }
}

impl Target {
    fn checked(self) -> Result<Self, RuleError> {
        if self.endpoint.is_some() && !self.has_endpoint() {
            return Err(RuleError::Endpoint(self.scope.to_string()));
        }
        Ok(self)
    }

    fn is_graphql(&self) -> bool {
        match &self.scope {
            Scope::Api(api) => *api == Api::Graphql,
            Scope::Operation(name) => !JOBS.contains(&&**name),
            Scope::Rest(_) => false,
        }
    }

    /// Whether the path of such a request can say which endpoint it is about.
    fn has_endpoint(&self) -> bool {
        match &self.scope {
            Scope::Rest(operation) => operation.has_endpoint(),
            Scope::Api(_) | Scope::Operation(_) => !self.is_graphql(),
        }
    }
}

impl Fault {
    /// The name of the fault in a rule.
    pub fn name(&self) -> &'static str {
        let same = |other: &Self| std::mem::discriminant(self) == std::mem::discriminant(other);
        FAULTS.iter().find(|(_, fault)| same(fault)).map_or("", |(name, _)| name)
    }

    fn is_graphql(&self) -> bool {
        matches!(self, Self::PartialErrors | Self::NullData | Self::NoIdentity)
    }
}

impl Display for Rule {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}={}", self.target, self.fault)?;
        self.times.map_or(Ok(()), |times| write!(f, "*{times}"))
    }
}

impl Display for Target {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.scope)?;
        self.endpoint.as_ref().map_or(Ok(()), |id| write!(f, ":{id}"))
    }
}

impl Display for Scope {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Api(api) => f.write_str(api.name()),
            Self::Operation(name) => f.write_str(name),
            Self::Rest(operation) => write!(f, "rest.{operation}"),
        }
    }
}

impl Display for Fault {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())?;
        match self {
            Self::Delay(delay) => write!(f, "({})", humantime::format_duration(*delay)),
            Self::RateLimited { retry_after } => write!(f, "({retry_after})"),
            Self::Cut { lines } => write!(f, "({lines})"),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::rest::Operation;

    #[test]
    fn rules_are_read_as_documented() {
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
    fn mistakes_are_named() {
        let table = [
            ("graphql", "expected TARGET[:ENDPOINT_ID]=FAULT[(ARGUMENT)][*TIMES], got \"graphql\""),
            (
                "=gone",
                "unknown target \"\": expected graphql, jobs, rest, health, logs, logs_stream, rest.OPERATION or the name of a GraphQL operation",
            ),
            (
                "a b=gone",
                "unknown target \"a b\": expected graphql, jobs, rest, health, logs, logs_stream, rest.OPERATION or the name of a GraphQL operation",
            ),
            (
                "health:=gone",
                "unknown target \"health:\": expected graphql, jobs, rest, health, logs, logs_stream, rest.OPERATION or the name of a GraphQL operation",
            ),
            (
                "Pods:abc=gone",
                "Pods requests have no endpoint id: only jobs and its operations, rest, \
                 rest.endpoints, rest.workers, rest.releases and rest.logs take an endpoint id",
            ),
            (
                "rest.pods:abc=gone",
                "rest.pods requests have no endpoint id: only jobs and its operations, rest, \
                 rest.endpoints, rest.workers, rest.releases and rest.logs take an endpoint id",
            ),
            (
                "rest.queues=gone",
                "unknown REST operation \"queues\": expected one of pods, endpoints, workers, releases, \
                 volumes, billing, catalog, openapi, balance, limits, logs",
            ),
            ("rest.pods=no-identity", "no-identity applies to the graphql API only"),
            ("jobs=delay", "delay takes a duration such as 2s in parentheses, got \"\""),
            ("jobs=delay(soon)", "delay takes a duration such as 2s in parentheses, got \"soon\""),
            ("jobs=rate-limited(x)", "rate-limited takes whole seconds in parentheses, got \"x\""),
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
        let fault =
            (0..FAULTS.len(), 1..100_000_u64).prop_map(|(position, number)| match &FAULTS[position].1 {
                Fault::Delay(_) => Fault::Delay(Duration::from_millis(number)),
                Fault::RateLimited { .. } => Fault::RateLimited { retry_after: number },
                Fault::Cut { .. } => Fault::Cut { lines: position },
                other => other.clone(),
            });
        let target = prop_oneof![
            Just(Target { scope: Scope::Api(Api::Graphql), endpoint: None }),
            "[A-Z][A-Za-z0-9_]{0,12}"
                .prop_map(|name| Target { scope: Scope::Operation(name), endpoint: None }),
            proptest::option::of("[a-z0-9]{14}")
                .prop_map(|endpoint| Target { scope: Scope::Api(Api::Jobs), endpoint }),
            (0..Operation::ALL.len())
                .prop_map(|position| Target { scope: Scope::Rest(Operation::ALL[position]), endpoint: None }),
        ];
        (target, fault, proptest::option::of(1..1_000_u32))
            .prop_map(|(target, fault, times)| Rule { target, fault, times })
            .prop_filter("possible", |rule| !rule.fault.is_graphql() || rule.target.is_graphql())
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(rule in any_rule()) {
            prop_assert_eq!(rule.to_string().parse(), Ok(rule));
        }

        #[test]
        fn no_text_breaks_the_parser(text in ".{0,60}") {
            let _outcome = text.parse::<Rule>();
        }
    }
}
