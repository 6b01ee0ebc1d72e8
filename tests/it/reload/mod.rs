//! Reloading the configuration.

#[cfg(unix)]
mod files;
mod shards;

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use runpod::{ApiKey, Limits};
use runpod_exporter::testing::app::{App, Applied};
use runpod_exporter::testing::config::Account;
use runpod_exporter::testing::scrape::Scope;
use runpod_exporter::testing::settings::{Collector, Mode, Reading};
use runpod_simulator::Options;
use tempfile::TempDir;
use tokio::process::{Child, Command};
use tokio::time::{Instant, sleep};
use tokio_util::task::TaskTracker;

use crate::support::{Exposition, KEY, Upstream, account, client};

const LONG: Duration = Duration::from_mins(1);

/// An exporter with a configuration file and a key file.
struct Configured {
    folder: TempDir,
    child: Child,
    base: String,
}

fn yaml(upstream: &Upstream, accounts: &[&str]) -> String {
    let entry = |name: &&str| {
        format!(
            "  - name: {name}\n    api_key_file: key\n    graphql_url: http://{0}/graphql\n    jobs_url: http://{0}/v2\n    rest_url: http://{0}/rest/v2\n",
            upstream.address
        )
    };
    format!("accounts:\n{}", accounts.iter().map(entry).collect::<Vec<_>>().concat())
}

impl Configured {
    async fn start(upstream: &Upstream, accounts: &[&str]) -> Self {
        Self::with(&[], upstream, accounts).await
    }

    /// An exporter with more flags.
    async fn with(flags: &[&str], upstream: &Upstream, accounts: &[&str]) -> Self {
        Self::flagged(flags, "", "runpod.yml", |folder| {
            std::fs::write(folder.join("key"), KEY).unwrap();
            std::fs::write(folder.join("runpod.yml"), yaml(upstream, accounts)).unwrap();
        })
        .await
    }

    /// An exporter in a folder that is prepared first. It starts in the folder `working` below it, as a shell would start it
    /// there; the path of the configuration is relative to that folder.
    async fn prepared(working: &str, file: &str, prepare: impl FnOnce(&Path)) -> Self {
        Self::flagged(&[], working, file, prepare).await
    }

    async fn flagged(flags: &[&str], working: &str, file: &str, prepare: impl FnOnce(&Path)) -> Self {
        let folder = TempDir::new().unwrap();
        prepare(folder.path());
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let child = Command::new(env!("CARGO_BIN_EXE_runpod-exporter"))
            .args(["--config.file", file, "--web.enable-lifecycle"])
            .args(flags)
            .current_dir(folder.path().join(working))
            .arg(format!("--web.listen-address=127.0.0.1:{port}"))
            .env_clear()
            .env("PWD", folder.path().join(working))
            .stdin(Stdio::null())
            .stderr(std::fs::File::create(folder.path().join("log")).unwrap())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let configured = Self { folder, child, base: format!("http://127.0.0.1:{port}") };
        configured
            .until("ready", async |configured| {
                let ready = client().get(format!("{}/ready", configured.base)).send().await;
                ready.is_ok_and(|response| response.status() == 200)
            })
            .await;
        configured
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.file("log")).unwrap()
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    async fn scrape(&self) -> Exposition {
        let response = client().get(format!("{}/metrics", self.base)).send().await.unwrap();
        Exposition::new(response.text().await.unwrap())
    }

    async fn reload(&self) -> (u16, String) {
        let response = client().post(format!("{}/-/reload", self.base)).send().await.unwrap();
        (response.status().as_u16(), response.text().await.unwrap())
    }

    async fn accounts(&self) -> usize {
        self.scrape().await.count("runpod_up", &[])
    }

    fn signal(&self, signal: &str) {
        let id = self.child.id().unwrap().to_string();
        assert!(std::process::Command::new("kill").args([signal, &id]).status().unwrap().success());
    }

    /// Polls another process.
    async fn until(&self, what: &str, reached: impl AsyncFn(&Self) -> bool) {
        let begin = Instant::now();
        while !reached(self).await {
            assert!(begin.elapsed() < LONG, "never {what}: {}", self.log());
            sleep(Duration::from_millis(20)).await;
        }
    }
}

const SUCCESSFUL: &str = "runpod_exporter_config_last_reload_successful";

#[tokio::test]
async fn an_invalid_file_is_rejected_and_the_previous_one_stays() {
    let upstream = Upstream::start(Options::default()).await;
    let exporter = Configured::start(&upstream, &["one"]).await;
    // Without events of the watched folder: only the request triggers a reload.
    std::fs::write(exporter.file("runpod.yml"), "accounts:\n  - nam: two\n").unwrap();
    let (status, message) = exporter.reload().await;
    assert_eq!(status, 500);
    assert!(message.contains("runpod.yml:2: unknown field `nam`; did you mean `name`?"), "{message}");
    let page = exporter.scrape().await;
    assert_eq!(page.value(SUCCESSFUL, &[]), Some(0.0));
    assert_eq!(page.value("runpod_up", &["account=\"one\""]), Some(1.0));
    std::fs::write(exporter.file("runpod.yml"), yaml(&upstream, &["one", "two"])).unwrap();
    assert_eq!(exporter.reload().await, (200, "reloaded\n".to_owned()));
    let page = exporter.scrape().await;
    assert_eq!(page.value(SUCCESSFUL, &[]), Some(1.0));
    assert_eq!(page.value("runpod_up", &["account=\"two\""]), Some(1.0));
}

#[tokio::test]
async fn a_changed_file_is_reloaded() {
    let upstream = Upstream::start(Options::default()).await;
    let exporter = Configured::start(&upstream, &["one"]).await;
    // As editors and secret stores do: the file is replaced.
    std::fs::write(exporter.file("next"), yaml(&upstream, &["one", "two", "three"])).unwrap();
    std::fs::rename(exporter.file("next"), exporter.file("runpod.yml")).unwrap();
    exporter.until("noticed", async |exporter| exporter.accounts().await == 3).await;
    assert_eq!(exporter.scrape().await.about("account=\"four\""), "");
}

#[tokio::test]
async fn sighup_reloads_without_stopping() {
    let upstream = Upstream::start(Options::default()).await;
    let exporter = Configured::start(&upstream, &["one", "two"]).await;
    let before =
        exporter.scrape().await.value("runpod_exporter_config_last_reload_success_timestamp_seconds", &[]);
    exporter.signal("-HUP");
    exporter
        .until("reloaded", async |exporter| {
            let page = exporter.scrape().await;
            page.value("runpod_exporter_config_last_reload_success_timestamp_seconds", &[]) > before
        })
        .await;
    assert_eq!(exporter.accounts().await, 2);
}

/// A rotated key is used without a restart, and keeps connections and negotiated fields.
#[tokio::test]
async fn a_rotated_key_is_used_without_a_restart() {
    let upstream = Upstream::start(Options::default()).await;
    let exporter = Configured::start(&upstream, &["one"]).await;
    std::fs::write(exporter.file("key"), "rpa_REVOKED").unwrap();
    exporter
        .until("rejected", async |exporter| exporter.scrape().await.value("runpod_up", &[]) == Some(0.0))
        .await;
    std::fs::write(exporter.file("key"), format!("{KEY}\n")).unwrap();
    exporter
        .until("accepted", async |exporter| exporter.scrape().await.value("runpod_up", &[]) == Some(1.0))
        .await;
    upstream.simulator.traffic().reset();
    exporter.scrape().await;
    assert_eq!(upstream.simulator.traffic().report().graphql.requests, 3, "no fields are negotiated again");
    let log = exporter.log();
    assert!(!log.contains("REVOKED") && !log.contains(KEY));
}

#[tokio::test]
async fn a_rotated_webhook_token_is_used_at_once() {
    let upstream = Upstream::start(Options::default()).await;
    let exporter = Configured::start(&upstream, &["one"]).await;
    std::fs::write(exporter.file("token"), "first-token-first-token").unwrap();
    let with_token = yaml(&upstream, &["one"]) + "webhook:\n  token_file: token\n";
    std::fs::write(exporter.file("runpod.yml"), with_token).unwrap();
    let answers = async |exporter: &Configured, token: &str| {
        let url = format!("{}/webhooks/jobs/{}?token={token}", exporter.base, upstream.ids()[0]);
        let job = r#"{"id": "one", "status": "CANCELLED"}"#;
        client().post(url).body(job).send().await.unwrap().status().as_u16()
    };
    exporter.until("a token", async |exporter| answers(exporter, "other").await == 401).await;
    assert_eq!(answers(&exporter, "first-token-first-token").await, 200);
    std::fs::write(exporter.file("token"), "second-token-second-token").unwrap();
    exporter
        .until("another token", async |exporter| answers(exporter, "second-token-second-token").await == 200)
        .await;
    assert_eq!(answers(&exporter, "first-token-first-token").await, 401);
}

/// The same holds for a key that may read Runpod's metrics: the client stays, and the next request uses the new key.
#[tokio::test]
async fn a_rotated_metrics_key_keeps_the_client() {
    let metrics_key = Some("rpa_SECOND".to_owned());
    let upstream = Upstream::start(Options { metrics_key, ..Options::default() }).await;
    upstream.fault("rest=not-found"); // which has the latencies for every key
    let with_key = |key: &str| {
        let key = (PathBuf::from("metrics-key"), ApiKey::parse(key).unwrap());
        let collectors = [Collector::Endpoints, Collector::Latency].into_iter().collect();
        let reading = Reading { collectors, ..Reading::default() };
        Account { metrics_key: Some(key), reading, ..account(upstream.address) }
    };
    let app = App::new(Mode::Serve, Arc::new(upstream.clock.clone()), TaskTracker::new());
    app.apply(vec![with_key("rpa_FIRST")]).unwrap();
    let scrape = async || {
        let page = app.scraper().scrape(Scope::default(), Instant::now() + LONG).await.unwrap();
        Exposition::new(String::from_utf8(page.text().unwrap().to_vec()).unwrap())
    };
    let latency = ["collector=\"latency\""];
    assert_eq!(
        scrape().await.value("runpod_collector_success", &latency),
        Some(0.0),
        "the first key may not"
    );
    assert_eq!(app.apply(vec![with_key("rpa_SECOND")]).unwrap(), Applied::Changed);
    upstream.clock.advance(SignedDuration::from_hours(1));
    upstream.simulator.traffic().reset();
    assert_eq!(scrape().await.value("runpod_collector_success", &latency), Some(1.0));
    assert_eq!(upstream.simulator.traffic().report().graphql.requests, 1, "no field is learned again");
}

/// The limit on open files is shared, so that another account changes the concurrency of all.
#[tokio::test]
async fn another_concurrency_keeps_the_client() {
    let upstream = Upstream::start(Options::default()).await;
    let with = |concurrency| {
        let account = account(upstream.address);
        Account { limits: Limits { concurrency, ..account.limits }, ..account }
    };
    let app = App::new(Mode::Serve, Arc::new(upstream.clock.clone()), TaskTracker::new());
    app.apply(vec![with(64)]).unwrap();
    let scrape = async || {
        let page = app.scraper().scrape(Scope::default(), Instant::now() + LONG).await.unwrap();
        Exposition::new(String::from_utf8(page.text().unwrap().to_vec()).unwrap())
    };
    scrape().await;
    for concurrency in [1, 7, 64] {
        assert_eq!(app.apply(vec![with(concurrency)]).unwrap(), Applied::Changed);
        upstream.simulator.traffic().reset();
        let page = scrape().await;
        assert_eq!(page.value("runpod_up", &[]), Some(1.0));
        assert_eq!(page.sum("runpod_endpoint_up", &[]), 6.0);
        assert_eq!(upstream.simulator.traffic().report().graphql.requests, 3, "no field is learned again");
    }
}
