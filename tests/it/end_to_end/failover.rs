//! A pair of exporters with two accounts, and two exporters of accounts of one name in other clusters: nothing is counted twice,
//! and an exporter that is killed mutes nothing that another one reads.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::alertmanager::Alertmanager;
use super::processes::{Runpod, accelerated_rules};
use crate::prometheus::server::{Prometheus, free_address, until};

/// An alert that ends for lack of data five minutes after its exporter is muted after three. Two minutes are four seconds here: two, as
/// in other tests, are two of Prometheus's evaluations, which a busy machine may miss.
const HASTE: u64 = 30;

/// An alert: name, account, cluster.
type Alert = (String, String, String);

fn alert(name: &str, account: &str, cluster: &str) -> Alert {
    (name.to_owned(), account.to_owned(), cluster.to_owned())
}

/// The alerts in Alertmanager in this state, without the one that always fires. Panics if one is there twice.
async fn alerts(alertmanager: &Alertmanager, state: &str) -> BTreeSet<Alert> {
    let mut found = BTreeSet::new();
    for alert in alertmanager.alerts().await.unwrap() {
        let label = |name: &str| alert["labels"][name].as_str().unwrap_or_default().to_owned();
        if label("alertname") == "RunpodWatchdog" || alert["status"]["state"] != state {
            continue;
        }
        for own in ["exported_account", "pod"] {
            assert_eq!(label(own), "", "{alert}");
        }
        let is_about_exporter = label("alertname") == "RunpodExporterDown";
        assert_eq!(!label("instance").is_empty(), is_about_exporter, "{alert}");
        assert_eq!(label("env"), "test", "the label of the target is gone: {alert}");
        let one = (label("alertname"), label("account"), label("cluster"));
        assert!(found.insert(one), "twice: {alert}");
    }
    found
}

/// Polls until exactly these alerts are not muted.
async fn see(alertmanager: &Alertmanager, active: &[Alert]) {
    let expected: BTreeSet<Alert> = active.iter().cloned().collect();
    until(&format!("{expected:?}"), async || {
        (alerts(alertmanager, "active").await == expected).then_some(())
    })
    .await;
}

fn job(name: &str, cluster: &str, targets: &[std::net::SocketAddr]) -> Value {
    let labels = json!({"cluster": cluster, "env": "test"});
    json!({"job_name": name, "static_configs": [{"targets": targets, "labels": labels}]})
}

#[tokio::test]
async fn one_exporter_of_a_pair_is_killed() {
    let (runpod, other_runpod) = (Runpod::of(1, 1).await, Runpod::of(1, 2).await);
    let alertmanager = Alertmanager::start().await;
    until("Alertmanager", async || alertmanager.alerts().await).await;
    let rules = accelerated_rules(HASTE);
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("accounts.yml");
    std::fs::write(directory.path().join("key"), "any").unwrap();
    let two = "accounts: [{name: research, api_key_file: key}, {name: production, api_key_file: key}]";
    std::fs::write(&file, two).unwrap();
    let file = format!("--config.file={}", file.display());

    let (one, other, east, west) =
        (free_address().await, free_address().await, free_address().await, free_address().await);
    let _one = runpod.exporter(one, &[&file]).await;
    let mut second = runpod.exporter(other, &[&file]).await;
    let _east = runpod.exporter(east, &[]).await;
    let mut in_west = other_runpod.exporter(west, &[]).await;
    // The first is also discovered with /sd, beside the static job.
    let sd = json!({
        "job_name": "discovered",
        "http_sd_configs": [{"url": format!("http://{one}/sd"), "refresh_interval": "1s"}],
        "relabel_configs": [
            {"target_label": "cluster", "replacement": "main"},
            {"target_label": "env", "replacement": "test"},
        ],
    });
    let _prometheus = Prometheus::configured(
        &json!({
            "global": {"scrape_interval": "1s", "scrape_timeout": "1s", "evaluation_interval": "1s"},
            "rule_files": [rules.path().join("*.json")],
            "alerting": {"alertmanagers": [{"static_configs": [{"targets": [alertmanager.address]}]}]},
            "scrape_configs": [job("watch", "main", &[one, other]), job("east", "east", &[east]), job("west", "west", &[west]), sd],
        }),
        None,
    )
    .await;

    runpod.play(&["idle-workers"]).await;
    other_runpod.play(&["idle-workers"]).await;
    let stuck = |account, cluster| alert("RunpodQueueStuck", account, cluster);
    let [research, production] = ["research", "production"].map(|account| stuck(account, "main"));
    let (in_the_east, in_the_west) = (stuck("default", "east"), stuck("default", "west"));
    let incident = [research.clone(), production.clone(), in_the_east.clone()];
    see(&alertmanager, &[&incident[..], std::slice::from_ref(&in_the_west)].concat()).await;

    // One of the pair: the incident goes on, and no message about it is repeated.
    second.kill().await.unwrap();
    let down = alert("RunpodExporterDown", "", "main");
    see(&alertmanager, &[&incident[..], &[in_the_west.clone(), down.clone()]].concat()).await;

    // The only one of its account: what was known of it is muted, and the account of the same name elsewhere is not.
    in_west.kill().await.unwrap();
    let unwatched = alert("RunpodAccountUnwatched", "default", "west");
    see(&alertmanager, &[&incident[..], &[down, unwatched]].concat()).await;
    assert_eq!(
        alerts(&alertmanager, "suppressed").await,
        [in_the_west].into(),
        "what nothing is known about"
    );

    // One message for each of the four queues, the exporter and the account; none about an end.
    let sent = || {
        let groups = alertmanager.webhook.lock().unwrap();
        groups.iter().map(|group| group["status"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    until("six messages", async || (sent().len() >= 6).then_some(())).await;
    assert_eq!(sent(), ["firing"; 6]);
}
