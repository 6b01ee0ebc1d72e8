//! `healthcheck`: asks a running exporter whether its process works.

use std::process::ExitCode;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::failure::Failure;

/// Shorter than the timeout of any orchestrator.
const TIMEOUT: Duration = Duration::from_secs(3);

pub(super) async fn run(address: &str) -> Result<ExitCode, Failure> {
    let answer = timeout(TIMEOUT, is_healthy(address)).await;
    let answer = answer.unwrap_or_else(|_elapsed| Err(format!("no answer within {} s", TIMEOUT.as_secs())));
    answer.map(|()| ExitCode::SUCCESS).map_err(|why| Failure::Unhealthy(format!("{address}: {why}")))
}

/// One HTTP/1.0 request by hand: the HTTP client is for Runpod alone, and this needs none of it.
async fn is_healthy(address: &str) -> Result<(), String> {
    let failed = |error: std::io::Error| error.to_string();
    let mut stream = TcpStream::connect(address).await.map_err(failed)?;
    stream.write_all(b"GET /-/healthy HTTP/1.0\r\n\r\n").await.map_err(failed)?;
    let mut answer = Vec::new();
    stream.take(4096).read_to_end(&mut answer).await.map_err(failed)?;
    let answer = String::from_utf8_lossy(&answer);
    let status = answer.split(' ').nth(1).unwrap_or("missing");
    if status == "200" { Ok(()) } else { Err(format!("status {status}")) }
}
