//! The collectors: the parts of a scrape that can be enabled and disabled, and that succeed or fail on their own.
//!
//! How a collector reads its sources does not belong here: see `gather/`.

use std::fmt::Write as _;
use std::str::FromStr;
use std::time::Duration;

use runpod::{Api, Operation, Reason, mask};
use strum::{IntoStaticStr, VariantArray};

use Api::{Graphql, Jobs, Rest};

/// One part of a scrape. The order is that of the documentation and of the series.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, VariantArray, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
#[expect(missing_docs, reason = "each is described in its row")]
pub enum Collector {
    Endpoints,
    Health,
    Workers,
    Requests,
    Latency,
    Pods,
    Clusters,
    Account,
    Billing,
    Volumes,
    Market,
    Host,
    Logs,
}

/// An API and one of its operations.
pub(crate) type Source = (Api, Operation);

/// The properties of a collector. Health, requests and latency are read from the job API of each endpoint.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Row {
    /// Whether it is on by default.
    pub(crate) default: bool,
    /// The collectors whose results it starts from.
    pub(crate) needs: &'static [Collector],
    /// The source that is queried first.
    pub(crate) primary: Source,
    /// The source that is queried if the primary is retired (410) or forbidden (403), or rejects fields.
    pub(crate) fallback: Option<Source>,
    /// The fields that both sources have. If the primary rejects one of them, the fallback is queried as well.
    pub(crate) shared_fields: &'static [&'static str],
    /// Whether its primary is read at every scrape. Other collectors, and every fallback to REST, read at intervals.
    pub(crate) live: bool,
    /// The interval of sources that are rate-limited or slow.
    pub(crate) every: Duration,
    /// How long a response is exported while newer requests fail.
    pub(crate) cached_for: Duration,
    /// What it reads, for `--help`.
    pub(crate) about: &'static str,
}

const fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

const fn minutes(minutes: u64) -> Duration {
    Duration::from_mins(minutes)
}

impl Collector {
    /// All collectors.
    pub const ALL: &'static [Self] = Self::VARIANTS;

    /// The value of the `collector` label, and the name in flags.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// Whether it is on by default.
    pub const fn is_default(self) -> bool {
        self.row().default
    }

    /// Whether its data is read at every scrape. The data of the others is older, and is expected to be.
    pub const fn is_live(self) -> bool {
        self.row().live
    }

    /// What it reads, in at most 50 characters: the table in `--help` fits a terminal of 80 columns.
    pub const fn about(self) -> &'static str {
        self.row().about
    }

    /// The only description of each collector. The job API is the most stable source; GraphQL has the most data but may be
    /// retired; REST replaces it but is rate-limited.
    #[rustfmt::skip]
    pub(crate) const fn row(self) -> Row {
        match self {
            Self::Endpoints => Row {
                default: true, live: true, needs: &[],
                primary: (Graphql, Operation::Endpoints), fallback: Some((Rest, Operation::Endpoints)), shared_fields: ENDPOINT_FIELDS,
                every: minutes(1), cached_for: minutes(10),
                about: "serverless endpoints and their configuration",
            },
            Self::Health => Row {
                default: true, live: true, needs: &[Self::Endpoints],
                primary: (Jobs, Operation::Health), fallback: Some((Rest, Operation::Workers)), shared_fields: &[],
                every: minutes(1), cached_for: minutes(10),
                about: "queue, job totals and workers of each endpoint",
            },
            Self::Workers => Row {
                default: true, live: false, needs: &[Self::Endpoints],
                primary: (Rest, Operation::Workers), fallback: None, shared_fields: &[],
                every: minutes(1), cached_for: minutes(60),
                about: "location and release of workers (REST quota)",
            },
            Self::Requests => Row {
                default: false, live: false, needs: &[Self::Endpoints],
                primary: (Jobs, Operation::Requests), fallback: None, shared_fields: &[],
                every: seconds(5), cached_for: minutes(10),
                about: "latency of single jobs, from request lists",
            },
            Self::Latency => Row {
                default: false, live: false, needs: &[Self::Endpoints],
                primary: (Jobs, Operation::Latency), fallback: None, shared_fields: &[],
                every: minutes(1), cached_for: minutes(10),
                about: "latency percentiles that Runpod computes",
            },
            Self::Pods => Row {
                default: true, live: true, needs: &[],
                primary: (Graphql, Operation::Pods), fallback: Some((Rest, Operation::Pods)), shared_fields: POD_FIELDS,
                every: minutes(1), cached_for: minutes(10),
                about: "pods, their cost and utilization",
            },
            Self::Clusters => Row {
                default: true, live: false, needs: &[],
                primary: (Rest, Operation::Clusters), fallback: None, shared_fields: &[],
                every: minutes(1), cached_for: minutes(10),
                about: "clusters and their pods (REST quota)",
            },
            Self::Account => Row {
                default: true, live: true, needs: &[],
                primary: (Graphql, Operation::Account), fallback: Some((Rest, Operation::Balance)), shared_fields: ACCOUNT_FIELDS,
                every: minutes(1), cached_for: minutes(10),
                about: "balance, spend and limits",
            },
            Self::Billing => Row {
                default: true, live: false, needs: &[],
                primary: (Rest, Operation::Billing), fallback: None, shared_fields: &[],
                every: minutes(60), cached_for: minutes(180),
                about: "bills of today and this month (REST quota)",
            },
            Self::Volumes => Row {
                default: true, live: false, needs: &[],
                primary: (Rest, Operation::Volumes), fallback: Some((Graphql, Operation::Volumes)), shared_fields: &[],
                every: minutes(10), cached_for: minutes(60),
                about: "network volumes and their size (REST quota)",
            },
            Self::Market => Row {
                default: false, live: false, needs: &[],
                primary: (Graphql, Operation::Gpus), fallback: Some((Rest, Operation::Gpus)), shared_fields: &[],
                every: minutes(10), cached_for: minutes(60),
                about: "price and availability of GPU and CPU types",
            },
            Self::Host => Row {
                default: false, live: false, needs: &[],
                primary: (Graphql, Operation::Host), fallback: None, shared_fields: &[],
                every: minutes(5), cached_for: minutes(60),
                about: "machines that the account rents out, earnings",
            },
            Self::Logs => Row {
                default: false, live: false, needs: &[Self::Endpoints, Self::Workers],
                primary: (Rest, Operation::Logs), fallback: None, shared_fields: &[],
                every: minutes(1), cached_for: minutes(10),
                about: "worker log lines by level (REST quota, serve only)",
            },
        }
    }
}

const ENDPOINT_FIELDS: &[&str] = &[
    "type",
    "computeType",
    "locations",
    "flashBootType",
    "scalerType",
    "workersMin",
    "workersMax",
    "idleTimeout",
    "executionTimeoutMs",
    "createdAt",
];

const POD_FIELDS: &[&str] =
    &["desiredStatus", "costPerHr", "machine", "containerDiskInGb", "volumeInGb", "runtime"];

const ACCOUNT_FIELDS: &[&str] =
    &["clientBalance", "currentSpendPerHr", "spendLimit", "maxServerlessConcurrency"];

impl Row {
    /// Whether the fallback is queried when the primary failed for this reason.
    pub(crate) fn falls_back_on(&self, reason: &Reason) -> bool {
        let absent = self.primary.0 == Rest && matches!(reason, Reason::NotFound);
        absent || matches!(reason, Reason::Retired | Reason::Forbidden | Reason::Schema { .. })
    }
}

/// The table of sources for the documentation, in Markdown.
pub fn sources() -> String {
    let name = |(api, operation): Source| format!("`{}` {}", api.as_str(), operation.as_str());
    let time = |time: Duration| humantime::format_duration(time);
    let mut table = String::from(
        "| collector | primary | fallback | interval (REST and slow sources) | cached for |\n|---|---|---|---|---|\n",
    );
    for collector in Collector::ALL {
        let Row { primary, fallback, every, cached_for, .. } = collector.row();
        let cells = [
            format!("`{}`", collector.as_str()),
            name(primary),
            fallback.map(name).unwrap_or_default(),
            time(every).to_string(),
            time(cached_for).to_string(),
        ];
        let written = writeln!(table, "| {} |", cells.join(" | "));
        debug_assert!(written.is_ok(), "writing to a String cannot fail");
    }
    table
}

/// The name is not that of a collector.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown collector \"{}\" (known: {})", mask(name), known())]
pub struct UnknownCollector {
    name: String,
}

fn known() -> String {
    Collector::ALL.iter().map(|collector| collector.as_str()).collect::<Vec<_>>().join(", ")
}

impl FromStr for Collector {
    type Err = UnknownCollector;

    fn from_str(name: &str) -> Result<Self, UnknownCollector> {
        let same = |collector: &&Self| collector.as_str() == name;
        Self::ALL.iter().find(same).copied().ok_or_else(|| UnknownCollector { name: name.to_owned() })
    }
}
