//! What accumulates in this process: counters and histograms that live from start to end.
//!
//! Nothing about Runpod's state belongs here; that is read from the snapshot, scrape by scrape.

mod jobs;
mod logs;

use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use prometheus::core::Collector;
use prometheus::proto::Metric;
use prometheus::{
    Gauge, HistogramOpts, HistogramVec, IntCounterVec, IntGauge, IntGaugeVec, Opts, Registry, TextEncoder,
};

pub use self::jobs::Jobs;
pub use self::logs::LogLines;
use crate::catalog::{Header, Kind};
use crate::settings::Mode;
use crate::snapshot::{AccountSnapshot, seconds};
use runpod::{Exchange, Observe};

/// Upper bounds for upstream requests, in seconds: from an answer across the street to the longest timeout in use.
const REQUEST_BUCKETS: [f64; 10] = [0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0];

/// The instruments of this process.
#[derive(Debug)]
pub struct Instruments {
    registry: Registry,
    headers: Mutex<Vec<Header>>,
    requests: IntCounterVec,
    request_duration: HistogramVec,
    unknown_values: IntCounterVec,
    log_lines: LogLines,
    reload_successful: IntGauge,
    reload_time: Gauge,
    jobs: Jobs,
}

impl Instruments {
    /// Registers every instrument.
    pub fn new(mode: Mode) -> prometheus::Result<Self> {
        let unknown_values = IntCounterVec::new(
            Opts::new(
                "runpod_api_unknown_values_total",
                "Values of Runpod's APIs that this exporter does not know, by API field.",
            ),
            &["field"],
        )?;
        let instruments = Self {
            registry: Registry::new(),
            headers: Mutex::default(),
            requests: IntCounterVec::new(
                Opts::new(
                    "runpod_api_requests_total",
                    "HTTP requests to Runpod's APIs, including retries, by API, operation and outcome.",
                ),
                &["account", "api", "operation", "outcome"],
            )?,
            request_duration: HistogramVec::new(
                HistogramOpts::new(
                    "runpod_api_request_duration_seconds",
                    "Time from an HTTP request to Runpod's APIs until its response was read or abandoned.",
                )
                .buckets(REQUEST_BUCKETS.to_vec()),
                &["api", "operation"],
            )?,
            jobs: Jobs::new(unknown_values.clone())?,
            unknown_values,
            log_lines: LogLines::new()?,
            reload_successful: IntGauge::new(
                "runpod_exporter_config_last_reload_successful",
                "Whether the last attempt to load the configuration succeeded; after a failure the previous one stays in use.",
            )?,
            reload_time: Gauge::new(
                "runpod_exporter_config_last_reload_success_timestamp_seconds",
                "Time of the last successful load of the configuration as a Unix timestamp in seconds.",
            )?,
        };
        instruments.register(Kind::Counter, &instruments.requests)?;
        instruments.register(Kind::Histogram, &instruments.request_duration)?;
        instruments.register(Kind::Counter, &instruments.unknown_values)?;
        instruments.register(Kind::Counter, &instruments.log_lines.lines)?;
        instruments.register(Kind::Counter, &instruments.log_lines.dropped)?;
        instruments.register(Kind::Gauge, &instruments.reload_successful)?;
        instruments.register(Kind::Gauge, &instruments.reload_time)?;
        instruments.register(Kind::Counter, instruments.jobs.rejections())?;
        instruments.register_as(Jobs::kinds(), &instruments.jobs)?;
        let build = IntGaugeVec::new(
            Opts::new(
                "runpod_exporter_build_info",
                "Version and revision of the exporter and whether the account is real (serve) or simulated (demo), always 1.",
            ),
            &["version", "revision", "mode"],
        )?;
        let revision = env!("RUNPOD_EXPORTER_REVISION");
        build.with_label_values(&[env!("CARGO_PKG_VERSION"), revision, mode.as_str()]).set(1);
        instruments.register(Kind::Gauge, &build)?;
        #[cfg(target_os = "linux")]
        instruments.register_process()?;
        Ok(instruments)
    }

    fn register<C: Collector + Clone + 'static>(&self, kind: Kind, instrument: &C) -> prometheus::Result<()> {
        self.register_as(std::iter::repeat(kind), instrument)
    }

    /// Registers an instrument of several families, of these types.
    fn register_as<C: Collector + Clone + 'static>(
        &self,
        kinds: impl Iterator<Item = Kind>,
        instrument: &C,
    ) -> prometheus::Result<()> {
        let header = |(desc, kind): (&prometheus::core::Desc, Kind)| Header {
            name: desc.fq_name.clone(),
            help: desc.help.clone(),
            kind,
            labels: desc.variable_labels.clone(),
        };
        let headers: Vec<_> = instrument.desc().into_iter().zip(kinds).map(header).collect();
        self.headers.lock().unwrap_or_else(PoisonError::into_inner).extend(headers);
        self.registry.register(Box::new(instrument.clone()))
    }

    #[cfg(target_os = "linux")]
    fn register_process(&self) -> prometheus::Result<()> {
        let process = prometheus::process_collector::ProcessCollector::for_self();
        let header = |desc: &&prometheus::core::Desc| Header {
            name: desc.fq_name.clone(),
            help: desc.help.clone(),
            kind: if desc.fq_name.ends_with("_total") { Kind::Counter } else { Kind::Gauge },
            labels: Vec::new(),
        };
        let headers: Vec<_> = process.desc().iter().map(header).collect();
        self.headers.lock().unwrap_or_else(PoisonError::into_inner).extend(headers);
        self.registry.register(Box::new(process))
    }

    /// What is said of each instrument in the documentation.
    pub fn headers(&self) -> Vec<Header> {
        self.headers.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What is counted of finished jobs.
    pub fn jobs(&self) -> &Jobs {
        &self.jobs
    }

    /// The counters of the lines of logs.
    pub fn log_lines(&self) -> &LogLines {
        &self.log_lines
    }

    /// Notes how an attempt to read the configuration went.
    pub fn reloaded(&self, success: bool, now: Timestamp) {
        self.reload_successful.set(i64::from(success));
        if success {
            self.reload_time.set(seconds(now));
        }
    }

    /// Counts what a scrape met, and takes from it whose the endpoints are.
    pub fn scraped(&self, accounts: &[AccountSnapshot]) {
        self.jobs.scraped(accounts);
        for unknown in accounts.iter().flat_map(|account| &account.unknown) {
            self.unknown_values.with_label_values(&[unknown.field]).inc();
        }
    }

    /// The instruments in text format 0.0.4: all, or those that are about one account alone.
    pub fn text(&self, account: Option<&str>) -> prometheus::Result<String> {
        let mut families = self.registry.gather();
        if let Some(account) = account {
            for family in &mut families {
                let own = family.take_metric().into_iter().filter(|metric| is_about(metric, account));
                family.set_metric(own.collect());
            }
            families.retain(|family| !family.get_metric().is_empty());
        }
        TextEncoder::new().encode_to_string(&families)
    }
}

fn is_about(metric: &Metric, account: &str) -> bool {
    metric.get_label().iter().any(|label| label.name() == "account" && label.value() == account)
}

impl Observe for Instruments {
    fn exchanged(&self, exchange: Exchange<'_>) {
        let Exchange { account, api, operation, outcome, duration } = exchange;
        let (api, operation) = (api.as_str(), operation.as_str());
        self.requests.with_label_values(&[account, api, operation, outcome.as_str()]).inc();
        self.request_duration.with_label_values(&[api, operation]).observe(duration.as_secs_f64());
    }
}
