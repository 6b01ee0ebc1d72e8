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
        Account, ConfigError, FileError, Inputs, Settings, Token, Webhook, collectors, http_client, security,
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
    pub use crate::metrics::{chapters, families};
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
        Account, AccountSnapshot, ApiReport, Bill, BillingMode, Bytes, Celsius, Cloud, CollectorReport,
        Compute, Count, Dollars, DollarsPerHour, Endpoint, EndpointKind, EndpointState, Facts, Flashboot,
        Gpu, GpuType, Host, JobTotal, Load, Machine, MachinePart, Money, OrOther, Parts, PerSecond, Place,
        Placement, Pod, PodKind, PodState, PriceCloud, Provenance, Quantile, Ratio, Reported, Rollout,
        SavingsPlan, Scaler, Seconds, SpendComponent, Stock, Unit, UnixTime, UptimeWindow, Volume, Watts,
        Worker, WorkerState, Workers,
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
