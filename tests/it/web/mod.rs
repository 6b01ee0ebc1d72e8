//! Web security: who can reach what, with each kind of `--web.config.file`.

mod certificates;
pub(crate) mod file;
mod logins;
mod open;
pub(crate) mod reader;
#[cfg(target_os = "linux")]
mod sockets;
mod strangers;

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use rcgen::{CertificateParams, CertifiedIssuer, IsCa, KeyPair, SanType};
use rustls::pki_types::{PrivatePkcs8KeyDer, ServerName};
use rustls::{ClientConfig, RootCertStore, SupportedProtocolVersion};
use tempfile::TempDir;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};
use tokio::time::{Instant, sleep, timeout};
use tokio_rustls::TlsConnector;

use crate::support::{KEY, client};

/// Timeout that even a slow machine does not reach.
const LONG: Duration = Duration::from_mins(1);

/// An authority of certificates.
struct Authority(CertifiedIssuer<'static, KeyPair>);

/// A certificate and its key in PEM format.
struct Identity {
    certificate: String,
    key: KeyPair,
    der: rustls::pki_types::CertificateDer<'static>,
}

impl Authority {
    fn new() -> Self {
        let _provider = client(); // installs it
        let mut parameters = CertificateParams::new(Vec::new()).unwrap();
        parameters.is_ca = IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        Self(CertifiedIssuer::self_signed(parameters, KeyPair::generate().unwrap()).unwrap())
    }

    fn pem(&self) -> String {
        self.0.pem()
    }

    /// A certificate with these names.
    fn sign(&self, names: &[SanType]) -> Identity {
        self.sign_with(names, |_| {})
    }

    fn sign_with(&self, names: &[SanType], change: impl FnOnce(&mut CertificateParams)) -> Identity {
        let mut parameters = CertificateParams::new(Vec::new()).unwrap();
        parameters.subject_alt_names = names.to_vec();
        change(&mut parameters);
        let key = KeyPair::generate().unwrap();
        let certificate = parameters.signed_by(&key, &self.0).unwrap();
        Identity { certificate: certificate.pem(), key, der: certificate.der().clone() }
    }

    /// A client that trusts this authority.
    fn client(
        &self,
        identity: Option<&Identity>,
        versions: &[&'static SupportedProtocolVersion],
    ) -> ClientConfig {
        let mut roots = RootCertStore::empty();
        roots.add(self.0.der().clone()).unwrap();
        let builder = ClientConfig::builder_with_protocol_versions(versions).with_root_certificates(roots);
        match identity {
            None => builder.with_no_client_auth(),
            Some(Identity { der, key, .. }) => {
                let key = PrivatePkcs8KeyDer::from(key.serialize_der());
                builder.with_client_auth_cert(vec![der.clone()], key.into()).unwrap()
            }
        }
    }
}

fn dns(name: &str) -> SanType {
    SanType::DnsName(name.try_into().unwrap())
}

fn loopback() -> SanType {
    SanType::IpAddress(IpAddr::V4(Ipv4Addr::LOCALHOST))
}

/// The program with a web configuration. For most tests, Runpod cannot be reached: nothing in them depends on it.
pub(crate) struct Protected {
    folder: TempDir,
    child: Child,
    pub(crate) main: SocketAddr,
    pub(crate) jobs: SocketAddr,
}

impl Protected {
    /// Starts it with this file, after `prepare` has written what the file names, and with these flags.
    async fn start(yaml: &str, prepare: impl FnOnce(&Path), flags: &[&str]) -> Self {
        Self::start_at("127.0.0.1", "127.0.0.1:1".parse().unwrap(), yaml, prepare, flags).await
    }

    /// The same, listening on this host, with Runpod at this address.
    pub(crate) async fn start_at(
        host: &str,
        runpod: SocketAddr,
        yaml: &str,
        prepare: impl FnOnce(&Path),
        flags: &[&str],
    ) -> Self {
        let folder = TempDir::new().unwrap();
        prepare(folder.path());
        std::fs::write(folder.path().join("web.yml"), yaml).unwrap();
        let [main, jobs] = [free(), free()];
        let mut command = Command::new(env!("CARGO_BIN_EXE_runpod-exporter"));
        command
            .current_dir(folder.path())
            .args(["--web.config.file=web.yml", &format!("--web.listen-address={host}:{}", main.port())])
            .args(
                [("graphql", "graphql"), ("rest", "rest/v2"), ("jobs", "v2")]
                    .map(|(api, path)| format!("--runpod.{api}-url=http://{runpod}/{path}")),
            )
            .args(flags.iter().map(|flag| flag.replace("JOBS", &jobs.to_string())))
            .env_clear()
            .env("RUNPOD_API_KEY", KEY)
            .env("PWD", folder.path())
            .stdin(Stdio::null())
            .stderr(std::fs::File::create(folder.path().join("log")).unwrap())
            .kill_on_drop(true);
        let child = command.spawn().unwrap();
        let mut started = Self { folder, child, main, jobs };
        let begin = Instant::now();
        while !started.log().contains("message=listening") {
            let is_running = started.child.try_wait().unwrap().is_none() && begin.elapsed() < LONG;
            assert!(is_running, "{}", started.log());
            sleep(Duration::from_millis(20)).await; // polling
        }
        started
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap()
    }

    async fn until(&self, what: &str, reached: impl AsyncFn(&Self) -> bool) {
        let begin = Instant::now();
        while !reached(self).await {
            assert!(begin.elapsed() < LONG, "never {what}: {}", self.log());
            sleep(Duration::from_millis(20)).await; // polling
        }
    }

    /// Sends a request without TLS. Returns status and response.
    async fn plain(&self, request: &str) -> io::Result<(u16, String)> {
        exchange(TcpStream::connect(self.main).await?, request).await
    }

    /// The same over TLS.
    async fn over_tls(&self, tls: ClientConfig, request: &str) -> io::Result<(u16, String)> {
        over_tls(self.main, tls, request).await
    }
}

/// A free address. The program has to have it in a flag.
fn free() -> SocketAddr {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

async fn over_tls(address: SocketAddr, tls: ClientConfig, request: &str) -> io::Result<(u16, String)> {
    let stream = TcpStream::connect(address).await?;
    let name = ServerName::IpAddress(IpAddr::V4(Ipv4Addr::LOCALHOST).into());
    exchange(TlsConnector::from(Arc::new(tls)).connect(name, stream).await?, request).await
}

pub(crate) async fn exchange(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    request: &str,
) -> io::Result<(u16, String)> {
    stream.write_all(request.as_bytes()).await?;
    stream.flush().await?;
    let mut response = Vec::new();
    let read = timeout(LONG, stream.read_to_end(&mut response)).await?;
    let text = String::from_utf8(response).unwrap();
    match text.split(' ').nth(1).and_then(|status| status.parse().ok()) {
        Some(status) => Ok((status, text)),
        None => Err(read.err().unwrap_or_else(|| io::Error::other(text))),
    }
}

/// A request with these header lines. The connection ends with its response.
pub(crate) fn request(method: &str, path: &str, headers: &[&str]) -> String {
    let host =
        if headers.iter().any(|header| header.starts_with("Host:")) { "" } else { "Host: localhost\r\n" };
    let lines: String = headers.iter().flat_map(|header| [*header, "\r\n"]).collect();
    format!("{method} {path} HTTP/1.1\r\n{host}Connection: close\r\n{lines}\r\n")
}
