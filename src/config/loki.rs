//! The Loki that log lines are sent to.

use std::path::Path;

use secrecy::SecretString;

use super::{ConfigError, Inputs, base_url};
use crate::logs::LokiTarget;

/// Path of the push API, relative to the base URL.
const PUSH: &str = "/loki/api/v1/push";

/// Validates the flags. The password comes from a file, because `ps` shows flags and URLs.
pub(crate) fn loki(
    inputs: &Inputs,
    url: &str,
    tenant: Option<&str>,
    login: Option<&Path>,
    allow_insecure: bool,
) -> Result<LokiTarget, ConfigError> {
    let flag = "--logs.loki-url";
    // Without a password, plain HTTP is allowed: most Lokis run without TLS.
    let mut url =
        base_url(url, login.is_none() || allow_insecure).map_err(|cause| ConfigError::Url { flag, cause })?;
    let base = url.path().trim_end_matches('/');
    let path = if base.ends_with(PUSH) { base.to_owned() } else { format!("{base}{PUSH}") };
    url.set_path(&path);
    let is_header_value = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
    if tenant.is_some_and(|tenant| !is_header_value(tenant)) {
        let cause = "not allowed in an HTTP header; use letters, digits and punctuation".to_owned();
        return Err(ConfigError::Loki { flag: "--logs.loki-tenant", cause });
    }
    let login = login.map(|path| read(inputs, path)).transpose()?;
    Ok(LokiTarget { url, tenant: tenant.map(str::to_owned), login })
}

fn read(inputs: &Inputs, path: &Path) -> Result<(String, SecretString), ConfigError> {
    let invalid = |cause: String| ConfigError::Loki {
        flag: "--logs.loki-basic-auth-file",
        cause: format!("{}: {cause}", path.display()),
    };
    let text = inputs.secret_file(path).map_err(|error| invalid(error.to_string()))?;
    let text = text.trim_end_matches(['\r', '\n']);
    if text.contains(char::is_control) || text.starts_with('\u{feff}') {
        let problem =
            "more than one line, a byte order mark or a control character; use one line: name:password";
        return Err(invalid(problem.to_owned()));
    }
    let login = text.split_once(':');
    let (name, password) = login.ok_or_else(|| invalid("missing colon; use name:password".to_owned()))?;
    Ok((name.to_owned(), SecretString::from(password)))
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use secrecy::ExposeSecret as _;

    use super::*;

    #[test]
    fn the_path_of_the_push_api_is_appended() {
        for (given, expected) in [
            ("http://loki:3100", "http://loki:3100/loki/api/v1/push"),
            ("https://logs.example/", "https://logs.example/loki/api/v1/push"),
            ("https://logs.example/gateway", "https://logs.example/gateway/loki/api/v1/push"),
            ("http://loki:3100/loki/api/v1/push", "http://loki:3100/loki/api/v1/push"),
        ] {
            assert_eq!(loki(&Inputs::default(), given, None, None, false).unwrap().url.as_str(), expected);
        }
    }

    #[test]
    fn a_password_comes_from_a_file_and_goes_over_https() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(b"me:s3cret:x\n").unwrap();
        let target =
            loki(&Inputs::default(), "https://loki.example", Some("team"), Some(file.path()), false).unwrap();
        let (name, password) = target.login.as_ref().unwrap();
        assert_eq!((&**name, password.expose_secret()), ("me", "s3cret:x"));
        assert!(!format!("{target:?}").contains("s3cret"));
        for (url, tenant, message) in [
            ("http://loki.example", None, "unencrypted"),
            ("https://me:s3cret@loki.example", None, "user name or password"),
            ("https://loki.example", Some("two words"), "--logs.loki-tenant"),
        ] {
            let error =
                loki(&Inputs::default(), url, tenant, Some(file.path()), false).unwrap_err().to_string();
            assert!(error.contains(message) && !error.contains("s3cret"), "{error}");
        }
    }
}
