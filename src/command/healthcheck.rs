//! `healthcheck`: checks whether a running exporter is alive.

use std::process::ExitCode;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::failure::Failure;

/// Shorter than the timeout of any orchestrator.
const TIMEOUT: Duration = Duration::from_secs(3);

pub(super) async fn run(address: &str) -> Result<ExitCode, Failure> {
    let unhealthy = |reason: String| Failure::Unhealthy(format!("{address}: {reason}"));
    match timeout(TIMEOUT, check(address)).await {
        Ok(Ok(())) => Ok(ExitCode::SUCCESS),
        Ok(Err(reason)) => Err(unhealthy(reason)),
        Err(_elapsed) => Err(unhealthy(format!("no answer within {} s", TIMEOUT.as_secs()))),
    }
}

/// Sends an HTTP/1.0 request without the HTTP client, which is for Runpod only.
async fn check(address: &str) -> Result<(), String> {
    let failed = |error: std::io::Error| error.to_string();
    let mut stream = TcpStream::connect(address).await.map_err(failed)?;
    stream.write_all(b"GET /-/healthy HTTP/1.0\r\n\r\n").await.map_err(failed)?;
    let mut response = Vec::new();
    stream.take(4096).read_to_end(&mut response).await.map_err(failed)?;
    let text = String::from_utf8_lossy(&response);
    let status = text.split(' ').nth(1).unwrap_or("missing");
    if status == "200" { Ok(()) } else { Err(format!("status {status}")) }
}
