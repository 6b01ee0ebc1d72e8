//! A snapshot in which everything is known.

use std::sync::Arc;
use std::time::Duration;

use runpod::{Api, Operation, QuotaWindow, Reason, RequestError};
use runpod_exporter::catalog::ScrapeResult;
use runpod_exporter::diagnosis::{
    DiagnosedAccount, Diagnosis, Ended, Finding, Health, Latency, Name, Recent, Severity, Subject,
};
use runpod_exporter::settings::Collector;
use runpod_exporter::snapshot::{
    Account, AccountSnapshot, ApiReport, Bill, CollectorReport, Endpoint, Facts, Gpu, GpuType, Host, Load,
    Machine, Money, Place, Placement, Pod, Provenance, Reported, Rollout, SavingsPlan, SpendComponent,
    Volume, Worker, Workers,
};

use super::measured::measured;
use super::noon;

const SOME: Option<f64> = Some(1.5);
const MONEY: Money = Money { day: SOME, month: SOME };

#[expect(clippy::unnecessary_wraps, reason = "the fields are optional")]
fn text(text: &str) -> Option<String> {
    Some(text.to_owned())
}

fn full_endpoint() -> Endpoint {
    let reported = Reported {
        execution: [("0.5", 1.5)].into(),
        delay: [("0.7", 1.5)].into(),
        execution_avg: SOME,
        cold_start_avg: SOME,
        requests_per_second: SOME,
        success_ratio: SOME,
        error_ratio: SOME,
    };
    let workers = Workers {
        ready: SOME,
        running: SOME,
        idle: SOME,
        initializing: SOME,
        throttled: SOME,
        unhealthy: SOME,
        pending: SOME,
    };
    let totals: std::collections::BTreeMap<_, _> = [("completed", 3.0)].into();
    Endpoint {
        id: "e1".to_owned(),
        name: "one".to_owned(),
        up: Some(true),
        facts: Facts {
            listed: true,
            kind: text("queue"),
            compute: text("gpu"),
            gpu_types: text("AMPERE_80"),
            data_centers: text("EU-RO-1"),
            flashboot: text("off"),
            scaler: text("queue_delay"),
            template_id: text("t"),
            status: text("degraded"),
            workers_min: SOME,
            workers_max: SOME,
            workers_standby: SOME,
            idle_timeout: SOME,
            execution_timeout: SOME,
            created: SOME,
            reported,
        },
        load: Load { queue_depth: SOME, in_progress: SOME, totals: totals.clone(), workers },
        load_read: Some(noon()),
        placement: Some(full_placement()),
        billed: MONEY,
        requests: totals,
    }
}

fn full_placement() -> Placement {
    let place = Place {
        gpu_type_id: "NVIDIA A40".to_owned(),
        data_center_id: "EU-RO-1".to_owned(),
        state: "running".to_owned(),
    };
    let worker = Worker {
        id: "w1".to_owned(),
        place: place.clone(),
        version: Some(4.0),
        stale: Some(true),
        started: SOME,
        uptime: SOME,
    };
    Placement {
        read: noon(),
        placed: [(place, 2.0)].into(),
        stale: 1.0,
        rollout: Rollout { on_latest: 1.0, on_older: 1.0 },
        workers: vec![worker.clone(), worker],
    }
}

fn full_pod() -> Pod {
    let gpu = Gpu { id: "GPU-1".to_owned(), busy: SOME, memory_used: SOME };
    Pod {
        id: "p1".to_owned(),
        name: "one".to_owned(),
        status: text("running"),
        kind: text("reserved"),
        image: text("image"),
        gpu_type_id: text("NVIDIA A40"),
        cloud: Some("secure"),
        data_center_id: text("EU-RO-1"),
        cost: SOME,
        gpu_count: SOME,
        vcpu_count: SOME,
        memory: SOME,
        container_disk: SOME,
        volume: SOME,
        uptime: SOME,
        cpu: SOME,
        memory_used: SOME,
        // The same GPU twice: an upstream may repeat itself.
        gpus: vec![gpu.clone(), gpu],
        temperature: SOME,
        power: SOME,
        billed: MONEY,
    }
}

fn full_machine() -> Machine {
    Machine {
        id: "m1".to_owned(),
        name: "one".to_owned(),
        gpu_type_id: text("NVIDIA A40"),
        location: text("Reykjavik"),
        listed: Some(true),
        verified: Some(true),
        maintenance: Some(false),
        gpus: SOME,
        gpus_rented: SOME,
        vcpus: SOME,
        vcpus_rented: SOME,
        disk: SOME,
        disk_rented: SOME,
        price: SOME,
        uptime: [("1w", 0.5)].into(),
        balance: [("gpu", 1.5)].into(),
        earned_today: [("disk", 1.5)].into(),
    }
}

fn full_account() -> Account {
    let plan = SavingsPlan {
        id: "s1".to_owned(),
        kind: "monthly".to_owned(),
        gpu_type_id: "NVIDIA A40".to_owned(),
        end: SOME,
    };
    let component = SpendComponent { component: "gpu_compute", spend: 1.0 };
    Account {
        balance: SOME,
        spend: SOME,
        spend_limit: SOME,
        spend_components: vec![component, component],
        workers_quota: SOME,
        serverless_discount: SOME,
        savings_plans: vec![plan.clone(), plan],
    }
}

fn full_recent() -> Recent {
    let ended = Ended { completed: 57.0, failed: 3.0, retried: 1.0, within: Duration::from_mins(10) };
    let latency =
        Latency { jobs: 60, avg: 2.0, p50: 1.5, p95: 4.5, p99: 8.0, min: 0.5, max: 9.0, waited_ratio: 0.25 };
    let queue = vec![(Duration::from_mins(5), 2.0), (Duration::ZERO, 1.5)];
    Recent { queue, ended, latency: Some(latency) }
}

/// About each kind of subject, and two about pods that have one series.
fn full_findings() -> Vec<Finding> {
    let endpoint = Subject::Endpoint { id: "e1".to_owned(), name: "one".to_owned() };
    let pod = |id: &str| Subject::Pod { id: id.to_owned(), name: "one".to_owned() };
    let finding = |name, severity, subject| Finding {
        name,
        severity,
        subject,
        message: "message".to_owned(),
        recommendations: vec!["recommendation".to_owned()],
        metric: "runpod_up",
        runbook: "runbook".to_owned(),
    };
    vec![
        finding(Name::QueueDeep, Severity::Critical, endpoint),
        finding(Name::KeyRejected, Severity::Critical, Subject::Account),
        finding(Name::PodIdle, Severity::Warning, pod("p1")),
        finding(Name::PodIdle, Severity::Warning, pod("p2")),
    ]
}

/// A snapshot in which everything is known.
pub(crate) fn full() -> ScrapeResult {
    let error = RequestError {
        api: Api::Jobs,
        operation: Operation::Health,
        peer: Arc::from("api.runpod.ai"),
        reason: Reason::Retired,
    };
    let report = |collector, error| CollectorReport {
        collector,
        error,
        answered: true,
        duration: Duration::from_millis(120),
        last_success: Some(noon()),
        source: Some(Provenance { api: Api::Rest, read: noon() }),
    };
    let snapshot = AccountSnapshot {
        name: Arc::from("default"),
        taken: noon(),
        thresholds: Arc::default(),
        collectors: vec![report(Collector::Endpoints, None), report(Collector::Health, Some(error))],
        apis: vec![ApiReport { api: Api::Graphql, retired: Some(false), unsupported_fields: Some(7) }],
        account: Some(full_account()),
        endpoints: vec![full_endpoint()],
        pods: vec![full_pod()],
        quota: vec![QuotaWindow { name: "minute".to_owned(), limit: SOME, remaining: SOME }],
        bill: Bill {
            resources: [("pod_gpu".to_owned(), MONEY)].into(),
            clusters: [("c1".to_owned(), MONEY)].into(),
        },
        volumes: vec![Volume {
            id: "v1".to_owned(),
            name: "one".to_owned(),
            data_center_id: "EU-RO-1".to_owned(),
            size: SOME,
            billed: MONEY,
        }],
        market: vec![GpuType {
            id: "NVIDIA A40".to_owned(),
            prices: [("secure", 1.5)].into(),
            stock: [("pod", 3.0)].into(),
        }],
        host: Some(Host { balance: SOME, machines: vec![full_machine()] }),
        finished: Vec::new(),
        unknown: Vec::new(),
    };
    let diagnosis = Diagnosis {
        findings: full_findings(),
        health: [("e1".to_owned(), Health::Degraded)].into(),
        recent: [("e1".to_owned(), full_recent())].into(),
    };
    let account = DiagnosedAccount { snapshot, diagnosis };
    ScrapeResult {
        accounts: vec![Arc::new(account)],
        duration: Duration::from_millis(130),
        truncated: false,
        measurements: measured(),
    }
}
