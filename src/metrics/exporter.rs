//! The exporter in one scrape. What it has measured since its start is in `process.rs`.

use crate::catalog::Kind::Gauge;
use crate::catalog::ScrapeResult;
use crate::catalog::{Family, Labelled, Single};
use crate::snapshot::{AccountSnapshot, Count, Seconds, State, UnixTime};

pub(super) static FAMILIES: &[&dyn Family] = &[
    &Single::<AccountSnapshot, State> {
        name: "runpod_up",
        help: "Whether a request to Runpod about the account succeeded in this scrape, or none was due.",
        kind: Gauge,
        read: |account| Some(State(account.answered())),
    },
    &Labelled::<AccountSnapshot, State, 1> {
        name: "runpod_collector_success",
        help: "Whether every part of a collector succeeded in this scrape; 0 may still come with partial data.",
        kind: Gauge,
        labels: ["collector"],
        read: |account, points| {
            for report in &account.collectors {
                points.put([report.collector.as_str()], State(report.error.is_none()));
            }
        },
    },
    &Labelled::<AccountSnapshot, Count, 2> {
        name: "runpod_collector_parts",
        help: "Requests that a collector sends, such as one for each endpoint, by the outcome of the last attempt.",
        kind: Gauge,
        labels: ["collector", "outcome"],
        read: |account, points| {
            for report in &account.collectors {
                for (outcome, parts) in report.parts.by_outcome() {
                    points.put([report.collector.as_str(), outcome.as_str()], Count::from(parts));
                }
            }
        },
    },
    &Labelled::<AccountSnapshot, Seconds, 1> {
        name: "runpod_collector_duration_seconds",
        help: "Time from the first request of a collector to its last response in this scrape.",
        kind: Gauge,
        labels: ["collector"],
        read: |account, points| {
            for report in &account.collectors {
                points.put([report.collector.as_str()], Seconds::from(report.duration));
            }
        },
    },
    &Labelled::<AccountSnapshot, UnixTime, 1> {
        name: "runpod_collector_last_success_timestamp_seconds",
        help: "Last time a collector succeeded completely, as a Unix timestamp in seconds; 0 before the first success.",
        kind: Gauge,
        labels: ["collector"],
        read: |account, points| {
            for report in &account.collectors {
                let last_success = report.last_success.map(UnixTime::from).unwrap_or_default();
                points.put([report.collector.as_str()], last_success);
            }
        },
    },
    &Labelled::<AccountSnapshot, UnixTime, 2> {
        name: "runpod_collector_data_timestamp_seconds",
        help: "Read time of the oldest data a collector exports, by API, as a Unix timestamp in seconds.",
        kind: Gauge,
        labels: ["collector", "api"],
        read: |account, points| {
            for report in &account.collectors {
                if let Some(source) = report.source {
                    points.put([report.collector.as_str(), source.api.as_str()], UnixTime::from(source.read));
                }
            }
        },
    },
    &Labelled::<AccountSnapshot, Count, 1> {
        name: "runpod_api_concurrency_limit",
        help: "Maximum number of requests in flight to a server; lower than usual after it refused requests, failed or became slow.",
        kind: Gauge,
        labels: ["server"],
        read: |account, points| {
            for limit in &account.servers {
                points.put([&limit.server], Count::from(limit.in_flight));
            }
        },
    },
    &Labelled::<AccountSnapshot, Count, 1> {
        name: "runpod_api_quota_limit",
        help: "Maximum number of REST API requests in a window; absent until the API reports it (RateLimit-Policy q).",
        kind: Gauge,
        labels: ["window"],
        read: |account, points| {
            for window in &account.quota {
                points.put([&window.name], window.limit.map(Count));
            }
        },
    },
    &Labelled::<AccountSnapshot, Count, 1> {
        name: "runpod_api_quota_remaining",
        help: "Remaining REST API requests in the current window, across all clients of the account; absent once it has ended (RateLimit r).",
        kind: Gauge,
        labels: ["window"],
        read: |account, points| {
            for window in &account.quota {
                points.put([&window.name], window.remaining.map(Count));
            }
        },
    },
    &Labelled::<AccountSnapshot, State, 1> {
        name: "runpod_api_retired",
        help: "Whether the API answered the last request with 410 Gone; a retired API is retried once an hour.",
        kind: Gauge,
        labels: ["api"],
        read: |account, points| {
            for report in &account.apis {
                points.put([report.api.as_str()], report.retired.map(State));
            }
        },
    },
    &Labelled::<AccountSnapshot, State, 2> {
        name: "runpod_api_key_rejected",
        help: "Whether the API rejects a key (401) and accepts it for no other request; key is account or metrics.",
        kind: Gauge,
        labels: ["api", "key"],
        read: |account, points| {
            for report in &account.apis {
                points.put([report.api.as_str(), "account"], report.key_rejected.map(State));
                points.put([report.api.as_str(), "metrics"], report.metrics_key_rejected.map(State));
            }
        },
    },
    &Labelled::<AccountSnapshot, Count, 1> {
        name: "runpod_api_unsupported_fields",
        help: "Fields that the exporter supports and the GraphQL server rejects; each is logged once.",
        kind: Gauge,
        labels: ["api"],
        read: |account, points| {
            for report in &account.apis {
                points.put([report.api.as_str()], report.unsupported_fields.map(Count::from));
            }
        },
    },
    &Single::<ScrapeResult, Seconds> {
        name: "runpod_scrape_duration_seconds",
        help: "Time from the first upstream request of this scrape to its last response.",
        kind: Gauge,
        read: |snapshot| Some(snapshot.duration.into()),
    },
    &Single::<ScrapeResult, State> {
        name: "runpod_scrape_truncated",
        help: "Whether the deadline cut this scrape short, so that series are missing; a longer scrape timeout helps.",
        kind: Gauge,
        read: |snapshot| Some(State(snapshot.truncated)),
    },
];
