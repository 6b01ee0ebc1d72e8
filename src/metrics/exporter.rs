//! The exporter about itself, as far as one scrape can say it. What accumulates is in `instruments/`.

use crate::catalog::Kind::Gauge;
use crate::catalog::ScrapeResult;
use crate::catalog::{Family, Labelled, Single};
use crate::snapshot::{AccountSnapshot, seconds};

pub(super) static FAMILIES: &[&dyn Family] = &[
    &Single::<AccountSnapshot> {
        name: "runpod_up",
        help: "Whether any collector of the account came through in this scrape.",
        kind: Gauge,
        read: |account| Some(f64::from(account.answered())),
    },
    &Labelled::<AccountSnapshot, 1> {
        name: "runpod_collector_success",
        help: "Whether a collector came through whole in this scrape; with 0 there may be a part of its series.",
        kind: Gauge,
        labels: ["collector"],
        read: |account, points| {
            for report in &account.collectors {
                points.put([report.collector.as_str()], f64::from(report.error.is_none()));
            }
        },
    },
    &Labelled::<AccountSnapshot, 1> {
        name: "runpod_collector_duration_seconds",
        help: "Time from a collector's first request to its last answer in this scrape.",
        kind: Gauge,
        labels: ["collector"],
        read: |account, points| {
            for report in &account.collectors {
                points.put([report.collector.as_str()], report.duration.as_secs_f64());
            }
        },
    },
    &Labelled::<AccountSnapshot, 1> {
        name: "runpod_collector_last_success_timestamp_seconds",
        help: "When a collector last came through whole, in seconds since 1970; 0 before the first time.",
        kind: Gauge,
        labels: ["collector"],
        read: |account, points| {
            for report in &account.collectors {
                points.put([report.collector.as_str()], report.last_success.map_or(0.0, seconds));
            }
        },
    },
    &Labelled::<AccountSnapshot, 2> {
        name: "runpod_collector_data_timestamp_seconds",
        help: "When what a collector shows was read, the oldest part of it, in seconds since 1970, and by which API; what is rationed or slow is older than the scrape.",
        kind: Gauge,
        labels: ["collector", "api"],
        read: |account, points| {
            for report in &account.collectors {
                if let Some(source) = report.source {
                    points.put([report.collector.as_str(), source.api.as_str()], seconds(source.read));
                }
            }
        },
    },
    &Labelled::<AccountSnapshot, 1> {
        name: "runpod_api_quota_limit",
        help: "Requests that the REST API allows in a window (RateLimit-Policy q); absent until it has told.",
        kind: Gauge,
        labels: ["window"],
        read: |account, points| {
            for window in &account.quota {
                points.put([&window.name], window.limit);
            }
        },
    },
    &Labelled::<AccountSnapshot, 1> {
        name: "runpod_api_quota_remaining",
        help: "Requests that are left in the present window, whoever made the others (RateLimit r of the last answer); absent once the window of that answer has ended.",
        kind: Gauge,
        labels: ["window"],
        read: |account, points| {
            for window in &account.quota {
                points.put([&window.name], window.remaining);
            }
        },
    },
    &Labelled::<AccountSnapshot, 1> {
        name: "runpod_api_retired",
        help: "Whether an API answered 410 Gone when it was asked last; it is asked again once an hour.",
        kind: Gauge,
        labels: ["api"],
        read: |account, points| {
            for report in &account.apis {
                points.put([report.api.as_str()], report.retired.map(f64::from));
            }
        },
    },
    &Labelled::<AccountSnapshot, 1> {
        name: "runpod_api_unsupported_fields",
        help: "Fields that the exporter can use and the GraphQL server refused; the log names them once.",
        kind: Gauge,
        labels: ["api"],
        read: |account, points| {
            for report in &account.apis {
                #[expect(clippy::cast_precision_loss, reason = "a few dozen at the most")]
                points.put([report.api.as_str()], report.unsupported_fields.map(|fields| fields as f64));
            }
        },
    },
    &Single::<ScrapeResult> {
        name: "runpod_scrape_duration_seconds",
        help: "Time from the first upstream request of this scrape to its last answer.",
        kind: Gauge,
        read: |snapshot| Some(snapshot.duration.as_secs_f64()),
    },
    &Single::<ScrapeResult> {
        name: "runpod_scrape_truncated",
        help: "Whether the deadline cut this scrape short, so that series are missing that a longer scrape timeout would bring.",
        kind: Gauge,
        read: |snapshot| Some(f64::from(snapshot.truncated)),
    },
];
