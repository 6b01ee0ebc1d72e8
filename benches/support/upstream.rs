//! A simulator in a separate process, so that its work is not counted as the exporter's.

use std::error::Error;
use std::net::SocketAddr;
use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

/// Errors end a benchmark and are printed.
pub(crate) type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// A simulator. Dropping it kills the process.
#[derive(Debug)]
pub(crate) struct Upstream {
    pub(crate) address: SocketAddr,
    _process: Child,
}

impl Upstream {
    /// With equal numbers of endpoints and pods, and the live schema. Every response takes `delay`.
    pub(crate) async fn start(size: usize, delay: Duration) -> Outcome<Self> {
        let mut process = Command::new(env!("CARGO_BIN_EXE_runpod-exporter"))
            .args(["simulate", "--listen-address=127.0.0.1:0"])
            .arg(format!("--endpoints={size}"))
            .arg(format!("--pods={size}"))
            .arg(format!("--delay={}ms", delay.as_millis()))
            .arg("--rest-quota=off") // several exporters share it
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let mut lines = BufReader::new(process.stdout.take().ok_or("the simulator has no output")?).lines();
        while let Some(line) = lines.next_line().await? {
            if let Some((_, url)) = line.split_once("RUNPOD_GRAPHQL_URL=http://") {
                let address = url.split('/').next().unwrap_or_default().parse()?;
                return Ok(Self { address, _process: process });
            }
        }
        Err("the simulator does not print its address".into())
    }
}
