//! A Prometheus of one's own: its process, its log, and what it answers. What is scraped does not belong here.

use std::fs::{self, File};
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use reqwest::Client;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::process::{Child, Command};
use tokio::time::{interval, timeout};

use crate::support::client;

/// Longer than any machine takes: only what never comes is given up.
pub(crate) const PATIENCE: Duration = Duration::from_mins(2);

/// Between two looks.
const LOOK: Duration = Duration::from_millis(100);

/// Starts a tool of Prometheus, or says how to get it.
pub(crate) fn spawn(command: &mut Command) -> Child {
    let spawned = command.kill_on_drop(true).spawn();
    let program = command.as_std().get_program().display();
    match spawned {
        Ok(child) => child,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            panic!("{program} is not installed: run `make tools`")
        }
        Err(error) => panic!("{program}: {error}"),
    }
}

/// Looks until there is something to see. `what` is what a failure says is missing.
pub(crate) async fn until<T, F: Future<Output = Option<T>>>(what: &str, look: impl Fn() -> F) -> T {
    let mut pace = interval(LOOK);
    let looking = async {
        loop {
            pace.tick().await;
            if let Some(seen) = look().await {
                return seen;
            }
        }
    };
    timeout(PATIENCE, looking).await.unwrap_or_else(|_elapsed| panic!("never seen: {what}"))
}

/// Where nobody listens. Neither Prometheus nor Alertmanager tells which port it was given: the system names one that is free.
pub(crate) async fn free_address() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap()
}

/// How many series there were in the last scrape, on the way from the page to the database.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Series {
    pub(crate) scraped: f64,
    pub(crate) kept: f64,
    pub(crate) stored: f64,
}

/// A Prometheus that scrapes its targets every second. It is killed when this is dropped.
#[derive(Debug)]
pub(crate) struct Prometheus {
    pub(crate) address: SocketAddr,
    client: Client,
    log: PathBuf,
    process: Child,
    _directory: TempDir,
}

impl Prometheus {
    pub(crate) async fn start(target: SocketAddr) -> Self {
        Self::with(&json!({"job_name": "runpod", "static_configs": [{"targets": [target.to_string()]}]}))
            .await
    }

    /// One that scrapes as this job says.
    pub(crate) async fn with(job: &Value) -> Self {
        let global = json!({"scrape_interval": "1s", "scrape_timeout": "1s"});
        Self::configured(&json!({"global": global, "scrape_configs": [job]}), None).await
    }

    /// One with this configuration, on what was kept in `data` before, or on nothing.
    pub(crate) async fn configured(configuration: &Value, data: Option<&Path>) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let config = directory.path().join("prometheus.json");
        fs::write(&config, configuration.to_string()).unwrap(); // JSON is YAML
        let data = data.map_or_else(|| directory.path().join("data"), Path::to_owned);
        let log = directory.path().join("log");
        let address = free_address().await;
        let process = spawn(
            Command::new("prometheus")
                .arg(format!("--config.file={}", config.display()))
                .arg(format!("--storage.tsdb.path={}", data.display()))
                .arg("--storage.tsdb.retention.time=100y") // a history may be of any time
                .arg("--rules.alert.resend-delay=1s") // a message that was muted is told as soon as it is not
                .arg(format!("--web.listen-address={address}"))
                .arg("--log.level=debug") // what is wrong with a scrape is said on no other level
                .stdout(Stdio::null())
                .stderr(File::create(&log).unwrap()),
        );
        Self { address, client: client(), log, process, _directory: directory }
    }

    /// Ends it, so that another one may have its data.
    pub(crate) async fn stop(mut self) {
        self.process.kill().await.unwrap();
    }

    /// The `data` of an answer of the HTTP API. `None` as long as it does not answer.
    pub(crate) async fn get(&self, path: &str, parameters: &[(&str, &str)]) -> Option<Value> {
        let mut url = url::Url::parse(&format!("http://{}/api/v1/{path}", self.address)).unwrap();
        url.query_pairs_mut().extend_pairs(parameters);
        let response = self.client.get(url).send().await.ok()?;
        if response.status() == 503 {
            return None; // it is still starting
        }
        let answer: Value = serde_json::from_str(&response.text().await.ok()?).unwrap();
        assert_eq!(answer["status"], "success", "{path} {parameters:?}: {answer}");
        Some(answer["data"].clone())
    }

    /// The value of an expression with one series. `None` if it has none.
    pub(crate) async fn value(&self, expression: &str) -> Option<f64> {
        let data = self.get("query", &[("query", expression)]).await?;
        let series = data["result"].as_array().unwrap();
        assert!(series.len() <= 1, "{expression} is more than one series: {series:?}");
        series.first().map(|series| series["value"][1].as_str().unwrap().parse().unwrap())
    }

    /// The series of its target. `None` before the first scrape.
    pub(crate) async fn series(&self) -> Option<Series> {
        let stored = self.value("count({job=\"runpod\", __name__!~\"up|scrape_.*\"}) or vector(0)").await?;
        let scraped = self.value("scrape_samples_scraped").await?;
        Some(Series { scraped, kept: self.value("scrape_samples_post_metric_relabeling").await?, stored })
    }

    /// Waits until it has scraped so often without a failure, and gives what it says of its target.
    pub(crate) async fn scrapes(&self, times: f64) -> Value {
        until("successful scrapes", async || {
            let scrapes = self.value("sum_over_time(up[1h])").await?;
            (scrapes >= times).then_some(())
        })
        .await;
        let targets = self.get("targets", &[]).await.unwrap();
        targets["activeTargets"][0].clone()
    }

    /// What it complains of in its log: warnings, errors, and what was wrong with a sample.
    pub(crate) fn complaints(&self) -> Vec<String> {
        let log = fs::read_to_string(&self.log).unwrap();
        assert!(log.contains("level=debug"), "the log is not the one that is looked for: {log}");
        let complains = |line: &&str| {
            ["level=warn", "level=error", " err=", " error="].iter().any(|sign| line.contains(sign))
        };
        log.lines().filter(complains).map(str::to_owned).collect()
    }
}
