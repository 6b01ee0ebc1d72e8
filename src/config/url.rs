//! Base URLs. A URL that keys are sent to must use HTTPS, with few exceptions.

use std::str::FromStr;

use ::url::Url;

use runpod::is_loopback;

/// Why a text is not a valid base URL. Messages repeat at most its host, because the text may contain secrets.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UrlError {
    /// Not a URL, or one without a host.
    #[error("not a URL with a host; use for example https://host.example")]
    Malformed,
    /// Neither http nor https.
    #[error("scheme \"{0}\" is not supported; use https")]
    Scheme(String),
    /// The key would be sent unencrypted.
    #[error("plain http to {0} would send the key unencrypted; use https, or set --runpod.allow-insecure")]
    Insecure(String),
    /// A part that may contain a secret, which logs would then show.
    #[error("must not contain {0}; do not put secrets in a URL")]
    Extra(&'static str),
}

impl UrlError {
    /// The error in words, with an example that fits a setting.
    pub(crate) fn about(&self, setting: &str) -> String {
        let example = match setting {
            "--runpod.graphql-url" | "graphql_url" => "https://api.runpod.io/graphql",
            "--runpod.jobs-url" | "jobs_url" => "https://api.runpod.ai/v2",
            "--runpod.rest-url" | "rest_url" => "https://api.runpod.io/v2",
            "--web.grafana-url" => "https://grafana.example.com",
            "--web.external-url" => "https://runpod-exporter.example.com",
            "--alertmanager.url" => "http://alertmanager:9093",
            "--alertmanager.external-url" => "https://alertmanager.example.com",
            "--logs.loki-url" => "http://loki:3100",
            "--from" => "http://localhost:10736",
            _ => return self.to_string(),
        };
        match self {
            Self::Malformed => format!("not a URL with a host; use for example {example}"),
            other => other.to_string(),
        }
    }
}

/// Parses a base URL. Plain HTTP is allowed to this machine only, unless `allow_insecure` is set.
pub(crate) fn base_url(text: &str, allow_insecure: bool) -> Result<Url, UrlError> {
    let url = Url::parse(text.trim()).map_err(|_malformed| UrlError::Malformed)?;
    let host = url.host().ok_or(UrlError::Malformed)?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(UrlError::Extra("a user name or password"));
    }
    if url.query().is_some() {
        return Err(UrlError::Extra("a query (?…)"));
    }
    if url.fragment().is_some() {
        return Err(UrlError::Extra("a fragment (#…)"));
    }
    match url.scheme() {
        "https" => Ok(url),
        "http" if allow_insecure || is_loopback(&url) => Ok(url),
        "http" => Err(UrlError::Insecure(host.to_string())),
        other => Err(UrlError::Scheme(other.to_owned())),
    }
}

/// The URL of a page to link to, without a trailing slash. No key is sent there, so plain HTTP is allowed. Schemes other
/// than http and https are not, because a browser might execute them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageUrl(String);

impl PageUrl {
    /// The URL.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for PageUrl {
    type Err = UrlError;

    fn from_str(text: &str) -> Result<Self, UrlError> {
        Ok(Self(base_url(text, true)?.as_str().trim_end_matches('/').to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// That of another API would send readers to the wrong place.
    #[test]
    fn the_example_is_one_of_the_setting() {
        for (setting, example) in [
            ("--web.grafana-url", "https://grafana.example.com"),
            ("--alertmanager.url", "http://alertmanager:9093"),
            ("jobs_url", "https://api.runpod.ai/v2"),
        ] {
            assert!(UrlError::Malformed.about(setting).ends_with(&format!("for example {example}")));
            base_url(example, true).unwrap();
        }
        assert_eq!(UrlError::Extra("x").about("--from"), UrlError::Extra("x").to_string());
    }

    #[test]
    fn only_http_urls_are_linked_to() {
        let parse = |text: &str| text.parse::<PageUrl>().map(|page| page.0);
        assert_eq!(parse("http://grafana.example/sub/").unwrap(), "http://grafana.example/sub");
        for bad in ["javascript:alert(1)", "grafana", "data:text/html,x", "https://a:b@grafana.example"] {
            parse(bad).unwrap_err();
        }
    }

    #[test]
    fn a_key_is_not_sent_unencrypted_unless_allowed() {
        for fine in
            ["https://api.runpod.io/graphql", "http://localhost:1/v2", "http://127.0.0.1:1", "http://[::1]:1"]
        {
            base_url(fine, false).unwrap();
        }
        let error = base_url("http://gateway.example/v2", false).unwrap_err();
        assert_eq!(error, UrlError::Insecure("gateway.example".to_owned()));
        base_url("http://gateway.example/v2", true).unwrap();
    }

    #[test]
    fn a_part_that_may_contain_a_secret_is_rejected_and_not_repeated() {
        for bad in [
            "https://user:SECRET@host/",
            "https://host/?api_key=SECRET",
            "https://host/#SECRET",
            "SECRET",
            "https://",
            "file:///SECRET",
            "ftp://host/SECRET",
        ] {
            let error = base_url(bad, true).unwrap_err().to_string();
            assert!(!error.contains("SECRET"), "{bad}: {error}");
        }
    }
}
