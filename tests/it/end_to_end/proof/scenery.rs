//! All processes: simulator, exporter, Prometheus, Alertmanager.

use std::net::SocketAddr;

use serde_json::{Value, json};
use tokio::process::Child;

use super::messages::{self, Open};
use super::timeline::{Alert, Alerts, State, Timeline};
use crate::end_to_end::alertmanager::Alertmanager;
use crate::end_to_end::processes::{HASTE, Runpod, accelerated_rules};
use crate::prometheus::server::{Prometheus, free_address, until};

pub(super) struct Scenery {
    pub(super) alertmanager: Alertmanager,
    pub(super) timeline: Timeline,
    prometheus: Prometheus,
    runpod: Runpod,
    exporter_address: SocketAddr,
    exporter: Option<Child>,
    notified: usize,
    _rules: tempfile::TempDir,
}

impl Scenery {
    /// Starts all processes with a healthy account.
    pub(super) async fn build() -> Self {
        let runpod = Runpod::start(2).await;
        let alertmanager = Alertmanager::start().await;
        until("Alertmanager", async || alertmanager.alerts().await).await;
        let exporter_address = free_address().await;
        let rules = accelerated_rules(HASTE);
        let prometheus = Prometheus::configured(
            &json!({
                "global": {"scrape_interval": "1s", "scrape_timeout": "1s", "evaluation_interval": "1s"},
                "rule_files": [rules.path().join("*.json")],
                "alerting": {"alertmanagers": [{"static_configs": [{"targets": [alertmanager.address]}]}]},
                "scrape_configs": [{"job_name": "runpod", "static_configs": [{"targets": [exporter_address]}]}],
            }),
            None,
        )
        .await;
        let mut scenery = Self {
            alertmanager,
            timeline: Timeline::new(),
            prometheus,
            runpod,
            exporter_address,
            exporter: None,
            notified: 0,
            _rules: rules,
        };
        scenery.start_exporter().await;
        scenery
    }

    pub(super) async fn start_exporter(&mut self) {
        self.exporter = Some(self.runpod.exporter(self.exporter_address, &[]).await);
    }

    pub(super) async fn kill_exporter(&mut self) {
        self.timeline.note("the exporter is killed".to_owned());
        self.exporter.take().unwrap().kill().await.unwrap();
    }

    /// Plays these scenes and ends all others.
    pub(super) async fn play(&mut self, name: &str, scenes: &[&str]) {
        self.timeline.note(name.to_owned());
        self.runpod.play(scenes).await;
    }

    /// Polls until alerts and notifications are as expected, and records the timeline.
    pub(super) async fn see(&mut self, what: &str, are_right: impl Fn(&Alerts, &Open) -> bool) {
        let deadline = tokio::time::Instant::now() + crate::prometheus::server::PATIENCE;
        let mut pace = tokio::time::interval(std::time::Duration::from_millis(200));
        loop {
            pace.tick().await;
            let alerts = self.alerts().await;
            self.timeline.see(alerts.clone());
            self.record_notifications();
            if are_right(&alerts, &messages::open(&self.alertmanager)) {
                return;
            }
            assert!(tokio::time::Instant::now() < deadline, "never seen: {what}\n{}", self.timeline);
        }
    }

    /// Records new notifications.
    fn record_notifications(&mut self) {
        let messages = self.alertmanager.slack.lock().unwrap().clone();
        for message in &messages[self.notified..] {
            let attachment = &message["attachments"][0];
            let [color, title] =
                ["color", "title"].map(|key| attachment[key].as_str().unwrap_or_default().to_owned());
            self.timeline.note(format!("    Slack  {color}  {title}"));
        }
        self.notified = messages.len();
    }

    /// Waits without changes, longer than the `for` of most alerts.
    pub(super) async fn wait(&mut self) {
        self.timeline.note("no problems".to_owned());
        self.prometheus.scrapes(15.0).await;
    }

    /// The alerts in Prometheus, and whether Alertmanager mutes them.
    pub(super) async fn alerts(&self) -> Alerts {
        let rules = self.prometheus.get("alerts", &[]).await;
        let known = self.alertmanager.alerts().await.unwrap();
        let muted: Vec<_> =
            known.iter().filter(|alert| alert["status"]["state"] == "suppressed").map(alert).collect();
        let state = |of: &Value| match (of["state"].as_str().unwrap(), muted.contains(&alert(of))) {
            ("pending", _) => State::Pending,
            (_, true) => State::Muted,
            _ => State::Firing,
        };
        let alerts = rules.as_ref().and_then(|rules| rules["alerts"].as_array()).into_iter().flatten();
        let alerts = alerts.map(|of| (alert(of), state(of)));
        // This one always fires, and is sent to another receiver.
        alerts.filter(|(alert, _)| alert.name != "RunpodWatchdog").collect()
    }
}

fn alert(json: &Value) -> Alert {
    let labels = &json["labels"];
    let label = |name: &str| labels[name].as_str().map(str::to_owned);
    let kinds = ["collector", "api", "pod_name", "endpoint_name", "account", "instance"];
    Alert {
        name: label("alertname").unwrap(),
        severity: label("severity").unwrap(),
        about: kinds
            .into_iter()
            .find_map(label)
            .into_iter()
            .chain(label("cause"))
            .collect::<Vec<_>>()
            .join(": "),
    }
}
