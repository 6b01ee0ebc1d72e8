//! A real Alertmanager with the repository's configuration, and stubs of its receivers: Slack and a webhook.

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

/// Notifications, oldest first.
pub(super) type Notifications = Arc<Mutex<Vec<Value>>>;

/// An Alertmanager. Dropping it kills the process.
pub(super) struct Alertmanager {
    pub(super) address: SocketAddr,
    /// The messages to Slack, and those to the webhook.
    pub(super) slack: Notifications,
    pub(super) webhook: Notifications,
    _process: Child,
    _receivers: JoinSet<()>,
    _directory: TempDir,
}

impl Alertmanager {
    pub(super) async fn start() -> Self {
        let (slack, webhook) = (Notifications::default(), Notifications::default());
        let routes = Router::new().route("/slack", receives(&slack)).route("/webhook", receives(&webhook));
        let (receiver, receivers) = stub(routes).await;
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("alertmanager.json");
        fs::write(&file, configuration(receiver).to_string()).unwrap(); // JSON is YAML
        let address = free_address().await;
        // The Debian package uses another name.
        let names = ["prometheus-alertmanager", "alertmanager"];
        let path = std::env::var_os("PATH").unwrap_or_default();
        let there = |name: &&&str| std::env::split_paths(&path).any(|folder| folder.join(name).is_file());
        let process = spawn(
            Command::new(names.iter().find(there).unwrap_or(&names[1]))
                .arg(format!("--config.file={}", file.display()))
                .arg(format!("--storage.path={}", directory.path().join("data").display()))
                .arg(format!("--web.listen-address={address}"))
                .arg("--cluster.listen-address=") // no cluster
                .stdout(Stdio::null())
                .stderr(Stdio::null()),
        );
        Self { address, slack, webhook, _process: process, _receivers: receivers, _directory: directory }
    }

    /// Its alerts, each with whether it is muted. `None` until it responds.
    pub(super) async fn alerts(&self) -> Option<Vec<Value>> {
        let response = client().get(format!("http://{}/api/v2/alerts", self.address)).send().await.ok()?;
        serde_json::from_str(&response.text().await.ok()?).ok()
    }
}

fn receives(notifications: &Notifications) -> axum::routing::MethodRouter {
    let notifications = Arc::clone(notifications);
    post(async move |Json(message): Json<Value>| notifications.lock().unwrap().push(message))
}

/// The shipped configuration, with other URLs and paths, shorter intervals, and the webhook as an additional receiver.
fn configuration(receiver: SocketAddr) -> Value {
    let text = fs::read_to_string(shipped("prometheus/alertmanager/alertmanager.yml")).unwrap();
    let mut configuration: Value = serde_saphyr::from_str(&text).unwrap();
    let global = configuration["global"].as_object_mut().unwrap();
    global.remove("slack_api_url_file").unwrap();
    global.insert("slack_api_url".to_owned(), json!(format!("http://{receiver}/slack")));
    configuration["templates"] = json!([shipped("prometheus/alertmanager/templates/*.tmpl")]);
    shorten(&mut configuration["route"]);
    let slack =
        configuration["receivers"].as_array_mut().unwrap().iter_mut().find(|one| one["name"] == "slack");
    slack.unwrap()["webhook_configs"] =
        json!([{"url": format!("http://{receiver}/webhook"), "send_resolved": true}]);
    configuration
}

/// Sends notifications after a second instead of minutes.
fn shorten(route: &mut Value) {
    for interval in ["group_wait", "group_interval"] {
        if route[interval].is_string() {
            route[interval] = json!("1s");
        }
    }
    route["routes"].as_array_mut().into_iter().flatten().for_each(shorten);
}
