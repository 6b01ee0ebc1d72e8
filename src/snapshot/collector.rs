//! The collectors: the parts of the work that can be switched on and off, and that succeed or fail on their own.

use std::collections::BTreeSet;
use std::str::FromStr;

/// One part of a scrape.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Collector {
    /// Balance, spend and limits.
    Account,
    /// The list of endpoints, their configuration and what GraphQL says of their load.
    Endpoints,
    /// Queue, job totals and workers of each endpoint, from its own job API.
    Health,
    /// The workers of each endpoint one by one: where they run, and on which release.
    Workers,
    /// Pods, their cost and their use.
    Pods,
    /// The requests that each endpoint remembers, for histograms of their latency.
    Requests,
    /// Latencies that Runpod computed.
    Latency,
    /// What was spent, by resource.
    Billing,
    /// Network volumes.
    Volumes,
    /// GPU types, their prices and their stock.
    Market,
    /// Machines that others rent, and what they earn.
    Host,
    /// What workers write, followed and counted.
    Logs,
}

impl Collector {
    /// Every collector, in the order of the documentation.
    pub const ALL: [Self; 12] = [
        Self::Endpoints,
        Self::Health,
        Self::Workers,
        Self::Requests,
        Self::Latency,
        Self::Pods,
        Self::Account,
        Self::Billing,
        Self::Volumes,
        Self::Market,
        Self::Host,
        Self::Logs,
    ];

    /// Whether it is on where nobody says anything.
    pub const fn is_default(self) -> bool {
        !matches!(self, Self::Requests | Self::Latency | Self::Market | Self::Host | Self::Logs)
    }

    /// Whether it is about the endpoints that [`Self::Endpoints`] finds.
    pub const fn needs_endpoints(self) -> bool {
        matches!(self, Self::Health | Self::Workers | Self::Requests | Self::Latency | Self::Logs)
    }

    /// The value of the `collector` label and the name in flags.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Account => "account",
            Self::Endpoints => "endpoints",
            Self::Health => "health",
            Self::Workers => "workers",
            Self::Pods => "pods",
            Self::Requests => "requests",
            Self::Latency => "latency",
            Self::Billing => "billing",
            Self::Volumes => "volumes",
            Self::Market => "market",
            Self::Host => "host",
            Self::Logs => "logs",
        }
    }

    /// What switching it off saves, in a few words for `--help`.
    pub const fn about(self) -> &'static str {
        match self {
            Self::Account => "balance, spend and limits",
            Self::Endpoints => "serverless endpoints and their configuration",
            Self::Health => "queue, job totals and workers of each endpoint (one request per endpoint)",
            Self::Workers => "location and release of the workers of each endpoint (uses REST quota)",
            Self::Pods => "pods, their cost and utilization",
            Self::Requests => "latency of single jobs from each endpoint's list of requests (off by default)",
            Self::Latency => "latencies computed by Runpod, which may need a metrics key (off by default)",
            Self::Billing => "amounts billed today and this month, by resource (uses REST quota)",
            Self::Volumes => "network volumes and their size",
            Self::Market => "prices and availability of GPU types (off by default)",
            Self::Host => "machines rented out by this account and their earnings (off by default)",
            Self::Logs => "log lines of workers, counted by level (uses REST quota; off by default)",
        }
    }
}

/// A name that is no collector's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown collector \"{name}\" (known: {})", known())]
pub struct UnknownCollector {
    name: String,
}

fn known() -> String {
    Collector::ALL.map(Collector::as_str).join(", ")
}

impl FromStr for Collector {
    type Err = UnknownCollector;

    fn from_str(name: &str) -> Result<Self, UnknownCollector> {
        let same = |collector: &Self| collector.as_str() == name;
        Self::ALL.into_iter().find(same).ok_or_else(|| UnknownCollector { name: name.to_owned() })
    }
}

/// The collectors that are switched on.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Collectors(BTreeSet<Collector>);

impl Default for Collectors {
    fn default() -> Self {
        Collector::ALL.into_iter().filter(|collector| collector.is_default()).collect()
    }
}

impl FromIterator<Collector> for Collectors {
    fn from_iter<I: IntoIterator<Item = Collector>>(collectors: I) -> Self {
        Self(collectors.into_iter().collect())
    }
}

impl Collectors {
    /// Those that are in both.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        Self(self.0.intersection(&other.0).copied().collect())
    }

    /// Whether this one is switched on.
    pub fn has(&self, collector: Collector) -> bool {
        self.0.contains(&collector)
    }
}
