//! A Prometheus exporter for Runpod: upstream JSON becomes a snapshot, the catalog reads the snapshot, the exposition
//! writes it, HTTP serves it.
//!
//! ```text
//! Runpod ──▶ crates/runpod ──wire types──▶ gather/ ──snapshot/──▶ metrics/ ──families──▶ exposition/ ──▶ scrape/ ──▶ http/
//! (or the simulator)                                    │    (tables of catalog/)             ▲
//!                                                       ├──▶ diagnosis/ ──findings──▶ metrics/, status/
//!                                                       └──▶ status/ ──▶ `check`, the overview, JSON
//! job webhooks, pushes ──▶ jobs/ ──finished jobs──▶ instruments/ (what accumulates) ───────────┤
//! worker and pod logs ──▶ logs/ ──lines────────────────────────────────────────────────────────┘
//! ```
//!
//! `app.rs` creates the parts, `command/` runs them, `reload/` applies new settings.
//!
//! # Invariants
//!
//! `tests/it/architecture/` enforces the first one by reading the `use` lines; `tests/it/laws.rs` enforces others.
//!
//! 1. The client does not depend on Prometheus, `metrics/` not on HTTP, `http/` not on Runpod. `reqwest` is used only in
//!    the client, in the simulator's webhooks and, without an API key, in `logs/loki/`; `axum` only by servers,
//!    `prometheus` only in `instruments/`, `clap` only in `cli/`.
//! 2. No shared gauge holds a value of Runpod. A scrape makes a snapshot, families read it, and both are dropped.
//! 3. Units are converted once, when the snapshot is made.
//! 4. An unknown value is `None`, and `None` has no series.
//! 5. A failed collector is a value in the snapshot, with its error. Only its own series are missing.
//! 6. Every request ends by the deadline of its scrape, except log streams, which belong to no scrape. Concurrent scrapes
//!    share one result.
//! 7. The API key has one type, whose `Debug` hides it. It is never in a log, an error message, a URL or a label.
//! 8. The simulator and the client do not depend on each other. Recorded responses of Runpod in `tests/fixtures/` test both.
//! 9. A new metric is one entry in a table under `metrics/`. If its value is not read from Runpod yet, the compiler requires
//!    the other places.
//! 10. The catalog is the only list of metrics: documentation, HELP and tests are derived from it.

mod app;
mod catalog;
mod cli;
mod command;
mod config;
mod diagnosis;
mod exposition;
mod gather;
mod http;
mod instruments;
mod jobs;
mod logs;
mod metrics;
mod reload;
mod scrape;
mod settings;
mod snapshot;
mod status;
mod telemetry;
#[doc(hidden)]
pub mod testing;
mod version;

pub use self::cli::{Cli, EarlyExit};
pub use self::command::run;
