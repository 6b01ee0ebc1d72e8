//! The file of `--web.config.file`, in the format that Prometheus and its exporters share (exporter-toolkit).
//!
//! What promtool rejects is rejected here too. Some of what it accepts is not: what rustls does not have, such as TLS 1.1, and
//! the two kinds of client authentication that verify nothing.

mod tls;

use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::path::Path;

use serde::Deserialize;

use super::yaml;
use super::{FileError, Inputs};
use crate::settings::Invalid;
use crate::web::{Hash, HashError, Logins, Rate, Security};

/// The headers that can be set, with the values that they can have; without values, any.
const HEADERS: [(&str, &[&str]); 5] = [
    ("Content-Security-Policy", &[]),
    ("Strict-Transport-Security", &[]),
    ("X-Content-Type-Options", &["nosniff"]),
    ("X-Frame-Options", &["deny", "sameorigin"]),
    ("X-XSS-Protection", &[]),
];

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, expecting = "keys such as tls_server_config or basic_auth_users")]
struct File {
    #[serde(default)]
    tls_server_config: tls::Entry,
    #[serde(default)]
    http_server_config: Http,
    #[serde(default)]
    basic_auth_users: BTreeMap<String, String>,
    rate_limit: Option<Limit>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, expecting = "keys such as headers")]
struct Http {
    /// Accepted and ignored: TLS negotiates HTTP/1.1, whatever this says.
    #[serde(rename = "http2")]
    _http2: Option<bool>,
    #[serde(default)]
    headers: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "interval and burst")]
struct Limit {
    interval: String,
    burst: u32,
}

/// Reads the file and the certificates that it names.
pub fn security(path: &Path, inputs: &Inputs) -> Result<Security, FileError> {
    let text = inputs.file(path);
    let text = text.map_err(|error| FileError::new(path, format!("cannot read the file: {error}")))?;
    let File { tls_server_config, http_server_config, basic_auth_users, rate_limit } =
        yaml::parse(&text).map_err(|problem| FileError::at(path, problem))?;
    let folder = path.parent().unwrap_or_else(|| Path::new(""));
    let read = || {
        let tls = tls_server_config.read(folder, inputs);
        let tls = tls.map_err(|error| error.within("tls_server_config"))?;
        let headers =
            headers(http_server_config.headers).map_err(|error| error.within("http_server_config"))?;
        let logins = logins(basic_auth_users).map_err(|error| error.within("basic_auth_users"))?;
        let rate = rate_limit.map(rate).transpose().map_err(|error| error.within("rate_limit"))?.flatten();
        Ok(Security { tls, logins, headers, rate })
    };
    read().map_err(|error: Invalid| FileError::new(path, error.to_string()))
}

fn headers(given: BTreeMap<String, String>) -> Result<Vec<(&'static str, String)>, Invalid> {
    let checked = given.into_iter().map(|(given, value)| {
        let invalid = |problem: String| Invalid::new(problem).within(&given).within("headers");
        let Some((name, values)) = HEADERS.iter().find(|(name, _)| *name == given) else {
            let names = HEADERS.map(|(name, _)| name).join(", ");
            return Err(invalid(format!("this header cannot be set; use {names}")));
        };
        if !values.is_empty() && !values.contains(&value.as_str()) {
            return Err(invalid(format!("invalid value; use {}", values.join(" or "))));
        }
        if !value.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
            return Err(invalid("the value has characters that headers cannot have".to_owned()));
        }
        Ok((*name, value))
    });
    let is_set =
        |header: &Result<(&str, String), Invalid>| !matches!(header, Ok((_, value)) if value.is_empty());
    checked.filter(is_set).collect()
}

fn logins(given: BTreeMap<String, String>) -> Result<Option<Logins>, Invalid> {
    if given.is_empty() {
        return Ok(None);
    }
    let users = given.into_iter().map(|(user, hash)| {
        if user.contains(':') {
            return Err(Invalid::new("a user name cannot contain a colon").within(user));
        }
        let hash: Hash =
            hash.parse().map_err(|error: HashError| Invalid::new(error.to_string()).within(&user))?;
        Ok((user, hash))
    });
    let logins = Logins::new(users.collect::<Result<_, _>>()?);
    logins.map(Some).ok_or_else(|| Invalid::new("the system has no random numbers"))
}

fn rate(Limit { interval, burst }: Limit) -> Result<Option<Rate>, Invalid> {
    let parsed = humantime::parse_duration(&interval);
    let invalid = || {
        Invalid::new("invalid duration; use for example 500ms or 1s, or 0s for no limit").within("interval")
    };
    let interval = parsed.map_err(|_invalid| invalid())?;
    let burst = NonZeroU32::new(burst);
    let burst =
        burst.ok_or_else(|| Invalid::new("0 would refuse every request; use at least 1").within("burst"))?;
    Ok(Rate::new(interval, burst))
}
