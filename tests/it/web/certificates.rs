//! TLS: which handshakes succeed, and what happens when a certificate changes.

use rustls::version::{TLS12, TLS13};

use super::*;

const TLS: &str = "tls_server_config:\n  cert_file: tls/server.pem\n  key_file: tls/server.key\n";

/// Writes the certificate of the server, and the authority of its clients.
fn write(folder: &Path, server: &Identity, clients: &Authority) {
    let folder = folder.join("tls");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("server.pem"), &server.certificate).unwrap();
    std::fs::write(folder.join("server.key"), server.key.serialize_pem()).unwrap();
    std::fs::write(folder.join("clients.pem"), clients.pem()).unwrap();
}

fn health() -> String {
    request("GET", "/-/healthy", &[])
}

#[tokio::test]
async fn both_versions_of_tls_are_served_and_nothing_else() {
    let authority = Authority::new();
    let server = authority.sign(&[loopback()]);
    let exporter = Protected::start(TLS, |folder| write(folder, &server, &authority), &[]).await;
    for version in [&TLS12, &TLS13] {
        let (status, _) = exporter.over_tls(authority.client(None, &[version]), &health()).await.unwrap();
        assert_eq!(status, 200);
    }
    exporter.plain(&health()).await.unwrap_err();
    let stranger = Authority::new();
    exporter.over_tls(stranger.client(None, &[&TLS13]), &health()).await.unwrap_err();
    let cut = async |exporter: &Protected| {
        let metrics = request("GET", "/metrics", &[]);
        let (_, page) = exporter.over_tls(authority.client(None, &[&TLS13]), &metrics).await.unwrap();
        page.contains("runpod_exporter_connections_cut_total{reason=\"tls_handshake\"} 2")
    };
    exporter.until("both handshakes counted", cut).await;
}

#[tokio::test]
async fn the_versions_can_be_limited() {
    let authority = Authority::new();
    let server = authority.sign(&[loopback()]);
    let yaml = format!("{TLS}  min_version: TLS13\n");
    let exporter = Protected::start(&yaml, |folder| write(folder, &server, &authority), &[]).await;
    exporter.over_tls(authority.client(None, &[&TLS13]), &health()).await.unwrap();
    exporter.over_tls(authority.client(None, &[&TLS12]), &health()).await.unwrap_err();
}

#[tokio::test]
async fn a_client_needs_a_valid_certificate_with_an_allowed_name() {
    let (authority, stranger) = (Authority::new(), Authority::new());
    let server = authority.sign(&[loopback()]);
    let names = "client_allowed_sans: [prometheus.internal, \"spiffe://example/prometheus\", 10.1.2.3]";
    let yaml = format!(
        "{TLS}  client_auth_type: RequireAndVerifyClientCert\n  client_ca_file: tls/clients.pem\n  {names}\n"
    );
    let flags = ["--webhook.listen-address=JOBS"];
    let exporter = Protected::start(&yaml, |folder| write(folder, &server, &authority), &flags).await;
    let reach = async |identity: Option<&Identity>| {
        exporter.over_tls(authority.client(identity, &[&TLS13]), &health()).await.map(|(status, _)| status)
    };
    let uri = SanType::URI("spiffe://example/prometheus".try_into().unwrap());
    for names in [
        vec![dns("prometheus.internal")],
        vec![uri],
        vec![dns("x"), SanType::IpAddress("10.1.2.3".parse().unwrap())],
    ] {
        assert_eq!(reach(Some(&authority.sign(&names))).await.unwrap(), 200, "{names:?}");
    }
    reach(None).await.unwrap_err();
    for names in [
        vec![],
        vec![dns("grafana.internal")],
        vec![dns("*.internal")],
        vec![SanType::IpAddress("10.1.2.4".parse().unwrap())],
    ] {
        reach(Some(&authority.sign(&names))).await.unwrap_err();
    }
    let allowed = [dns("prometheus.internal")];
    reach(Some(&stranger.sign(&allowed))).await.unwrap_err();
    let expired = authority.sign_with(&allowed, |parameters| {
        parameters.not_before = rcgen::date_time_ymd(2020, 1, 1);
        parameters.not_after = rcgen::date_time_ymd(2021, 1, 1);
    });
    reach(Some(&expired)).await.unwrap_err();

    // A webhook has no certificate, and reaches nothing else.
    let tls = || authority.client(None, &[&TLS13]);
    let webhook = request("POST", "/webhooks/jobs/abc", &["Content-Length: 0"]);
    let (status, _) = over_tls(exporter.jobs, tls(), &webhook).await.unwrap();
    assert!([400, 404].contains(&status), "{status}: no token is needed on this machine");
    assert_eq!(over_tls(exporter.jobs, tls(), &health()).await.unwrap().0, 404);
}

#[tokio::test]
async fn a_renewed_certificate_is_presented_without_a_restart_and_a_broken_one_is_not() {
    let (authority, next) = (Authority::new(), Authority::new());
    let [old, new] = [authority.sign(&[loopback()]), next.sign(&[loopback()])];
    let exporter = Protected::start(TLS, |folder| write(folder, &old, &authority), &[]).await;
    std::fs::write(exporter.folder.path().join("tls/server.pem"), "not a certificate").unwrap();
    exporter.until("rejected", async |exporter| exporter.log().contains("cert_file")).await;
    exporter.over_tls(authority.client(None, &[&TLS13]), &health()).await.unwrap();
    write(exporter.folder.path(), &new, &authority);
    let renewed =
        async |exporter: &Protected| exporter.over_tls(next.client(None, &[&TLS13]), &health()).await.is_ok();
    exporter.until("renewed", renewed).await;
}

#[tokio::test]
async fn the_health_check_accepts_only_the_own_certificate() {
    let authority = Authority::new();
    let server = authority.sign(&[dns("somewhere.example")]);
    let yaml =
        format!("{TLS}  client_auth_type: RequireAndVerifyClientCert\n  client_ca_file: tls/clients.pem\n");
    for yaml in [TLS, &yaml] {
        let exporter = Protected::start(yaml, |folder| write(folder, &server, &authority), &[]).await;
        let check = async |file: &Path| {
            let mut command = Command::new(env!("CARGO_BIN_EXE_runpod-exporter"));
            command.arg("healthcheck").arg(exporter.main.to_string()).env_clear();
            let output = command.arg("--web.config.file").arg(file).output().await.unwrap();
            (output.status.code(), String::from_utf8(output.stderr).unwrap())
        };
        assert_eq!(check(&exporter.folder.path().join("web.yml")).await, (Some(0), String::new()));
        let other = TempDir::new().unwrap();
        write(other.path(), &authority.sign(&[loopback()]), &authority);
        std::fs::write(other.path().join("web.yml"), TLS).unwrap();
        let (code, error) = check(&other.path().join("web.yml")).await;
        assert_eq!(code, Some(1), "{error}");
    }
}
