//! The section `tls_server_config`: certificates, versions, cipher suites and curves, by their names in Go.

use std::path::{Path, PathBuf};

use rustls::crypto::{SupportedKxGroup, ring};
use rustls::version::{TLS12, TLS13};
use rustls::{NamedGroup, RootCertStore, SupportedCipherSuite, SupportedProtocolVersion};
use serde::Deserialize;

use crate::config::Inputs;
use crate::config::given::{Given, certificates, given, private_key};
use crate::settings::Invalid;
use crate::web::{AllowedName, ClientCertificates, Tls, TlsOptions};

/// The curves that rustls has, by their names in Go.
const CURVES: [(&str, NamedGroup); 3] = [
    ("X25519", NamedGroup::X25519),
    ("CurveP256", NamedGroup::secp256r1),
    ("CurveP384", NamedGroup::secp384r1),
];

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, expecting = "keys such as cert_file and key_file")]
pub(super) struct Entry {
    cert: Option<String>,
    cert_file: Option<PathBuf>,
    key: Option<String>,
    key_file: Option<PathBuf>,
    client_auth_type: Option<String>,
    client_ca: Option<String>,
    client_ca_file: Option<PathBuf>,
    #[serde(default)]
    client_allowed_sans: Vec<String>,
    min_version: Option<String>,
    max_version: Option<String>,
    #[serde(default)]
    cipher_suites: Vec<String>,
    prefer_server_cipher_suites: Option<bool>,
    #[serde(default)]
    curve_preferences: Vec<String>,
}

impl Entry {
    /// Reads the certificates. `None` if the section is empty. Relative paths are relative to `folder`.
    pub(super) fn read(self, folder: &Path, inputs: &Inputs) -> Result<Option<Tls>, Invalid> {
        if self.is_empty() {
            return Ok(None);
        }
        let file = |path: PathBuf| inputs.file(&folder.join(path));
        let secret = |path: PathBuf| inputs.secret_file(&folder.join(path));
        let chain = given(("cert", self.cert), ("cert_file", self.cert_file), file)?;
        let key = given(("key", self.key), ("key_file", self.key_file), secret)?;
        let authorities =
            given(("client_ca", self.client_ca), ("client_ca_file", self.client_ca_file), file)?;
        let required =
            |field: &str| Invalid::new(format!("{field} is missing: TLS needs a certificate and its key"));
        let chain = certificates(&chain.ok_or_else(|| required("cert_file"))?)?;
        let key = private_key(&key.ok_or_else(|| required("key_file"))?)?;
        let clients = clients(self.client_auth_type.as_deref(), authorities, &self.client_allowed_sans)?;
        let options = TlsOptions {
            chain,
            key,
            clients,
            versions: versions(self.min_version.as_deref(), self.max_version.as_deref())?,
            suites: suites(&self.cipher_suites)?,
            curves: curves(&self.curve_preferences)?,
            prefers_own_order: self.prefer_server_cipher_suites.unwrap_or(true),
        };
        Tls::new(options).map(Some).map_err(|error| Invalid::new(error.to_string()))
    }

    fn is_empty(&self) -> bool {
        let Self {
            cert,
            cert_file,
            key,
            key_file,
            client_auth_type,
            client_ca,
            client_ca_file,
            client_allowed_sans,
            ..
        } = self;
        let texts = [cert, key, client_auth_type, client_ca];
        let files = [cert_file, key_file, client_ca_file];
        texts.iter().all(|text| text.is_none())
            && files.iter().all(|file| file.is_none())
            && client_allowed_sans.is_empty()
    }
}

fn clients(
    kind: Option<&str>,
    authorities: Option<Given>,
    names: &[String],
) -> Result<Option<ClientCertificates>, Invalid> {
    let kind = kind.unwrap_or_default();
    let optional = match kind {
        "" | "NoClientCert" if authorities.is_none() && names.is_empty() => return Ok(None),
        "" | "NoClientCert" => {
            let problem =
                "client certificates are configured but not required; use RequireAndVerifyClientCert";
            return Err(Invalid::new(problem).within("client_auth_type"));
        }
        "VerifyClientCertIfGiven" => true,
        "RequireAndVerifyClientCert" => false,
        "RequestClientCert" | "RequireAnyClientCert" => {
            let problem = "not supported: it accepts certificates that nobody has signed; use RequireAndVerifyClientCert";
            return Err(Invalid::new(problem).within("client_auth_type"));
        }
        _ => {
            let problem = "unknown; use NoClientCert, VerifyClientCertIfGiven or RequireAndVerifyClientCert";
            return Err(Invalid::new(problem).within("client_auth_type"));
        }
    };
    if optional && !names.is_empty() {
        let problem =
            "a client without a certificate has no name; use client_auth_type: RequireAndVerifyClientCert";
        return Err(Invalid::new(problem).within("client_allowed_sans"));
    }
    let given = authorities.ok_or_else(|| {
        Invalid::new("client_ca_file is missing: it has the authorities that sign client certificates")
    })?;
    let mut authorities = RootCertStore::empty();
    for certificate in certificates(&given)? {
        let added = authorities.add(certificate);
        added.map_err(|error| {
            Invalid::new(format!("a certificate cannot be used: {error}")).within(given.field)
        })?;
    }
    let names = names.iter().map(|name| {
        name.parse::<AllowedName>()
            .map_err(|error| Invalid::new(error.to_string()).within("client_allowed_sans"))
    });
    Ok(Some(ClientCertificates { authorities, optional, names: names.collect::<Result<_, _>>()? }))
}

fn versions(
    lowest: Option<&str>,
    highest: Option<&str>,
) -> Result<Vec<&'static SupportedProtocolVersion>, Invalid> {
    let lowest = version("min_version", lowest.unwrap_or("TLS12"))?;
    let highest = version("max_version", highest.unwrap_or("TLS13"))?;
    if lowest > highest {
        return Err(Invalid::new("is above max_version").within("min_version"));
    }
    let all = [(12, &TLS12), (13, &TLS13)];
    Ok(all
        .into_iter()
        .filter(|(number, _)| (lowest..=highest).contains(number))
        .map(|(_, version)| version)
        .collect())
}

fn version(field: &str, name: &str) -> Result<u8, Invalid> {
    let problem = match name {
        "TLS12" => return Ok(12),
        "TLS13" => return Ok(13),
        "TLS10" | "TLS11" => "not supported: TLS 1.0 and 1.1 are broken; use TLS12 or TLS13",
        _ => "unknown; use TLS12 or TLS13",
    };
    Err(Invalid::new(problem).within(field))
}

/// The cipher suites with these names, and those of TLS 1.3, which cannot be chosen.
fn suites(names: &[String]) -> Result<Vec<SupportedCipherSuite>, Invalid> {
    let all = ring::ALL_CIPHER_SUITES;
    if names.is_empty() {
        return Ok(ring::DEFAULT_CIPHER_SUITES.to_vec());
    }
    let name_of =
        |suite: &SupportedCipherSuite| suite.suite().as_str().unwrap_or_default().replace("TLS13_", "TLS_");
    let mut chosen: Vec<_> = all.iter().filter(|suite| suite.tls13().is_some()).copied().collect();
    for name in names {
        // Go has two names for one suite.
        let full = if name.ends_with("_CHACHA20_POLY1305") { format!("{name}_SHA256") } else { name.clone() };
        let Some(suite) = all.iter().find(|suite| name_of(suite) == full) else {
            let known: Vec<_> = all.iter().map(name_of).collect();
            let problem = format!("{name} is unknown or not supported; use {}", known.join(", "));
            return Err(Invalid::new(problem).within("cipher_suites"));
        };
        if suite.tls13().is_none() && !chosen.contains(suite) {
            chosen.push(*suite);
        }
    }
    Ok(chosen)
}

fn curves(names: &[String]) -> Result<Vec<&'static dyn SupportedKxGroup>, Invalid> {
    let all = ring::ALL_KX_GROUPS;
    if names.is_empty() {
        return Ok(ring::DEFAULT_KX_GROUPS.to_vec());
    }
    let curve = |name: &String| {
        let group = CURVES.iter().find(|(known, _)| known == name).map(|(_, group)| *group);
        let found = all.iter().find(|curve| Some(curve.name()) == group).copied();
        let known = CURVES.map(|(name, _)| name).join(", ");
        found.ok_or_else(|| {
            Invalid::new(format!("{name} is unknown or not supported; use {known}"))
                .within("curve_preferences")
        })
    };
    names.iter().map(curve).collect()
}
