//! What every benchmark needs: a simulated Runpod in a process of its own, so that its work is not counted as the
//! exporter's, and what reads it here. What is measured does not belong here.

use std::error::Error;
use std::net::SocketAddr;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use runpod_exporter::clock::{Clock, SystemClock};
use runpod_exporter::config::Account;
use runpod_exporter::instruments::Mode;
use runpod_exporter::reload::Reloader;
use runpod_exporter::runpod::{ApiKey, Limits, Urls};
use runpod_exporter::snapshot::Reading;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};
use tokio_util::task::TaskTracker;
use url::Url;

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
        let url = |path: &str| Url::parse(&format!("http://{}{path}", self.address));
        Ok(Account {
            name: Arc::from(name),
            key: ApiKey::parse("rpa_benchmark")?,
            key_file: None,
            urls: Urls { graphql: url("/graphql")?, jobs: url("/v2")?, rest: url("/rest/v2")? },
            limits: Limits {
                timeout: Duration::from_secs(10),
                concurrency: 1024,
                body: 32 * 1024 * 1024,
                rest_share: 0.5,
            },
            reading: Reading::default(),
        })
    }
}

/// What reads these accounts and has not done so yet.
pub(crate) fn reader(accounts: Vec<Account>) -> Outcome<Arc<Reloader>> {
    rlimit::increase_nofile_limit(u64::MAX)?; // a connection is a file
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let load = Box::new(move || Ok(accounts.clone()));
    Ok(Arc::new(Reloader::start(load, None, Mode::Serve, clock, TaskTracker::new())?))
}
