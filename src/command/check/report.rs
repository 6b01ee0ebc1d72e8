//! The status document as the text needs it. It may come from an exporter of another version: a field that is missing or
//! unknown costs itself.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use crate::status::Verdict;

/// The document.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Report {
    pub(super) timestamp: Option<Timestamp>,
    /// Missing in older versions.
    pub(super) running_seconds: Option<f64>,
    pub(super) mode: String,
    pub(super) verdict: String,
    pub(super) accounts: Vec<Account>,
}

/// An account.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Account {
    #[serde(rename = "account")]
    pub(super) name: String,
    pub(super) verdict: String,
    /// Missing in older versions, whose verdict is unknown only on accounts that did not answer.
    pub(super) answered: Option<bool>,
    pub(super) taken: Option<Timestamp>,
    pub(super) errors: Vec<String>,
    pub(super) balance_dollars: Option<f64>,
    pub(super) billing_mode: Option<String>,
    pub(super) spend_dollars_per_hour: Option<f64>,
    pub(super) runway_hours: Option<f64>,
    pub(super) collectors: Vec<Collector>,
    pub(super) findings: Vec<Finding>,
    pub(super) endpoints: Vec<Endpoint>,
    pub(super) pods: Vec<Pod>,
    /// Missing in older versions.
    pub(super) clusters: Vec<Cluster>,
}

/// The result of a collector.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Collector {
    pub(super) collector: String,
    pub(super) ok: bool,
}

/// A finding.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Finding {
    pub(super) name: String,
    pub(super) severity: String,
    pub(super) subject: Subject,
    pub(super) message: String,
    pub(super) recommendations: Vec<String>,
    pub(super) runbook: String,
    pub(super) since: Option<Timestamp>,
    pub(super) explained_by: Option<String>,
    pub(super) runbook_url: Option<String>,
    /// `none`, `delays` or `stops`; missing in older versions.
    pub(super) impact: Option<String>,
}

/// What a finding is about.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Subject {
    pub(super) kind: String,
    pub(super) id: String,
    pub(super) name: String,
}

/// An endpoint.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Endpoint {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) health: Option<String>,
    pub(super) cause: Option<String>,
    pub(super) status: Option<String>,
    pub(super) queue_depth: Option<f64>,
    pub(super) in_progress: Option<f64>,
    pub(super) workers: Workers,
    pub(super) requests: Requests,
    pub(super) latency: Option<Latency>,
    /// The last error lines of its workers, oldest first; `None` unless its logs are followed.
    pub(super) last_errors: Option<Vec<ErrorLine>>,
    pub(super) findings: Vec<Finding>,
}

/// An error line of a worker.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct ErrorLine {
    pub(super) timestamp: Option<Timestamp>,
    pub(super) count: u64,
    pub(super) text: String,
}

/// Workers by state.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Workers {
    pub(super) ready: Option<f64>,
    pub(super) running: Option<f64>,
    pub(super) idle: Option<f64>,
    pub(super) initializing: Option<f64>,
    pub(super) throttled: Option<f64>,
    pub(super) unhealthy: Option<f64>,
    pub(super) max: Option<f64>,
}

/// Finished jobs.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Requests {
    pub(super) success_ratio: Option<f64>,
    pub(super) per_minute: Option<f64>,
    pub(super) within_seconds: Option<f64>,
}

/// Number of jobs from which the share of those that failed is settled.
const SETTLED: f64 = 50.0;

impl Requests {
    /// Number of jobs that ended while they were counted.
    fn ended(&self) -> f64 {
        self.per_minute.unwrap_or_default() * self.within_seconds.unwrap_or_default() / 60.0
    }
}

/// Latency of the reported jobs.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Latency {
    pub(super) p95: Option<f64>,
}

/// The kinds of subjects that an account lists besides its endpoints. Their findings are among those of the account.
pub(super) const PARTS: [&str; 2] = ["pod", "cluster"];

/// A pod.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Pod {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) status: Option<String>,
    pub(super) gpus: Option<f64>,
    pub(super) gpu_type_id: Option<String>,
    pub(super) cost_dollars_per_hour: Option<f64>,
    pub(super) gpu_utilization_ratio: Option<f64>,
    pub(super) cpu_utilization_ratio: Option<f64>,
}

/// A cluster.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Cluster {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) gpus: Option<f64>,
    pub(super) gpu_type_id: Option<String>,
    pub(super) pods_running: Option<f64>,
    pub(super) pods_desired: Option<f64>,
    pub(super) cost_dollars_per_hour: Option<f64>,
}

impl Report {
    /// Reads a document.
    pub(super) fn of(document: &Value) -> Result<Self, serde_json::Error> {
        Self::deserialize(document)
    }

    /// Reads one account of a document.
    pub(super) fn of_account(account: &Value) -> Result<Account, serde_json::Error> {
        Account::deserialize(account)
    }

    /// Removes when states began: the first of a few samples says nothing about it.
    pub(super) fn forget_starts(&mut self) {
        for account in &mut self.accounts {
            let endpoints = account.endpoints.iter_mut().flat_map(|endpoint| &mut endpoint.findings);
            for finding in account.findings.iter_mut().chain(endpoints) {
                finding.since = None;
            }
        }
    }

    /// Whether a few more seconds can change what is reported: jobs that failed are too few to judge by, a worker starts, or
    /// workers take no jobs yet.
    pub(super) fn is_unsettled(&self) -> bool {
        let endpoints = self.accounts.iter().flat_map(|account| &account.endpoints);
        let is_open = |endpoint: &Endpoint, finding: &Finding| match finding.name.as_str() {
            "error_ratio_high" => endpoint.requests.ended() < SETTLED,
            "workers_starting" | "queue_stuck_idle_workers" => true,
            _ => false,
        };
        endpoints
            .into_iter()
            .any(|endpoint| endpoint.causes().next().is_some_and(|cause| is_open(endpoint, cause)))
    }

    /// The verdict; unknown if it has none.
    pub(super) fn verdict(&self) -> Verdict {
        verdict(&self.verdict)
    }
}

impl Account {
    /// Whether Runpod did not answer for it.
    pub(super) fn is_unanswered(&self) -> bool {
        verdict(&self.verdict) == Verdict::Unknown && self.answered != Some(true)
    }

    /// Whether the list of a collector may lack something: it failed, or the account did not answer.
    pub(super) fn may_lack(&self, collector: &str) -> bool {
        let failed = |own: &Collector| own.collector == collector && !own.ok;
        self.is_unanswered() || self.collectors.iter().any(failed)
    }

    /// The id and the name of each endpoint, pod and cluster.
    pub(super) fn listed(&self) -> impl Iterator<Item = [&str; 2]> {
        let endpoints = self.endpoints.iter().map(|endpoint| [&*endpoint.id, &*endpoint.name]);
        let pods = self.pods.iter().map(|pod| [&*pod.id, &*pod.name]);
        endpoints.chain(pods).chain(self.clusters.iter().map(|cluster| [&*cluster.id, &*cluster.name]))
    }

    /// The findings about the account itself.
    pub(super) fn own_findings(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| !PARTS.contains(&finding.subject.kind.as_str()))
    }

    /// The findings about the pod or the cluster with this id.
    pub(super) fn findings_about(&self, kind: &str, id: &str) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(move |finding| finding.subject.kind == kind && finding.subject.id == id)
    }
}

impl Finding {
    /// What it means for the verdict on the account.
    pub(super) fn verdict(&self) -> Verdict {
        match (self.impact.as_deref(), self.severity.as_str()) {
            (Some("stops"), _) => Verdict::Unhealthy,
            (Some("delays"), _) | (None, "warning" | "critical") => Verdict::Degraded,
            _ => Verdict::Healthy,
        }
    }
}

impl Endpoint {
    /// Its health as a verdict.
    pub(super) fn verdict(&self) -> Verdict {
        self.health.as_deref().map_or(Verdict::Unknown, verdict)
    }

    /// Whether it could not be read.
    pub(super) fn is_unreadable(&self) -> bool {
        self.findings.iter().any(|finding| finding.name == "endpoint_unreadable")
    }

    /// Its state in a word. That of an endpoint that was read is unknown if its queue or its workers are.
    pub(super) fn state(&self) -> &'static str {
        if self.is_unreadable() { "unreadable" } else { self.verdict().as_str() }
    }

    /// The findings that follow from no other one, the most severe first.
    pub(super) fn causes(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| finding.explained_by.is_none())
    }

    /// The findings that follow from others.
    pub(super) fn symptoms(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| finding.explained_by.is_some())
    }
}

/// The verdict of this name. What is not one is unknown.
pub(super) fn verdict(name: &str) -> Verdict {
    let all = [Verdict::Healthy, Verdict::Degraded, Verdict::Unhealthy, Verdict::Unknown];
    all.into_iter().find(|verdict| verdict.as_str() == name).unwrap_or(Verdict::Unknown)
}
