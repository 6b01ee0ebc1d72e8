//! The file of `--http.config.file`: the login and the certificates with which `check` reads an exporter that is protected. The format is
//! that of Prometheus's HTTP clients, so promtool and amtool take the same file. What concerns proxies, redirects and OAuth 2.0 is
//! not part of it here.

use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use reqwest::{Certificate, ClientBuilder, Identity};
use secrecy::zeroize::Zeroizing;
use serde::Deserialize;

use super::given::{Given, certificates, given, private_key};
use super::{FileError, Inputs, ReadError, yaml};
use crate::settings::Invalid;

/// How a client proves who it is, and whom it trusts.
#[derive(Debug, Clone, Default)]
pub struct HttpClient {
    /// Marked as sensitive, so that `Debug` does not show it.
    authorization: Option<HeaderValue>,
    tls: Option<Tls>,
}

#[derive(Debug, Clone)]
struct Tls {
    /// The authorities that sign the certificates of servers; `None` for those of the system.
    authorities: Option<Vec<Certificate>>,
    identity: Option<Identity>,
    accepts_any_server: bool,
}

impl HttpClient {
    /// Adds the settings to a client.
    pub(crate) fn apply(&self, mut builder: ClientBuilder) -> ClientBuilder {
        if let Some(authorization) = &self.authorization {
            builder = builder.default_headers(HeaderMap::from_iter([(AUTHORIZATION, authorization.clone())]));
        }
        let Some(Tls { authorities, identity, accepts_any_server }) = &self.tls else { return builder };
        if let Some(authorities) = authorities {
            builder = builder.tls_certs_only(authorities.clone());
        }
        if let Some(identity) = identity {
            builder = builder.identity(identity.clone());
        }
        builder.tls_danger_accept_invalid_certs(*accepts_any_server)
    }

    /// Whether there are settings of TLS, so a server without a scheme has `https`.
    pub(crate) fn has_tls(&self) -> bool {
        self.tls.is_some()
    }

    /// Whether requests have a login.
    pub(crate) fn has_login(&self) -> bool {
        self.authorization.is_some()
    }
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, expecting = "keys such as basic_auth or tls_config")]
struct File {
    basic_auth: Option<BasicAuth>,
    authorization: Option<Authorization>,
    tls_config: Option<TlsConfig>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "username and password_file")]
struct BasicAuth {
    username: Option<String>,
    username_file: Option<PathBuf>,
    password: Option<String>,
    password_file: Option<PathBuf>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "credentials_file")]
struct Authorization {
    r#type: Option<String>,
    credentials: Option<String>,
    credentials_file: Option<PathBuf>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "keys such as ca_file")]
struct TlsConfig {
    ca: Option<String>,
    ca_file: Option<PathBuf>,
    cert: Option<String>,
    cert_file: Option<PathBuf>,
    key: Option<String>,
    key_file: Option<PathBuf>,
    #[serde(default)]
    insecure_skip_verify: bool,
}

/// Reads the file and those that it names. Relative paths are relative to the file.
pub fn http_client(path: &Path, inputs: &Inputs) -> Result<HttpClient, FileError> {
    let text = inputs.file(path);
    let text = text.map_err(|error| FileError::new(path, format!("cannot read the file: {error}")))?;
    let file: File = yaml::parse(&text).map_err(|problem| FileError::at(path, problem))?;
    if file.has_secret() {
        // Read once more as what it is, for the warning about its permissions.
        drop(inputs.secret_file(path));
    }
    let folder = path.parent().unwrap_or_else(|| Path::new(""));
    file.read(folder, inputs).map_err(|error| FileError::new(path, error.to_string()))
}

impl File {
    fn has_secret(&self) -> bool {
        self.basic_auth.as_ref().is_some_and(|basic| basic.password.is_some())
            || self.authorization.as_ref().is_some_and(|other| other.credentials.is_some())
            || self.tls_config.as_ref().is_some_and(|tls| tls.key.is_some())
    }

    fn read(self, folder: &Path, inputs: &Inputs) -> Result<HttpClient, Invalid> {
        let Self { basic_auth, authorization, tls_config } = self;
        let authorization = match (basic_auth, authorization) {
            (Some(_), Some(_)) => {
                return Err(Invalid::new("basic_auth and authorization are both set; remove one of them"));
            }
            (Some(basic), None) => {
                Some(basic.header(folder, inputs).map_err(|error| error.within("basic_auth"))?)
            }
            (None, Some(other)) => {
                Some(other.header(folder, inputs).map_err(|error| error.within("authorization"))?)
            }
            (None, None) => None,
        };
        let tls = tls_config.map(|tls| tls.read(folder, inputs)).transpose();
        let tls = tls.map_err(|error| error.within("tls_config"))?;
        Ok(HttpClient { authorization, tls })
    }
}

impl BasicAuth {
    fn header(self, folder: &Path, inputs: &Inputs) -> Result<HeaderValue, Invalid> {
        let user = given(("username", self.username), ("username_file", self.username_file), |path| {
            inputs.file(&folder.join(path))
        })?;
        let password = given(
            ("password", self.password),
            ("password_file", self.password_file),
            secret(folder, inputs),
        )?;
        let user = user.ok_or_else(|| Invalid::new("username is missing"))?;
        if user.text.contains(':') {
            return Err(Invalid::new("a user name cannot contain a colon").within(user.field));
        }
        let password = password.as_ref().map(|password| password.text.trim()).unwrap_or_default();
        let login = Zeroizing::new(format!("{}:{password}", user.text.trim()));
        header("Basic", &Zeroizing::new(STANDARD.encode(login.as_bytes())))
    }
}

impl Authorization {
    fn header(self, folder: &Path, inputs: &Inputs) -> Result<HeaderValue, Invalid> {
        let credentials = given(
            ("credentials", self.credentials),
            ("credentials_file", self.credentials_file),
            secret(folder, inputs),
        )?;
        let credentials = credentials.ok_or_else(|| Invalid::new("credentials_file is missing"))?;
        let kind = self.r#type.as_deref().map(str::trim).filter(|kind| !kind.is_empty());
        if kind.is_some_and(|kind| kind.eq_ignore_ascii_case("basic")) {
            return Err(Invalid::new("use basic_auth for a user name and a password").within("type"));
        }
        header(kind.unwrap_or("Bearer"), credentials.text.trim())
    }
}

impl TlsConfig {
    fn read(self, folder: &Path, inputs: &Inputs) -> Result<Tls, Invalid> {
        let file = |path: PathBuf| inputs.file(&folder.join(path));
        let authorities = given(("ca", self.ca), ("ca_file", self.ca_file), file)?;
        let chain = given(("cert", self.cert), ("cert_file", self.cert_file), file)?;
        let key = given(("key", self.key), ("key_file", self.key_file), secret(folder, inputs))?;
        let identity = match (chain, key) {
            (Some(chain), Some(key)) => Some(identity(&chain, &key)?),
            (None, None) => None,
            _ => return Err(Invalid::new("cert_file and key_file belong together; set both or neither")),
        };
        let authorities = authorities.as_ref().map(trusted).transpose()?;
        Ok(Tls { authorities, identity, accepts_any_server: self.insecure_skip_verify })
    }
}

/// Reads a file with a secret.
fn secret(folder: &Path, inputs: &Inputs) -> impl FnOnce(PathBuf) -> Result<Zeroizing<String>, ReadError> {
    move |path| inputs.secret_file(&folder.join(path))
}

fn header(kind: &str, credentials: &str) -> Result<HeaderValue, Invalid> {
    let text = Zeroizing::new(format!("{kind} {credentials}"));
    let mut header = HeaderValue::from_str(&text).map_err(|_not_repeated| {
        Invalid::new("not allowed in an HTTP header; use one line without control characters")
    })?;
    header.set_sensitive(true);
    Ok(header)
}

fn trusted(given: &Given) -> Result<Vec<Certificate>, Invalid> {
    let unusable = |error: reqwest::Error| {
        Invalid::new(format!("a certificate cannot be used: {error}")).within(given.field)
    };
    certificates(given)?
        .iter()
        .map(|certificate| Certificate::from_der(certificate).map_err(unusable))
        .collect()
}

fn identity(chain: &Given, key: &Given) -> Result<Identity, Invalid> {
    // Checked one by one, because the error of both together does not say which it is.
    certificates(chain)?;
    private_key(key)?;
    let both = Zeroizing::new(format!("{}\n{}", *chain.text, *key.text));
    Identity::from_pem(both.as_bytes()).map_err(|_not_repeated| {
        Invalid::new("the certificate and its key cannot be used").within(chain.field)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(yaml: &str) -> Result<HttpClient, String> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("password"), "s3cret\n").unwrap();
        let path = folder.path().join("client.yml");
        std::fs::write(&path, yaml).unwrap();
        let prefix = format!("{}: ", path.display());
        http_client(&path, &Inputs::default()).map_err(|error| error.to_string().replace(&prefix, ""))
    }

    #[test]
    fn a_login_is_a_header_that_is_not_shown() {
        for (yaml, expected) in [
            ("basic_auth: {username: me, password_file: password}", "Basic bWU6czNjcmV0"),
            ("basic_auth: {username: me, password: s3cret}", "Basic bWU6czNjcmV0"),
            ("basic_auth: {username: me}", "Basic bWU6"),
            ("authorization: {credentials_file: password}", "Bearer s3cret"),
            ("authorization: {type: Token, credentials: s3cret}", "Token s3cret"),
        ] {
            let client = read(yaml).unwrap();
            assert_eq!(client.authorization.as_ref().unwrap().to_str().unwrap(), expected, "{yaml}");
            assert!(client.has_login() && !client.has_tls());
            let debug = format!("{client:?}");
            assert!(!debug.contains("s3cret") && !debug.contains("bWU6"), "{debug}");
        }
        let nothing = read("").unwrap();
        assert!(!nothing.has_login() && !nothing.has_tls());
    }

    #[test]
    fn what_cannot_be_used_is_one_line_without_the_secret() {
        for (yaml, expected) in [
            ("basic_auth: {password: s3cret}", "basic_auth: username is missing"),
            ("basic_auth: {username: 'a:b'}", "basic_auth: username: a user name cannot contain a colon"),
            ("authorization: {}", "authorization: credentials_file is missing"),
            ("authorization: {type: basic, credentials: s3cret}", "authorization: type: use basic_auth"),
            (
                "authorization: {credentials: \"s3cret\\nX: y\"}",
                "authorization: not allowed in an HTTP header",
            ),
            ("basic_auth: {username: a}\nauthorization: {credentials: s3cret}", "are both set"),
            ("basic_auth: {username: a, password: s3cret, password_file: password}", "are both set"),
            ("basic_auth: {username: a, password_file: none}", "password_file: cannot read none"),
            ("tls_config: {cert: s3cret}", "tls_config: cert_file and key_file belong together"),
            ("tls_config: {ca: s3cret}", "tls_config: ca: has no certificate in PEM format"),
            ("tls_config: {server_name: a}", "unknown field `server_name`"),
            ("proxy_url: http://s3cret", "unknown field `proxy_url`"),
        ] {
            let error = read(yaml).unwrap_err();
            assert!(error.contains(expected), "{yaml}: {error}");
            assert!(!error.contains("s3cret") && error.lines().count() == 1, "{error}");
        }
    }
}
