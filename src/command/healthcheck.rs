//! `healthcheck`: checks whether a running exporter is alive.

use std::fmt::Display;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use super::failure::Failure;
use crate::web::{Security, client};

/// Shorter than the timeout of any orchestrator.
const TIMEOUT: Duration = Duration::from_secs(3);

pub(super) async fn run(address: &str, security: &Security) -> Result<ExitCode, Failure> {
    let unhealthy = |reason: String| Failure::Unhealthy(format!("{address}: {reason}"));
    match timeout(TIMEOUT, check(address, security)).await {
        Ok(Ok(())) => Ok(ExitCode::SUCCESS),
        Ok(Err(reason)) => Err(unhealthy(reason)),
        Err(_elapsed) => Err(unhealthy(format!("no answer within {} s", TIMEOUT.as_secs()))),
    }
}

/// Checks the status of a response. A process that demands a login or a certificate, or that limits requests, is alive.
async fn check(address: &str, security: &Security) -> Result<(), String> {
    let stream = match TcpStream::connect(address).await {
        // A machine with IPv6 alone has no 127.0.0.1.
        Err(error) if error.kind() == io::ErrorKind::NetworkUnreachable => {
            let port = address.strip_prefix("127.0.0.1:").and_then(|port| port.parse::<u16>().ok());
            let port = port.ok_or_else(|| text(error))?;
            TcpStream::connect((Ipv6Addr::LOCALHOST, port)).await
        }
        result => result,
    };
    let stream = stream.map_err(text)?;
    let status = match &security.tls {
        None => status(stream).await,
        Some(tls) => {
            let client = client(tls.certificate().clone()).map_err(text)?;
            // The name is not compared.
            let name = ServerName::IpAddress(IpAddr::from(Ipv4Addr::LOCALHOST).into());
            let stream = TlsConnector::from(Arc::new(client)).connect(name, stream).await.map_err(text)?;
            match status(stream).await {
                Err(_no_certificate) if tls.requires_certificates() => return Ok(()),
                status => status,
            }
        }
    }?;
    match status.as_str() {
        "200" | "401" | "429" => Ok(()),
        status => Err(format!("status {status}")),
    }
}

/// Sends an HTTP/1.0 request without the HTTP client, which is for Runpod only.
async fn status(mut stream: impl AsyncRead + AsyncWrite + Unpin) -> Result<String, String> {
    stream.write_all(b"GET /-/healthy HTTP/1.0\r\n\r\n").await.map_err(text)?;
    stream.flush().await.map_err(text)?;
    let mut response = Vec::new();
    let read = stream.take(4096).read_to_end(&mut response).await;
    match String::from_utf8_lossy(&response).split(' ').nth(1) {
        Some(status) => Ok(status.to_owned()),
        None => Err(read.err().map_or_else(|| "no response".to_owned(), text)),
    }
}

fn text(error: impl Display) -> String {
    error.to_string()
}
