//! The base URLs of the APIs, and URLs below them.

use url::{Host, Url};

use crate::operation::Api;

/// The base URLs of an account's APIs. A trailing slash makes no difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Urls {
    /// The GraphQL API, for example `https://api.runpod.io/graphql`.
    pub graphql: Url,
    /// The job API, for example `https://api.runpod.ai/v2`; each endpoint has its own below this URL.
    pub jobs: Url,
    /// The REST API, for example `https://api.runpod.io/v2`.
    pub rest: Url,
}

impl Urls {
    /// Whether all of them are on this machine.
    pub(crate) fn are_loopback(&self) -> bool {
        self.all().into_iter().all(is_loopback)
    }

    /// The base URL of an API.
    pub(crate) const fn of(&self, api: Api) -> &Url {
        match api {
            Api::Graphql => &self.graphql,
            Api::Jobs => &self.jobs,
            Api::Rest => &self.rest,
        }
    }

    pub(crate) fn all(&self) -> [&Url; 3] {
        [&self.graphql, &self.jobs, &self.rest]
    }
}

/// Whether the host of a URL is this machine. Host names are not resolved.
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// Whether a text, such as the id of an endpoint, can be a segment of a path and remain one: `..` would name another resource,
/// and so would a slash on a server that decodes it.
pub(crate) fn is_segment(text: &str) -> bool {
    let is_unsafe = |character: char| {
        matches!(character, '/' | '\\') || character.is_control() || character.is_whitespace()
    };
    !matches!(text, "" | "." | "..") && !text.contains(is_unsafe)
}

/// The URL with these path segments and this query below a base URL. Segments are percent-encoded.
pub(crate) fn below(base: &Url, segments: &[&str], query: &[(&str, &str)]) -> Url {
    let mut url = base.clone();
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty().extend(segments);
    }
    if !query.is_empty() {
        url.query_pairs_mut().extend_pairs(query);
    }
    url
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_segment_names_one_resource() {
        for id in ["6rhn4z1gl8o52p", "a.b", "...", "ä%2e", "a?b#c", "a:b"] {
            assert!(is_segment(id), "{id}");
            let url = below(&Url::parse("http://host/v2").unwrap(), &[id, "health"], &[]);
            assert_eq!(url.path_segments().unwrap().count(), 3, "{url}");
            assert!(url.query().is_none() && url.fragment().is_none(), "{url}");
        }
        for id in ["", ".", "..", "../x", "a/b", "a\\b", "a\nb", "a b", "\u{85}", "a\0", "\u{2028}"] {
            assert!(!is_segment(id), "{id:?}");
        }
    }

    #[test]
    fn a_trailing_slash_makes_no_difference() {
        for base in ["http://host/v2", "http://host/v2/"] {
            let url = below(&Url::parse(base).unwrap(), &["a/b", "c"], &[("d", "e f")]);
            assert_eq!(url.as_str(), "http://host/v2/a%2Fb/c?d=e+f");
        }
    }
}
