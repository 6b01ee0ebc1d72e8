//! The exporter's process since its start: its requests, its configuration, its build, and what the operating system
//! reports about it. What one scrape says about the exporter is in `exporter.rs`.

use std::any::TypeId;
use std::sync::LazyLock;

use crate::catalog::{
    Counter, Declaration, Family, Gauge, Header, Histogram, Identity, Kind, ScrapeResult, Sink,
};
use crate::instruments::{AccountTotals, Build, Process, ProcessMetric, ProcessValue, process_metrics};
use crate::snapshot::{Info, State, UnixTime};

pub(super) static FAMILIES: &[&dyn Family] = &[
    &Counter::<AccountTotals, 3> {
        name: "runpod_api_requests_total",
        help: "HTTP requests to Runpod's APIs, including retries, by API, operation and outcome.",
        labels: ["api", "operation", "outcome"],
        read: |account, series| {
            for (labels, total) in &account.requests {
                series.put(*labels, total);
            }
        },
    },
    &Counter::<AccountTotals, 2> {
        name: "runpod_api_unreadable_total",
        help: "Values in responses of Runpod's APIs that could not be read and are unknown, by API and operation.",
        labels: ["api", "operation"],
        read: |account, series| {
            for (labels, total) in &account.unreadable {
                series.put(*labels, total);
            }
        },
    },
    &Counter::<AccountTotals, 3> {
        name: "runpod_api_truncated_total",
        help: "List elements left out and texts shortened in responses of Runpod's APIs by a limit; absent until the first.",
        labels: ["api", "operation", "kind"],
        read: |account, series| {
            for (labels, total) in &account.truncated {
                series.put(*labels, total);
            }
        },
    },
    &Histogram::<Process, 2, _> {
        name: "runpod_api_request_duration_seconds",
        help: "Time from an HTTP request to Runpod's APIs until its response was read or abandoned.",
        labels: ["api", "operation"],
        read: |process, series| {
            for (labels, durations) in &process.request_durations {
                series.put(*labels, durations);
            }
        },
    },
    &Histogram::<AccountTotals, 1, _> {
        name: "runpod_api_request_wait_seconds",
        help: "Time that a request to Runpod's APIs waited for others in flight before it was sent, by server.",
        labels: ["server"],
        read: |account, series| {
            for (server, waits) in &account.waits {
                series.put([server], waits);
            }
        },
    },
    &Counter::<Process, 1> {
        name: "runpod_api_unknown_values_total",
        help: "Values of Runpod's APIs that this exporter does not know, by API field.",
        labels: ["field"],
        read: |process, series| {
            for (field, total) in &process.unknown_values {
                series.put([field], total);
            }
        },
    },
    &Counter::<Process, 0> {
        name: "runpod_exporter_late_scrapes_total",
        help: "Scrapes that were answered at their deadline without series of Runpod, because their gathering had not ended.",
        labels: [],
        read: |process, series| series.put([], &process.late_scrapes),
    },
    &Counter::<AccountTotals, 0> {
        name: "runpod_log_lines_dropped_total",
        help: "Log lines that were counted and not delivered to Loki, because its buffer was full or Loki rejected them.",
        labels: [],
        read: |account, series| {
            if let Some(total) = &account.dropped_lines {
                series.put([], total);
            }
        },
    },
    &Gauge::<Process, State, 0> {
        name: "runpod_exporter_config_last_reload_successful",
        help: "Whether the last attempt to load the configuration succeeded; after a failure the previous one stays in use.",
        labels: [],
        read: |process, series| series.put([], &State(process.reload_successful)),
    },
    &Gauge::<Process, UnixTime, 0> {
        name: "runpod_exporter_config_last_reload_success_timestamp_seconds",
        help: "Time of the last successful load of the configuration as a Unix timestamp in seconds.",
        labels: [],
        read: |process, series| series.put([], &process.reload_time),
    },
    &Gauge::<Process, State, 0> {
        name: "runpod_exporter_config_watch_successful",
        help: "Whether changes of the configuration and key files are reported at once; if not, the files are compared every 15 seconds.",
        labels: [],
        read: |process, series| {
            if let Some(successful) = process.watch_successful {
                series.put([], &State(successful));
            }
        },
    },
    &Counter::<Process, 2> {
        name: "runpod_jobs_rejected_total",
        help: "Webhooks and pushes that were rejected, by channel and reason.",
        labels: ["reason", "via"],
        read: |process, series| {
            for (labels, total) in &process.rejected_jobs {
                series.put(*labels, total);
            }
        },
    },
    &Counter::<Process, 1> {
        name: "runpod_exporter_connections_cut_total",
        help: "Connections that the exporter closed because of a slow client or the maximum number of connections, by reason.",
        labels: ["reason"],
        read: |process, series| {
            for (reason, total) in &process.connections_cut {
                series.put([reason], total);
            }
        },
    },
    &Counter::<Process, 1> {
        name: "runpod_exporter_panics_total",
        help: "Panics of the exporter, each of which is a bug, by task; the log has the place of each.",
        labels: ["task"],
        read: |process, series| {
            for (task, total) in &process.panics {
                series.put([task], total);
            }
        },
    },
    &Gauge::<Process, Info, 3> {
        name: "runpod_exporter_build_info",
        help: "Version and revision of the exporter and whether the account is real (serve) or simulated (demo), always 1.",
        labels: ["mode", "revision", "version"],
        read: |process, series| {
            let Build { version, revision, mode } = process.build;
            series.put([mode.as_str(), revision, version], &Info);
        },
    },
];

/// A family that the collector of the process declares.
#[derive(Debug)]
struct Collected {
    name: &'static str,
    help: &'static str,
    kind: Kind,
}

/// The families that the collector of the process declares. There are none outside of Linux.
pub(super) fn collected() -> impl Iterator<Item = &'static dyn Family> {
    static FAMILIES: LazyLock<Vec<Collected>> =
        LazyLock::new(|| process_metrics().into_iter().map(Collected::from).collect());
    FAMILIES.iter().map(|family| family as &dyn Family)
}

impl From<ProcessMetric> for Collected {
    /// The texts are kept as long as the process runs, like those of every other family.
    fn from(metric: ProcessMetric) -> Self {
        let kind = match metric.value {
            ProcessValue::Counter(_) => Kind::Counter,
            ProcessValue::Gauge(_) => Kind::Gauge,
        };
        Self { name: metric.name.leak(), help: metric.help.leak(), kind }
    }
}

impl Family for Collected {
    fn header(&self) -> Header {
        let Self { name, help, kind } = *self;
        Header { name: name.to_owned(), help: help.to_owned(), kind, labels: Vec::new() }
    }

    /// The collector declares no units.
    fn suffix(&self) -> Option<&'static str> {
        None
    }

    fn expose(&self, scrape: &ScrapeResult, sink: &mut dyn Sink) {
        let Self { name, help, kind } = *self;
        sink.begin(&Declaration { name, help, kind, suffix: None, subject: TypeId::of::<Self>() });
        let identity = Identity { position: 0, labels: &[], since: None };
        let metrics = scrape.measurements.process.iter().flat_map(|process| &process.metrics);
        for metric in metrics.filter(|metric| metric.name == self.name) {
            let (ProcessValue::Counter(value) | ProcessValue::Gauge(value)) = metric.value;
            sink.sample(identity, &[], value);
        }
    }
}
