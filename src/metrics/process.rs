//! The exporter's process since its start: its requests, its configuration, its build, and what the operating system
//! reports about it. What one scrape says about the exporter is in `exporter.rs`.

use crate::catalog::{Counter, CpuCounter, Family, Gauge, Histogram, Series, Value};
use crate::instruments::{AccountTotals, Build, Process};
use crate::snapshot::{Bytes, Count, Info, Seconds, State, UnixTime};

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
        help: "Values of Runpod's APIs that this exporter does not know, or that contradict others, by API field.",
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
        help: "Panics of the exporter, which are bugs, by task; the log has the place of each.",
        labels: ["task"],
        read: |process, series| {
            for (task, total) in &process.panics {
                series.put([task], total);
            }
        },
    },
    &Gauge::<Process, Info, 3> {
        name: "runpod_exporter_build_info",
        help: "Version and revision of the exporter and whether the account is real (serve), simulated (demo) or a recording (replay).",
        labels: ["mode", "revision", "version"],
        read: |process, series| {
            let Build { version, revision, mode } = process.build;
            series.put([mode.as_str(), revision, version], &Info);
        },
    },
    // The names and the help are those that all client libraries use.
    &CpuCounter::<Process, 0> {
        name: "process_cpu_seconds_total",
        help: "Total user and system CPU time spent in seconds.",
        labels: [],
        read: |process, series| put(series, process.usage.cpu),
    },
    &Gauge::<Process, Count, 0> {
        name: "process_open_fds",
        help: "Number of open file descriptors.",
        labels: [],
        read: |process, series| put(series, process.usage.open_files),
    },
    &Gauge::<Process, Count, 0> {
        name: "process_max_fds",
        help: "Maximum number of open file descriptors.",
        labels: [],
        read: |process, series| put(series, process.usage.max_files),
    },
    &Gauge::<Process, Bytes, 0> {
        name: "process_virtual_memory_bytes",
        help: "Virtual memory size in bytes.",
        labels: [],
        read: |process, series| put(series, process.usage.virtual_memory),
    },
    &Gauge::<Process, Bytes, 0> {
        name: "process_resident_memory_bytes",
        help: "Resident memory size in bytes.",
        labels: [],
        read: |process, series| put(series, process.usage.resident_memory),
    },
    // Not `UnixTime`, because clients expect this name.
    &Gauge::<Process, Seconds, 0> {
        name: "process_start_time_seconds",
        help: "Start time of the process since unix epoch in seconds.",
        labels: [],
        read: |process, series| put(series, process.usage.start),
    },
    &Gauge::<Process, Count, 0> {
        name: "process_threads",
        help: "Number of OS threads in the process.",
        labels: [],
        read: |process, series| put(series, process.usage.threads),
    },
];

fn put<V: Value>(series: &mut Series<'_, V, 0>, value: Option<V>) {
    if let Some(value) = value {
        series.put([], &value);
    }
}
