//! The file of `--web.config.file`: promtool accepts what the exporter accepts, and errors name the setting.

use runpod_exporter::testing::config::{Inputs, security};

use super::*;
use crate::prometheus::server::spawn;

/// A folder with certificates.
fn folder() -> TempDir {
    let folder = TempDir::new().unwrap();
    let authority = Authority::new();
    let identity = authority.sign(&[loopback()]);
    for (name, text) in [
        ("cert.pem", identity.certificate),
        ("key.pem", identity.key.serialize_pem()),
        ("other.pem", authority.sign(&[]).key.serialize_pem()),
        ("ca.pem", authority.pem()),
        ("empty.pem", String::new()),
    ] {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

fn parse(folder: &TempDir, yaml: &str) -> Result<(), String> {
    let path = folder.path().join("web.yml");
    std::fs::write(&path, yaml).unwrap();
    let text = |error: runpod_exporter::testing::config::FileError| error.to_string();
    security(&path, &Inputs::default()).map(drop).map_err(text)
}

/// The exporter accepts an example, with the files of the test in place of those that it names.
pub(crate) fn accepts(example: &str) {
    let names = [("server.pem", "cert.pem"), ("server.key", "key.pem"), ("clients.pem", "ca.pem")];
    let yaml = names.iter().fold(example.to_owned(), |yaml, (name, own)| yaml.replace(name, own));
    parse(&folder(), &yaml).unwrap_or_else(|error| panic!("{yaml}: {error}"));
}

const SERVER: &str = "tls_server_config: {cert_file: cert.pem, key_file: key.pem, ";

#[tokio::test]
async fn what_is_accepted_is_accepted_by_promtool() {
    let folder = folder();
    let hash = bcrypt::hash("x", 4).unwrap();
    for yaml in [
        String::new(),
        "{}".to_owned(),
        format!("{SERVER}}}"),
        format!("{SERVER}client_auth_type: NoClientCert}}"),
        format!("{SERVER}client_auth_type: VerifyClientCertIfGiven, client_ca_file: ca.pem}}"),
        format!("{SERVER}client_auth_type: RequireAndVerifyClientCert, client_ca_file: ca.pem}}"),
        format!("{SERVER}min_version: TLS12, max_version: TLS12, prefer_server_cipher_suites: false}}"),
        format!("{SERVER}cipher_suites: [TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, TLS_AES_128_GCM_SHA256, TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256]}}"),
        format!("{SERVER}curve_preferences: [CurveP256, X25519, CurveP384]}}"),
        format!("basic_auth_users: {{alice: \"{hash}\", bob: \"{}\"}}", hash.replace("$2b$", "$2y$")),
        "http_server_config: {http2: false, headers: {X-Frame-Options: sameorigin, Content-Security-Policy: \"default-src 'self'\", X-XSS-Protection: \"\"}}".to_owned(),
    ] {
        parse(&folder, &yaml).unwrap_or_else(|error| panic!("{yaml}: {error}"));
        let mut command = Command::new("promtool");
        command.args(["check", "web-config"]).arg(folder.path().join("web.yml"));
        let output = spawn(command.stdout(Stdio::piped()).stderr(Stdio::piped())).wait_with_output().await.unwrap();
        assert!(output.status.success(), "{yaml}: {}", String::from_utf8_lossy(&output.stdout));
    }
}

#[test]
fn an_error_names_the_setting_and_says_what_to_do() {
    let folder = folder();
    for (yaml, words) in [
        ("nothing: 1", "nothing"),
        ("tls_server_config: {cert_file: cert.pem}", "key_file is missing"),
        ("tls_server_config: {key_file: key.pem}", "cert_file is missing"),
        ("tls_server_config: {cert_file: cert.pem, key_file: none.pem}", "key_file: cannot read none.pem"),
        ("tls_server_config: {cert_file: empty.pem, key_file: key.pem}", "cert_file: has no certificate"),
        ("tls_server_config: {cert_file: cert.pem, key_file: cert.pem}", "key_file: has no private key"),
        ("tls_server_config: {cert_file: cert.pem, key_file: other.pem}", "do not fit together"),
        (
            "tls_server_config: {cert: x, cert_file: cert.pem, key_file: key.pem}",
            "cert and cert_file are both set",
        ),
        (&format!("{SERVER}min_version: TLS11}}"), "min_version: not supported: TLS 1.0 and 1.1"),
        (&format!("{SERVER}min_version: TLS13, max_version: TLS12}}"), "min_version: is above max_version"),
        (&format!("{SERVER}max_version: SSL30}}"), "max_version: unknown; use TLS12 or TLS13"),
        (
            &format!("{SERVER}cipher_suites: [TLS_RSA_WITH_AES_128_CBC_SHA]}}"),
            "TLS_RSA_WITH_AES_128_CBC_SHA is unknown or not supported",
        ),
        (&format!("{SERVER}curve_preferences: [CurveP521]}}"), "CurveP521 is unknown or not supported"),
        (
            &format!("{SERVER}client_ca_file: ca.pem}}"),
            "client_auth_type: client certificates are configured but not required",
        ),
        (&format!("{SERVER}client_auth_type: RequireAnyClientCert}}"), "nobody has signed"),
        (&format!("{SERVER}client_auth_type: Yes}}"), "client_auth_type: unknown"),
        (&format!("{SERVER}client_auth_type: RequireAndVerifyClientCert}}"), "client_ca_file is missing"),
        (
            &format!(
                "{SERVER}client_auth_type: VerifyClientCertIfGiven, client_ca_file: ca.pem, client_allowed_sans: [a]}}"
            ),
            "client_allowed_sans",
        ),
        (
            &format!(
                "{SERVER}client_auth_type: RequireAndVerifyClientCert, client_ca_file: ca.pem, client_allowed_sans: [a@b.c]}}"
            ),
            "e-mail",
        ),
        ("basic_auth_users: {alice: hunter2}", "basic_auth_users: alice: the password is not a bcrypt hash"),
        ("basic_auth_users: {\"a:b\": x}", "colon"),
        ("http_server_config: {headers: {Server: x}}", "headers: Server: this header cannot be set"),
        ("http_server_config: {headers: {X-Frame-Options: all}}", "use deny or sameorigin"),
        ("rate_limit: {interval: 1s, burst: 0}", "rate_limit: burst: 0 would refuse every request"),
        ("rate_limit: {interval: often, burst: 1}", "rate_limit: interval: invalid duration"),
        ("rate_limit: {interval: 1s}", "burst"),
    ] {
        let error = parse(&folder, yaml).unwrap_err();
        assert!(error.contains("web.yml") && error.contains(words), "{yaml}: {error}");
        assert!(!error.contains("hunter2") && !error.contains('\n'), "{error}");
    }
    parse(&folder, "rate_limit: {interval: 0s, burst: 1}").unwrap();
}
