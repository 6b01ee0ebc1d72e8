//! The parameters of `/sd/pods`.

use std::collections::BTreeSet;
use std::num::NonZeroU16;

use url::form_urlencoded;

use crate::settings::Filter;

/// The path of metrics by default.
const PATH: &str = "/metrics";

/// Maximum length of a path or a pattern in bytes.
const MAX_LENGTH: usize = 1_024;

/// Maximum number of ports. A pod exposes fewer.
const MAX_PORTS: usize = 64;

/// Which pods and ports are wanted.
#[derive(Debug)]
pub(super) struct Query {
    pub(super) ports: BTreeSet<NonZeroU16>,
    pub(super) path: String,
    pub(super) account: Option<String>,
    /// By name or id.
    pub(super) names: Filter,
    pub(super) images: Filter,
}

/// A wrong parameter.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum QueryError {
    #[error("missing ?port=N, the port of the metrics in the container; repeat it for several ports")]
    NoPort,
    #[error("invalid port {0:?}; use a number between 1 and 65535, and repeat port= for several")]
    Port(String),
    #[error("invalid path {0:?}; use for example /metrics, without ? and #")]
    Path(String),
    #[error("invalid pattern in {0}=: {1}")]
    Pattern(&'static str, String),
    #[error("more than {MAX_PORTS} ports; use several entries of http_sd_configs")]
    Ports,
    #[error("{0}= is empty; leave it out")]
    Empty(&'static str),
    #[error("{0}= is longer than {MAX_LENGTH} bytes")]
    Long(String),
    #[error("{0}= is repeated; use it once")]
    Repeated(&'static str),
    #[error("unknown parameter {0:?}; use port, path, account, name and image")]
    Unknown(String),
}

impl Query {
    pub(super) fn parse(query: &str) -> Result<Self, QueryError> {
        let (mut ports, mut path, mut account) = (BTreeSet::new(), None, None);
        let (mut names, mut images) = (Vec::new(), Vec::new());
        for (parameter, value) in form_urlencoded::parse(query.as_bytes()) {
            if value.len() > MAX_LENGTH {
                return Err(QueryError::Long(parameter.into_owned()));
            }
            let value = value.into_owned();
            match &*parameter {
                "port" => drop(ports.insert(value.parse().map_err(|_invalid| QueryError::Port(value))?)),
                "path" => once("path", &mut path, value)?,
                "account" => once("account", &mut account, value)?,
                "name" => names.push(given("name", value)?),
                "image" => images.push(value),
                _ => return Err(QueryError::Unknown(parameter.into_owned())),
            }
        }
        if ports.is_empty() {
            return Err(QueryError::NoPort);
        }
        if ports.len() > MAX_PORTS {
            return Err(QueryError::Ports);
        }
        let path = path.unwrap_or_else(|| PATH.to_owned());
        if !path.starts_with('/') || path.contains(['?', '#']) || path.contains(char::is_control) {
            return Err(QueryError::Path(path));
        }
        let (names, images) = (filter("name", &names)?, filter("image", &images)?);
        Ok(Self { ports, path, account, names, images })
    }
}

fn once(parameter: &'static str, place: &mut Option<String>, value: String) -> Result<(), QueryError> {
    match place.replace(value) {
        None => Ok(()),
        Some(_) => Err(QueryError::Repeated(parameter)),
    }
}

/// A pattern for names that is there: an empty one would match no pod. Of images, it matches those that are unknown.
fn given(parameter: &'static str, pattern: String) -> Result<String, QueryError> {
    if pattern.is_empty() { Err(QueryError::Empty(parameter)) } else { Ok(pattern) }
}

fn filter(parameter: &'static str, patterns: &[String]) -> Result<Filter, QueryError> {
    Filter::new(patterns, &[]).map_err(|error| {
        // The error of a syntax draws the pattern over several lines; the last one has the cause.
        let text = error.to_string();
        let cause = text.lines().last().unwrap_or_default();
        QueryError::Pattern(parameter, cause.trim_start_matches("error: ").to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(query: &str) -> String {
        let error = Query::parse(query).unwrap_err().to_string();
        assert!(!error.contains('\n'), "{error:?} has one line");
        error
    }

    #[test]
    fn parameters_are_parsed() {
        let query = Query::parse("port=9400&port=8000&port=8000&name=vllm-.%2A&name=tgi&path=%2Fm").unwrap();
        assert_eq!(query.ports.iter().map(|port| port.get()).collect::<Vec<_>>(), [8_000, 9_400]);
        assert_eq!((query.path.as_str(), query.account), ("/m", None));
        assert!(query.names.admits("vllm-dev", "x") && query.names.admits("tgi", "x"));
        assert!(!query.names.admits("my-vllm-dev", "x"), "patterns are anchored");
        assert!(query.images.admits("any", "any"));
        assert_eq!(Query::parse("port=1").unwrap().path, "/metrics");
    }

    #[test]
    fn a_wrong_parameter_is_an_error_of_one_line() {
        let no_port =
            "missing ?port=N, the port of the metrics in the container; repeat it for several ports";
        assert_eq!(error(""), no_port);
        assert_eq!(error("name=a"), no_port);
        for port in ["", "0", "65536", "-1", "http", "8000,9400", "8000/http", "8e3"] {
            assert!(error(&format!("port={port}")).starts_with("invalid port"), "{port}");
        }
        for path in ["metrics", "", "/a?b", "/a%23b", "/a%0Ab", "http://evil.example/"] {
            assert!(error(&format!("port=1&path={path}")).starts_with("invalid path"), "{path}");
        }
        assert_eq!(error("port=1&name="), "name= is empty; leave it out");
        let ports: Vec<_> = (1..=65).map(|port| format!("port={port}")).collect();
        assert_eq!(error(&ports.join("&")), "more than 64 ports; use several entries of http_sd_configs");
        assert_eq!(error("port=1&name=("), "invalid pattern in name=: unclosed group");
        assert!(error("port=1&image=a{1000}{1000}{1000}").starts_with("invalid pattern in image="));
        assert_eq!(error(&format!("port=1&name={}", "a".repeat(1_025))), "name= is longer than 1024 bytes");
        assert_eq!(error("port=1&account=a&account=b"), "account= is repeated; use it once");
        assert_eq!(
            error("ports=8000"),
            "unknown parameter \"ports\"; use port, path, account, name and image"
        );
    }
}
