//! Systems without root certificates, and proxies.

use super::*;

/// A folder without certificates.
fn without_certificates(command: &mut Command, folder: &TempDir) {
    let file = folder.path().join("empty.pem");
    std::fs::write(&file, "").unwrap();
    command.env("SSL_CERT_FILE", file).env("SSL_CERT_DIR", folder.path());
}

#[tokio::test]
async fn an_upstream_without_tls_needs_no_root_certificates() {
    let upstream = Upstream::start(Options::default()).await;
    let folder = TempDir::new().unwrap();
    let mut command = scrape_command(&format!("http://{}", upstream.address));
    without_certificates(&mut command, &folder);
    let (page, log) = output(command).await;
    assert_eq!(page.value("runpod_up", &[]), Some(1.0), "{log}");
}

#[tokio::test]
async fn missing_root_certificates_are_reported_with_the_peer() {
    let folder = TempDir::new().unwrap();
    for base in ["https://api.example", "https://127.0.0.1:1"] {
        let mut command = scrape_command(base);
        without_certificates(&mut command, &folder);
        let (_, log) = output(command).await;
        let peer = base.strip_prefix("https://").unwrap();
        assert!(log.contains(&format!("cannot set up TLS for {peer} (")), "{log}");
        assert!(log.contains("ca-certificates") && log.contains("SSL_CERT_FILE"), "{log}");
        assert_eq!(log.lines().count(), 1, "{log}");
    }
}

/// A proxy that cannot be used at all is an error at the start, and its password is in no text.
#[tokio::test]
async fn an_unusable_proxy_is_named_with_its_variable() {
    for (variable, value, named) in [
        (
            "HTTPS_PROXY",
            "socks5://user:hunter2@127.0.0.1:1080",
            "HTTPS_PROXY: cannot use the proxy socks5://127.0.0.1:1080",
        ),
        ("https_proxy", "not a url hunter2", "https_proxy: the value is not the URL of a proxy"),
        ("ALL_PROXY", "ftp://user:hunter2@127.0.0.1", "ALL_PROXY: the value is not the URL of a proxy"),
    ] {
        let mut command = scrape_command("https://api.example");
        command.env(variable, value);
        let (_, log) = output(command).await;
        assert!(log.contains(named) && log.contains("NO_PROXY") && !log.contains("hunter2"), "{log}");
    }
}

#[tokio::test]
async fn a_proxy_that_refuses_is_named_with_its_variable() {
    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let mut command = scrape_command("https://api.example");
    command.env("HTTPS_PROXY", format!("http://user:hunter2@{closed}"));
    let (page, log) = output(command).await;
    assert_eq!(page.value("runpod_up", &[]), Some(0.0), "{log}");
    assert!(log.contains(&format!("; proxy http://{closed} from HTTPS_PROXY)")), "{log}");
    assert!(!log.contains("hunter2"), "{log}");
}

/// Upstreams on this machine are read directly.
#[tokio::test]
async fn a_loopback_upstream_needs_no_proxy() {
    let upstream = Upstream::start(Options::default()).await;
    let mut command = scrape_command(&format!("http://{}", upstream.address));
    command.env("HTTP_PROXY", "socks5://127.0.0.1:1").env("ALL_PROXY", "rubbish");
    let (page, log) = output(command).await;
    assert_eq!(page.value("runpod_up", &[]), Some(1.0), "{log}");
}
