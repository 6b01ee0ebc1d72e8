//! The proxy of the environment, as the HTTP library chooses it. The library ignores a value that it cannot use and connects
//! directly, and its errors do not name the proxy; here, the first is an error and the second names it.

use std::fmt;

use hyper_util::client::proxy::matcher::Matcher;
use url::Url;

use crate::error::{ProxyProblem, SetupError};

/// A proxy, and the variable that names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Proxy {
    variable: &'static str,
    /// Scheme, host and port, without the login.
    address: String,
}

/// The variables of a scheme, and those of all schemes. The first that is set counts; one that is blank is unset.
const HTTPS: [&str; 2] = ["HTTPS_PROXY", "https_proxy"];
const HTTP: [&str; 2] = ["HTTP_PROXY", "http_proxy"];
const ALL: [&str; 2] = ["ALL_PROXY", "all_proxy"];
const EXCEPT: [&str; 2] = ["NO_PROXY", "no_proxy"];

impl Proxy {
    /// The proxy for requests to this URL.
    pub(super) fn of(url: &Url) -> Result<Option<Self>, SetupError> {
        Self::choose(url, environment)
    }

    fn choose(url: &Url, variable: impl Fn(&str) -> Option<String>) -> Result<Option<Self>, SetupError> {
        // Set in a CGI script, where a client controls HTTP_PROXY.
        if variable("REQUEST_METHOD").is_some() {
            return Ok(None);
        }
        let first =
            |names: [&'static str; 2]| names.into_iter().find_map(|name| Some((name, variable(name)?)));
        let set = |names| first(names).filter(|(_, value)| !value.trim().is_empty());
        let own = if url.scheme() == "https" { HTTPS } else { HTTP };
        let Some((variable, value)) = set(own).or_else(|| set(ALL)) else { return Ok(None) };
        let except = first(EXCEPT).map(|(_, hosts)| hosts).unwrap_or_default();
        let Ok(target) = url.as_str().parse() else { return Ok(None) };
        let through =
            |proxy: String| Matcher::builder().all(proxy).no(except.clone()).build().intercept(&target);
        if through("http://proxy".to_owned()).is_none() {
            return Ok(None); // the host is an exception
        }
        let Some(proxy) = through(value) else {
            return Err(SetupError::Proxy { variable, problem: ProxyProblem::Unreadable });
        };
        let address = proxy.uri().to_string().trim_end_matches('/').to_owned();
        match proxy.uri().scheme_str() {
            Some("http" | "https") => Ok(Some(Self { variable, address })),
            _ => Err(SetupError::Proxy { variable, problem: ProxyProblem::Scheme { address } }),
        }
    }

    /// Whether the proxy is connected to over TLS.
    pub(super) fn is_https(&self) -> bool {
        self.address.starts_with("https:")
    }
}

impl fmt::Display for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "proxy {} from {}", self.address, self.variable)
    }
}

#[expect(clippy::disallowed_methods, reason = "the variables that the HTTP library reads")]
fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choose(url: &str, variables: &[(&str, &str)]) -> Result<Option<String>, String> {
        let variable = |name: &str| {
            variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
        };
        let proxy = Proxy::choose(&Url::parse(url).unwrap(), variable);
        proxy.map(|proxy| proxy.map(|proxy| proxy.to_string())).map_err(|error| error.to_string())
    }

    #[test]
    fn a_proxy_is_named_without_its_login() {
        let https = "https://api.runpod.io/graphql";
        let of = |name: &str, value: &str| choose(https, &[(name, value)]).unwrap();
        assert_eq!(
            of("HTTPS_PROXY", "http://u:hunter2@proxy:3128/").unwrap(),
            "proxy http://proxy:3128 from HTTPS_PROXY"
        );
        assert_eq!(of("https_proxy", "proxy:3128").unwrap(), "proxy http://proxy:3128 from https_proxy");
        assert_eq!(of("ALL_PROXY", "https://proxy").unwrap(), "proxy https://proxy from ALL_PROXY");
        assert_eq!(of("HTTP_PROXY", "http://proxy"), None, "for another scheme");
        for blank in ["", " ", "\t\n"] {
            assert_eq!(of("HTTPS_PROXY", blank), None, "{blank:?}");
        }
        assert_eq!(
            choose(https, &[("HTTPS_PROXY", ""), ("ALL_PROXY", "http://all")]).unwrap().unwrap(),
            "proxy http://all from ALL_PROXY"
        );
    }

    #[test]
    fn a_proxy_that_cannot_be_used_is_an_error_without_its_password() {
        for scheme in ["socks5", "socks5h", "socks4"] {
            let error =
                choose("https://a.b/", &[("HTTPS_PROXY", &format!("{scheme}://u:hunter2@host:1080"))])
                    .unwrap_err();
            assert!(
                error.starts_with(&format!("HTTPS_PROXY: cannot use the proxy {scheme}://host:1080")),
                "{error}"
            );
        }
        for value in
            ["not a url", "ftp://u:hunter2@host", "u:hunter2@", "http://", "::1", "http://u:hunter2 @host"]
        {
            let error = choose("http://a.b/", &[("http_proxy", value)]).unwrap_err();
            assert!(error.starts_with("http_proxy: ") && !error.contains("hunter2"), "{value}: {error}");
        }
    }

    #[test]
    fn an_exception_needs_no_proxy() {
        let rubbish = ("HTTPS_PROXY", "not a url");
        for hosts in ["runpod.io", "*", "10.0.0.0/8, .runpod.io"] {
            assert_eq!(
                choose("https://api.runpod.io/", &[rubbish, ("NO_PROXY", hosts)]),
                Ok(None),
                "{hosts}"
            );
        }
        assert!(choose("https://api.runpod.io/", &[rubbish, ("NO_PROXY", "example.com")]).is_err());
        assert_eq!(choose("https://10.1.2.3/", &[rubbish, ("no_proxy", "10.0.0.0/8")]), Ok(None));
        assert_eq!(choose("https://a.b/", &[rubbish, ("REQUEST_METHOD", "GET")]), Ok(None));
    }
}
