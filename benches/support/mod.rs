//! What every benchmark needs: a simulated Runpod in a process of its own, so that its work is not counted as the
//! exporter's, and what reads it here. What is measured does not belong here.

mod account;

use std::net::SocketAddr;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use runpod_exporter::clock::SystemClock;
use runpod_exporter::config::Account;
use runpod_exporter::reload::Reloader;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

pub(crate) use account::Outcome;
use account::{account_at, reader_by};

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

    /// It as an account, with the limits that `serve` has by default.
    pub(crate) fn account(&self, name: &str) -> Outcome<Account> {
        account_at(self.address, name)
    }
}

/// What reads these accounts and has not done so yet.
pub(crate) fn reader(accounts: Vec<Account>) -> Outcome<Arc<Reloader>> {
    rlimit::increase_nofile_limit(u64::MAX)?; // a connection is a file
    reader_by(accounts, Arc::new(SystemClock))
}
