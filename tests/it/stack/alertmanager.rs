//! A real Alertmanager with the repository's configuration, and whom it tells: a Slack and a webhook that only listen.

use std::fs;
use std::net::SocketAddr;
use std::process::Stdio;
use std::sync::{Arc, Mutex};

use axum::routing::post;
use axum::{Json, Router};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::process::{Child, Command};
use tokio::task::JoinSet;

use super::shipped;
use crate::prometheus::server::{free_address, spawn};
use crate::support::{client, stub};

/// What was told, oldest first.
pub(super) type Told = Arc<Mutex<Vec<Value>>>;

/// It is killed when this is dropped.
pub(super) struct Alertmanager {
    pub(super) address: SocketAddr,
    /// The messages to Slack, and those to the webhook.
    pub(super) slack: Told,
    pub(super) webhook: Told,
    _process: Child,
    _receivers: JoinSet<()>,
    _directory: TempDir,
}

impl Alertmanager {
    pub(super) async fn start() -> Self {
        let (slack, webhook) = (Told::default(), Told::default());
        let routes = Router::new().route("/slack", listens(&slack)).route("/webhook", listens(&webhook));
        let (receiver, receivers) = stub(routes).await;
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("alertmanager.json");
        fs::write(&file, configuration(receiver).to_string()).unwrap(); // JSON is YAML
        let address = free_address().await;
        // The package of Debian calls it by another name than Prometheus does.
        let names = ["prometheus-alertmanager", "alertmanager"];
        let path = std::env::var_os("PATH").unwrap_or_default();
        let there = |name: &&&str| std::env::split_paths(&path).any(|folder| folder.join(name).is_file());
        let process = spawn(
            Command::new(names.iter().find(there).unwrap_or(&names[1]))
                .arg(format!("--config.file={}", file.display()))
                .arg(format!("--storage.path={}", directory.path().join("data").display()))
                .arg(format!("--web.listen-address={address}"))
                .arg("--cluster.listen-address=") // it is alone
                .stdout(Stdio::null())
                .stderr(Stdio::null()),
        );
        Self { address, slack, webhook, _process: process, _receivers: receivers, _directory: directory }
    }

    /// The alerts that it has, each with whether it is muted. `None` as long as it does not answer.
    pub(super) async fn alerts(&self) -> Option<Vec<Value>> {
        let response = client().get(format!("http://{}/api/v2/alerts", self.address)).send().await.ok()?;
        serde_json::from_str(&response.text().await.ok()?).ok()
    }
}

fn listens(told: &Told) -> axum::routing::MethodRouter {
    let told = Arc::clone(told);
    post(async move |Json(message): Json<Value>| told.lock().unwrap().push(message))
}

/// What is shipped, but for where Slack and the templates are, the patience, and one more who is told.
fn configuration(receiver: SocketAddr) -> Value {
    let text = fs::read_to_string(shipped("prometheus/alertmanager/alertmanager.yml")).unwrap();
    let mut configuration: Value = serde_saphyr::from_str(&text).unwrap();
    let global = configuration["global"].as_object_mut().unwrap();
    global.remove("slack_api_url_file").unwrap();
    global.insert("slack_api_url".to_owned(), json!(format!("http://{receiver}/slack")));
    configuration["templates"] = json!([shipped("prometheus/alertmanager/templates/*.tmpl")]);
    hurry(&mut configuration["route"]);
    let slack =
        configuration["receivers"].as_array_mut().unwrap().iter_mut().find(|one| one["name"] == "slack");
    slack.unwrap()["webhook_configs"] =
        json!([{"url": format!("http://{receiver}/webhook"), "send_resolved": true}]);
    configuration
}

/// Groups are told after a second instead of after minutes.
fn hurry(route: &mut Value) {
    for patience in ["group_wait", "group_interval"] {
        if route[patience].is_string() {
            route[patience] = json!("1s");
        }
    }
    route["routes"].as_array_mut().into_iter().flatten().for_each(hurry);
}
