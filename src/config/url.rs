//! Base URLs: which may carry a key, and which may not.

use std::str::FromStr;

use ::url::Url;

use runpod::is_loopback;

/// Why a text cannot be a base URL. Says nothing of the text but its host: it may hold anything.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UrlError {
    /// No URL at all, or one without a host.
    #[error("not a URL with a host; use for example https://api.runpod.io/graphql")]
    Malformed,
    /// Neither http nor https.
    #[error("scheme \"{0}\" is not supported; use https")]
    Scheme(String),
    /// The key would travel in clear.
    #[error("plain http to {0} would send the key unencrypted; use https, or set --runpod.allow-insecure")]
    Insecure(String),
    /// A place where people put secrets, which would then show in logs.
    #[error("must not contain {0}; do not put secrets in a URL")]
    Extra(&'static str),
}

/// Reads a base URL. Plain http is refused but for this machine, or where `allow_insecure` says that it is meant.
pub fn base_url(text: &str, allow_insecure: bool) -> Result<Url, UrlError> {
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

/// Where a page is that others lead to, without a slash at the end. No key goes there: plain http is fine, and nothing but
/// http: a browser does what other schemes say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageUrl(String);

impl PageUrl {
    /// The address.
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

    #[test]
    fn a_page_is_somewhere_a_browser_may_be_sent() {
        let address = |text: &str| text.parse::<PageUrl>().map(|page| page.0);
        assert_eq!(address("http://grafana.example/sub/").unwrap(), "http://grafana.example/sub");
        for bad in ["javascript:alert(1)", "grafana", "data:text/html,x", "https://a:b@grafana.example"] {
            address(bad).unwrap_err();
        }
    }

    #[test]
    fn a_key_never_travels_in_clear_unless_that_is_meant() {
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
    fn what_may_hold_a_secret_is_refused_without_being_repeated() {
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
