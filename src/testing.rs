//! The parts of the exporter that its tests and benchmarks use. This is not a public API.

pub mod alerts {
    pub use crate::alerts::{Alert, AlertState, Alertmanager};
}
pub mod app {
    pub use crate::app::{App, Applied, client};
}
pub mod catalog {
    pub use crate::catalog::{
        Bucket, Counter, Declaration, Family, Gauge, Header, Identity, Kind, Observations, ScrapeResult, Sink,
    };
}
pub mod config {
    pub use crate::config::{
        Account, ConfigError, FileError, Inputs, PodProxy, Settings, Token, Webhook, collectors, http_client,
        security,
    };
}
pub mod diagnosis {
    pub use crate::diagnosis::{
        DiagnosedAccount, Diagnosis, Ended, Finding, Health, History, Impact, Latency, Limit, Moment, Name,
        Place, Recent, Runbook, Severity, Subject, Value, diagnose,
    };
}
pub mod exposition {
    pub use crate::exposition::{Encoding, Format, encode, text};
}
/// What fuzz targets call: parsers of what arrives from outside, with results that can be compared.
pub mod fuzz {
    use std::path::Path;

    use runpod::{Limits, Urls};
    use url::Url;

    pub use crate::http::chosen;

    use crate::config::{Defaults, Inputs, Webhook, from_file};
    use crate::jobs::push::Batch;
    use crate::jobs::{Job, Reason, webhook};
    use crate::settings::Reading;

    /// The job of a webhook by the parser of a whole body, and by that of a body that is being received.
    pub fn reported(body: &[u8]) -> (Result<Job, Reason>, Result<Job, Reason>) {
        let pointers = Webhook::default().pointers;
        let whole = webhook::from_slice(body, &pointers);
        let received = webhook::from_reader(body, &pointers);
        (whole.map_err(|rejection| rejection.reason), received.map_err(|rejection| rejection.reason))
    }

    /// The number of jobs of a push, or its error.
    pub fn pushed(body: &[u8]) -> Result<usize, String> {
        Batch::read(body).map(|batch| batch.jobs.len()).map_err(|rejection| rejection.to_string())
    }

    /// The number of accounts of a configuration file, or its error.
    pub fn accounts(file: &Path, url: &Url) -> Result<usize, String> {
        let urls = Urls { graphql: url.clone(), jobs: url.clone(), rest: url.clone() };
        let (reading, limits, webhook) = (Reading::default(), Limits::default(), Webhook::default());
        let mut defaults = Defaults { urls, reading, limits, webhook, allow_insecure: false, shard: None };
        let accounts = from_file(file, &mut defaults, &Inputs::default());
        accounts
            .map(|accounts| accounts.map_or(0, |accounts| accounts.len()))
            .map_err(|error| error.to_string())
    }
}
pub mod http {
    pub use crate::http::{Access, Context, Encryption, JobReceiver, Server, Timeouts, router};
}
pub mod instruments {
    pub use crate::instruments::{
        CpuTime, Exemplar, Instruments, LogLines, Measurements, Native, Process, Total, Usage,
    };
}
pub mod jobs {
    pub use crate::jobs::{Job, Millis, Reason, Status, Times, Tokens, Trace, Via};
}
pub mod logs {
    pub use crate::logs::{
        Cursor, DropCounter, ErrorLine, FollowOptions, Level, Line, LineSink, LinesRead, LogOrigin,
        LogReader, LogReaderError, LokiOptions, LokiTarget, Stream, StreamFollower, Target, collect, to_loki,
    };
}
pub mod metrics {
    pub use crate::metrics::{chapters, families, family_of};
}
pub mod recording {
    pub use crate::recording::{README, Recorder, Replay};
}
pub mod reload {
    pub use crate::reload::Reloader;
}
pub mod scrape {
    pub use crate::scrape::{Scope, Threads};
}
pub mod settings {
    pub use crate::settings::{
        Collector, Collectors, Filter, LatencyObjective, LevelOverrides, Levels, Mode, Reading, Refresh,
        Shard, Signal, Slo, Slos, Thresholds, sources,
    };
}
pub mod snapshot {
    pub use crate::snapshot::{
        Account, AccountSnapshot, ApiReport, BatchState, BatchStatus, Batches, Bill, Billed, BillingMode,
        Bytes, Celsius, Cloud, Cluster, ClusterKind, ClusterRole, CollectorReport, Compute, Count,
        DataCenter, Dollars, DollarsPerHour, Endpoint, EndpointKind, EndpointState, Facts, Flashboot, Gpu,
        Host, JobTotal, Load, Machine, MachinePart, Market, Membership, Offer, OrOther, Parts, PerSecond,
        Place, Placement, Pod, PodKind, PodState, Port, PortKind, PriceCloud, Provenance, Quantile, Ratio,
        Reported, Rollout, SavingsPlan, Scaler, Seconds, SpendComponent, Stock, Unit, UnixTime, UptimeWindow,
        Volume, Watts, Worker, WorkerState, Workers,
    };
}
pub mod status {
    pub use crate::status::{AlertmanagerStatus, Selection, Status};
}
pub mod web {
    pub use crate::web::{
        AllowedName, ClientCertificates, Hash, HashError, Logins, Rate, Security, Tls, TlsOptions,
    };
}
