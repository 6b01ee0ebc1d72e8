//! A simulated Runpod in a process of its own, so that its work is not counted as the exporter's.

use std::error::Error;
use std::net::SocketAddr;
use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

/// What ends a benchmark early is told, and nothing else is done about it.
pub(crate) type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// A simulated Runpod. It is killed when this is dropped.
#[derive(Debug)]
pub(crate) struct Upstream {
    pub(crate) address: SocketAddr,
    _process: Child,
}

impl Upstream {
    /// As many pods as endpoints, in the shape that api.runpod.io has; every answer takes `delay`.
    pub(crate) async fn start(size: usize, delay: Duration) -> Outcome<Self> {
        let mut process = Command::new(env!("CARGO_BIN_EXE_runpod-exporter"))
            .args(["simulate", "--listen-address=127.0.0.1:0"])
            .arg(format!("--endpoints={size}"))
            .arg(format!("--pods={size}"))
            .arg(format!("--delay={}ms", delay.as_millis()))
            .arg("--rest-quota=off") // one exporter after the other draws on it
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
        Err("the simulator does not say where it listens".into())
    }
}
