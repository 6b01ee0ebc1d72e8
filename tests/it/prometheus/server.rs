//! A real Prometheus: its process, its log and its API. The targets do not belong here.

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

/// Timeout that even a slow machine does not reach.
pub(crate) const PATIENCE: Duration = Duration::from_mins(2);

/// Interval of polling.
const LOOK: Duration = Duration::from_millis(100);

/// Starts a tool of Prometheus, or explains how to install it.
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

/// Polls until there is a value. `what` describes the missing value in a failure.
pub(crate) async fn until<T, F: Future<Output = Option<T>>>(what: &str, poll: impl Fn() -> F) -> T {
    let mut pace = interval(LOOK);
    let looking = async {
        loop {
            pace.tick().await;
            if let Some(seen) = poll().await {
                return seen;
            }
        }
    };
    timeout(PATIENCE, looking).await.unwrap_or_else(|_elapsed| panic!("never seen: {what}"))
}

/// A free address. Prometheus and Alertmanager cannot report a port that the system assigns.
pub(crate) async fn free_address() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap()
}

/// Number of series in the last scrape, at each step from the page to the database.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Series {
    pub(crate) scraped: f64,
    pub(crate) kept: f64,
    pub(crate) stored: f64,
}

/// A Prometheus that scrapes its targets every second. Dropping it kills the process.
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

    /// A Prometheus with this scrape job.
    pub(crate) async fn with(job: &Value) -> Self {
        let global = json!({"scrape_interval": "1s", "scrape_timeout": "1s"});
        Self::configured(&json!({"global": global, "scrape_configs": [job]}), None).await
    }

    /// A Prometheus with this configuration, and optionally with existing data.
    pub(crate) async fn configured(configuration: &Value, data: Option<&Path>) -> Self {
        Self::with_features(configuration, data, &[]).await
    }

    /// The same with these features, which are off by default.
    pub(crate) async fn with_features(configuration: &Value, data: Option<&Path>, features: &[&str]) -> Self {
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
                .arg("--storage.tsdb.retention.time=100y") // the history may be of any time
                .arg("--rules.alert.resend-delay=1s") // notifications are sent as soon as they are no longer muted
                .arg(format!("--web.listen-address={address}"))
                .arg(format!("--enable-feature={}", features.join(",")))
                .arg("--log.level=debug") // problems of a scrape are logged only at this level
                .stdout(Stdio::null())
                .stderr(File::create(&log).unwrap()),
        );
        Self { address, client: client(), log, process, _directory: directory }
    }

    /// Stops it, so that another one can use its data.
    pub(crate) async fn stop(mut self) {
        self.process.kill().await.unwrap();
    }

    /// The `data` of a response of the HTTP API. `None` until it responds.
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

    /// Waits for a number of successful scrapes, and returns the status of the target.
    pub(crate) async fn scrapes(&self, times: f64) -> Value {
        until("successful scrapes", async || {
            let scrapes = self.value("sum_over_time(up[1h])").await?;
            (scrapes >= times).then_some(())
        })
        .await;
        let targets = self.get("targets", &[]).await.unwrap();
        targets["activeTargets"][0].clone()
    }

    /// The problems in its log: warnings, errors, and invalid samples.
    pub(crate) fn complaints(&self) -> Vec<String> {
        let log = fs::read_to_string(&self.log).unwrap();
        assert!(log.contains("level=debug"), "the log is not the one that is looked for: {log}");
        let complains = |line: &&str| {
            ["level=warn", "level=error", " err=", " error="].iter().any(|sign| line.contains(sign))
        };
        log.lines().filter(complains).map(str::to_owned).collect()
    }
}
