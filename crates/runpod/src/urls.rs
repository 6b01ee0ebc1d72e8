//! The base URLs of the APIs, and URLs below them.

use url::{Host, Url};

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
    fn a_trailing_slash_makes_no_difference() {
        for base in ["http://host/v2", "http://host/v2/"] {
            let url = below(&Url::parse(base).unwrap(), &["a/b", "c"], &[("d", "e f")]);
            assert_eq!(url.as_str(), "http://host/v2/a%2Fb/c?d=e+f");
        }
    }
}
