//! Findings, alerts and their limits: both sides use the same numbers, and nothing that belongs to a finding is missing.

mod complete;
mod limits;
mod numbers;

use std::path::{Path, PathBuf};

use runpod_exporter::testing::diagnosis::{Limit, Name, Place};
use serde_json::Value;

pub(crate) use self::numbers::{amounts, long, range, short, spaced};

/// Numbers that only a rule contains, with the reason. They decide when an alert notifies, not what is a problem.
const ALERT_ONLY: &[(Place, &str)] = &[
    // A worker may be throttled, or crash once, for a moment: the alert reports what lasts. Critical is what stops a queue.
    (Place::Window("RunpodWorkersThrottled"), "5m"),
    (Place::Window("RunpodWorkersUnhealthy"), "5m"),
    (Place::Window("RunpodNoReadyWorkers"), "5m"),
    (Place::Window("RunpodColdStartSlow"), "5m"),
    (Place::Window("account_endpoint:runpod_queue_blocked:jobs"), "2m"),
    // A queue that is processed within a minute, or that shrinks, is not a finding; one that takes five minutes is.
    (Place::Comparison("RunpodQueueDeep"), "60"),
    (Place::Window("RunpodQueueDeep"), "5m"),
    (Place::Comparison("RunpodQueueWaitLong"), "300"),
    (Place::Window("RunpodEndpointSaturated"), "15m"),
    // An endpoint with few jobs: three failures without a success.
    (Place::Window("account_endpoint_status:runpod_requests:increase30m"), "30m"),
    (Place::Comparison("RunpodEveryJobFails"), "3"),
    // What follows from a cause outlasts it.
    (Place::Window("account_endpoint:runpod_cause_alerts:max15m"), "15m"),
    (Place::Window("account_endpoint:runpod_queue_alerts:max15m"), "15m"),
    // What was last known, for alerts that go on while nothing can be read.
    (Place::Window("account_endpoint:runpod_queue_depth:last_unread"), "6h"),
    (Place::Window("RunpodErrorRatioHigh"), "6h"),
    (Place::Window("RunpodEveryJobFails"), "6h"),
    (Place::Window("RunpodBalanceLow"), "6h"),
    (Place::Window("RunpodBalanceGone"), "6h"),
    (Place::Window("account:runpod_up:unwatched"), "6h"),
    (Place::Window("account:runpod_up:unwatched"), "7d"),
    (Place::Window("RunpodExporterDown"), "7d"),
    // The windows of the burn rates of objectives.
    (Place::Window("account_endpoint_slo:runpod_slo_jobs:increase5m"), "5m"),
    (Place::Window("account_endpoint_slo:runpod_slo_bad:increase5m"), "5m"),
    (Place::Window("account_endpoint_slo:runpod_slo_burn:ratio30m"), "30m"),
    (Place::Window("account_endpoint_slo:runpod_slo_burn:ratio1h"), "1h"),
    (Place::Window("account_endpoint_slo:runpod_slo_burn:ratio6h"), "6h"),
    (Place::Window("account_endpoint_slo:runpod_slo_jobs:increase1h"), "1h"),
    (Place::Window("account_endpoint_slo:runpod_slo_bad:increase1h"), "1h"),
    (Place::Window("account_endpoint_slo:runpod_slo_jobs:increase6h"), "6h"),
    // The spend changes with every worker that starts, and with the day of the week.
    (Place::Window("account:runpod_balance:runway_hours"), "30m"),
    (Place::Window("account:runpod_spend_dollars_per_hour:avg1h"), "1h"),
    (Place::Window("RunpodSpendJump"), "6d"),
    (Place::Comparison("RunpodSpendJump"), "2"),
    (Place::Window("RunpodWorkersMaxDropped"), "6d"),
    (Place::Window("RunpodBalanceGone"), "7d"),
    (Place::Window("RunpodWorkerQuotaNear"), "5m"),
    (Place::Comparison("RunpodWorkerQuotaNear"), "0.9"),
    // Runpod sometimes answers 401 to a valid key.
    (Place::Window("RunpodKeyRejected"), "10m"),
    (Place::Comparison("RunpodKeyRejected"), "2"),
    // Half of the endpoints of an account are one problem, unless it has only one or two.
    (Place::Comparison("RunpodEndpointUnreadable"), "0.5"),
    (Place::Comparison("account:runpod_endpoint_unreadable:ratio"), "3"),
    // No finding: half of the scrapes, and none of the last ones.
    (Place::Window("account_collector:runpod_collector_failing:avg15m"), "15m"),
    (Place::Window("account_collector:runpod_collector_failing:avg15m"), "5m"),
    (Place::Comparison("RunpodCollectorFailing"), "0.5"),
    (Place::Window("RunpodCollectorFailing"), "15m"),
    // One answer of 429 is not a finding.
    (Place::Window("account_collector:runpod_collector_rate_limited:parts"), "5m"),
    (Place::Comparison("RunpodRateLimited"), "0.5"),
    (Place::Window("RunpodScrapeTruncated"), "15m"),
    (Place::Comparison("RunpodScrapeTruncated"), "0.5"),
    // No finding: a panic is an event, and values that cannot be read are not a problem of an endpoint.
    (Place::Window("RunpodExporterPanics"), "1h"),
    (Place::Window("RunpodResponseUnreadable"), "15m"),
    (Place::Window("RunpodJobsRejected"), "15m"),
];

/// A rule of Prometheus.
pub(crate) struct Rule {
    /// The path of its file in the repository.
    pub(crate) file: String,
    /// The name of its group.
    pub(crate) group: String,
    /// The name of its alert or recorded series.
    pub(crate) name: String,
    pub(crate) is_alert: bool,
    pub(crate) expr: String,
    /// Its `for`.
    pub(crate) lasts: Option<String>,
    pub(crate) severity: String,
    /// Its description and its threshold.
    pub(crate) text: String,
    /// The path of its runbook.
    pub(crate) runbook: String,
}

/// A file of the repository.
pub(crate) fn repository(path: impl AsRef<Path>) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// The names of the files in a folder of the repository.
pub(crate) fn names(folder: &str) -> Vec<String> {
    let entries = std::fs::read_dir(repository(folder)).unwrap();
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

pub(crate) fn read(path: &str) -> String {
    std::fs::read_to_string(repository(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Every rule.
pub(crate) fn rules() -> Vec<Rule> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut rules = Vec::new();
    for file in names("prometheus/rules") {
        let file = format!("prometheus/rules/{file}");
        let content: Value = serde_saphyr::from_str(&read(&file)).unwrap();
        for group in content["groups"].as_array().unwrap() {
            for rule in group["rules"].as_array().unwrap() {
                let annotations = &rule["annotations"];
                rules.push(Rule {
                    file: file.clone(),
                    group: text(&group["name"]),
                    name: text(&rule["alert"]) + &text(&rule["record"]),
                    is_alert: rule["alert"].is_string(),
                    expr: text(&rule["expr"]),
                    lasts: rule["for"].as_str().map(str::to_owned),
                    severity: text(&rule["labels"]["severity"]),
                    text: format!(
                        "{} {}",
                        text(&annotations["description"]),
                        text(&annotations["threshold"])
                    ),
                    runbook: text(&annotations["runbook_url"]),
                });
            }
        }
    }
    assert!(rules.len() > 30, "the rules were not read: {}", rules.len());
    rules
}

/// The findings with this runbook.
pub(crate) fn on_page(page: &str) -> Vec<Name> {
    Name::ALL.iter().copied().filter(|name| name.row().runbook.page() == page).collect()
}

/// The limits of the findings with this runbook, and those that the alert of this name contains.
pub(crate) fn limits_of(page: &str) -> Vec<Limit> {
    let names = on_page(page);
    let is_used = |limit: &&Limit| {
        let row = limit.row();
        Name::with_limit(**limit).iter().any(|name| names.contains(name))
            || row.rules.iter().any(|place| rule(*place) == page)
    };
    Limit::ALL.iter().filter(is_used).copied().collect()
}

/// The ranges that only the alert of this name contains.
pub(crate) fn ranges_of_alert(alert: &str) -> Vec<&'static str> {
    let is_range = |place: Place| matches!(place, Place::Window(rule) if rule == alert);
    ALERT_ONLY.iter().filter(|(place, _)| is_range(*place)).map(|(_, number)| *number).collect()
}

const fn rule(place: Place) -> &'static str {
    match place {
        Place::Comparison(rule) | Place::Window(rule) | Place::For(rule) => rule,
    }
}
