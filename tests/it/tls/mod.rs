//! TLS with the certificates of the system, and HTTP/2.

mod interrupted;
mod setup;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, date_time_ymd};
use runpod_simulator::Options;
use tempfile::TempDir;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::process::Command;
use tokio::task::JoinSet;
use tokio::time::sleep;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::PrivatePkcs8KeyDer;

use crate::support::{Exposition, KEY, Upstream, client, default_collectors};

/// A certificate for localhost.
struct Certificate {
    acceptor: TlsAcceptor,
    /// The certificate of the authority, as a file.
    authority: PathBuf,
    _folder: TempDir,
}

/// A TLS proxy in front of an upstream, as at Runpod: HTTP/2 if the client offers it.
struct FrontDoor {
    address: SocketAddr,
    certificate: Certificate,
    _server: JoinSet<()>,
}

impl Certificate {
    fn new(protocols: &[&str]) -> Self {
        Self::of(protocols, CertificateParams::new(["localhost".to_owned()]).unwrap())
    }

    fn of(protocols: &[&str], leaf: CertificateParams) -> Self {
        let _ready = client(); // installs the provider
        let mut authority = CertificateParams::new(Vec::new()).unwrap();
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate().unwrap()).unwrap();
        let key = KeyPair::generate().unwrap();
        let leaf = leaf.signed_by(&key, &authority).unwrap();
        let mut config = ServerConfig::builder()
            .with_no_client_auth()
            .with_single_cert(vec![leaf.der().clone()], PrivatePkcs8KeyDer::from(key.serialize_der()).into())
            .unwrap();
        config.alpn_protocols = protocols.iter().map(|protocol| protocol.as_bytes().to_vec()).collect();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let folder = TempDir::new().unwrap();
        let file = folder.path().join("authority.pem");
        std::fs::write(&file, authority.pem()).unwrap();
        Self { acceptor, authority: file, _folder: folder }
    }
}

/// The command `scrape` of the account behind these base URLs. Its environment has nothing else.
fn scrape_command(base: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_runpod-exporter"));
    command
        .arg("scrape")
        .env_clear()
        .env("RUNPOD_API_KEY", KEY)
        .env("RUNPOD_GRAPHQL_URL", format!("{base}/graphql"))
        .env("RUNPOD_JOBS_URL", format!("{base}/v2"))
        .env("RUNPOD_REST_URL", format!("{base}/rest/v2"))
        .stdin(Stdio::null())
        .kill_on_drop(true);
    command
}

/// What a command wrote to standard output and to standard error.
async fn output(mut command: Command) -> (Exposition, String) {
    let output = command.output().await.unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (Exposition::new(text(output.stdout)), text(output.stderr))
}

impl FrontDoor {
    async fn before(upstream: SocketAddr, protocols: &[&str]) -> Self {
        Self::showing(Certificate::new(protocols), upstream).await
    }

    async fn showing(certificate: Certificate, upstream: SocketAddr) -> Self {
        let acceptor = certificate.acceptor.clone();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let mut server = JoinSet::new();
        server.spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                let acceptor = acceptor.clone();
                connections.spawn(async move {
                    let Ok(mut inside) = acceptor.accept(stream).await else { return };
                    let mut outside = TcpStream::connect(upstream).await.unwrap();
                    // Ends when either side closes the connection.
                    drop(copy_bidirectional(&mut inside, &mut outside).await);
                });
            }
        });
        Self { address, certificate, _server: server }
    }

    /// Runs the command `scrape` through this proxy.
    async fn scrape(&self, trusted: bool) -> (Exposition, String) {
        let mut command = scrape_command(&format!("https://localhost:{}", self.address.port()));
        if trusted {
            command.env("SSL_CERT_FILE", &self.certificate.authority);
        }
        output(command).await
    }
}

#[tokio::test]
async fn a_certificate_of_the_system_is_trusted_over_both_protocols() {
    for protocols in [&["h2", "http/1.1"][..], &["http/1.1"]] {
        let upstream = Upstream::start(Options { endpoints: 300, ..Options::default() }).await;
        let door = FrontDoor::before(upstream.address, protocols).await;
        let (page, log) = door.scrape(true).await;
        assert_eq!(page.value("runpod_up", &[]), Some(1.0), "{protocols:?}: {log}");
        assert_eq!(page.sum("runpod_endpoint_up", &[]), 300.0, "{protocols:?}: {log}");
        assert_eq!(page.sum("runpod_collector_success", &[]), default_collectors(), "{protocols:?}: {log}");
    }
}

#[tokio::test]
async fn an_untrusted_certificate_is_reported_and_the_key_is_not_sent() {
    let upstream = Upstream::start(Options::default()).await;
    let door = FrontDoor::before(upstream.address, &["h2"]).await;
    let (page, log) = door.scrape(false).await;
    assert_eq!(page.value("runpod_up", &[]), Some(0.0));
    assert!(log.contains("cannot connect") && log.contains("certificate"), "{log}");
    assert_eq!(upstream.simulator.traffic().report().graphql.requests, 0, "no request was received");
}

/// The key is sent to no one whose certificate is not valid, and the error says which of the reasons it is: the wrong clock is on
/// this machine, a wrong name in the URL, an unknown authority in the list of trusted ones.
#[tokio::test]
async fn a_certificate_that_is_not_valid_is_reported_with_its_reason() {
    let leaf = |name: &str| CertificateParams::new([name.to_owned()]).unwrap();
    let mut early = leaf("localhost");
    early.not_before = date_time_ymd(2200, 1, 1);
    early.not_after = date_time_ymd(2300, 1, 1);
    let mut late = leaf("localhost");
    late.not_after = date_time_ymd(2001, 1, 1);
    late.not_before = date_time_ymd(2000, 1, 1);
    let upstream = Upstream::start(Options::default()).await;
    for (leaf, trusted, advice) in [
        (early, true, "; check the clock of this machine"),
        (late, true, "; check the clock of this machine"),
        (leaf("example.com"), true, "; check the base URL"),
        (leaf("localhost"), false, "; name a file with its authority in SSL_CERT_FILE"),
    ] {
        let door = FrontDoor::showing(Certificate::of(&["http/1.1"], leaf), upstream.address).await;
        let other = Certificate::new(&[]);
        let mut command = scrape_command(&format!("https://localhost:{}", door.address.port()));
        let trusted = if trusted { &door.certificate } else { &other };
        command.env("SSL_CERT_FILE", &trusted.authority);
        let (page, log) = output(command).await;
        assert_eq!(page.value("runpod_up", &[]), Some(0.0), "{log}");
        let first = log.lines().find(|line| line.contains("cannot connect")).unwrap();
        assert!(first.contains(advice), "{advice}: {first}");
    }
    assert_eq!(upstream.simulator.traffic().report().graphql.requests, 0, "no request was received");
}

/// HTTP/2 servers limit the streams of a connection; requests beyond must not wait for it.
#[tokio::test]
async fn concurrency_is_not_bounded_by_the_streams_of_one_connection() {
    let upstream = Upstream::start(Options { endpoints: 400, ..Options::default() }).await;
    upstream.fault("health=hang"); // requests stay in flight
    let door = FrontDoor::before(upstream.address, &["h2"]).await;
    let peak = || upstream.simulator.traffic().report().jobs.peak_in_flight;
    let all_in_flight = async {
        while peak() < 400 {
            sleep(Duration::from_millis(20)).await; // polling
        }
    };
    tokio::select! {
        () = all_in_flight => {}
        (_, log) = door.scrape(true) => panic!("only {} of 400 were in flight together: {log}", peak()),
    }
}
