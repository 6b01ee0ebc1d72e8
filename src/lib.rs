//! A Prometheus exporter for Runpod: upstream JSON becomes a snapshot, the catalog reads the snapshot, the exposition
//! writes it, HTTP serves it.
//!
//! ```text
//! Runpod ──▶ runpod/ ──wire types──▶ snapshot/ ──Snapshot──▶ metrics/ ──families──▶ exposition/ ──▶ scrape/ ──▶ http/
//! (or simulator/)                        │              (tables over catalog/)           ▲
//!                                        ├──▶ diagnosis/ ──findings──▶ metrics/, status/  │
//!                                        └──▶ status/ ──one document──▶ check/, the page, JSON
//!      job webhooks, pushes ──▶ jobs/ ──finished jobs──▶ instruments/ (what accumulates) ┤
//! worker and pod logs ──▶ logs/ ──lines─────────────────────────────────────────────────┘
//! ```
//!
//! # Invariants
//!
//! `tests/it/architecture.rs` reads the `use` lines and holds the first one; the laws in `tests/it/laws.rs` hold others.
//!
//! 1. `runpod/` does not know Prometheus, `metrics/` does not know HTTP, `http/` does not know Runpod. `reqwest` appears
//!    only in `runpod/`, in the simulator's webhooks and, with a client that has no key, in `logs/loki/`; `axum` only where
//!    something is served, `prometheus` only in `catalog/`, `instruments/` and `exposition/`, `clap` only in `cli/`.
//! 2. Nothing about Runpod lives in a shared gauge. A scrape makes a snapshot, families read it, both go.
//! 3. Values are converted to the unit types of `snapshot/unit.rs` once, on the way into the snapshot, in
//!    `snapshot/convert.rs`; a law demands the unit's suffix from the name of each family.
//! 4. Unknown is `None`, and `None` has no series.
//! 5. A section that failed is a value in the snapshot with its reason; it costs its own series and no other's.
//! 6. Every request lives under the scrape's deadline, but the streams of logs, which belong to no scrape. Scrapes at the same moment share one gathering.
//! 7. The key lives in one type whose `Debug` hides it; it reaches no log, no error text, no URL, no label.
//! 8. The simulator writes its JSON from its own types, never from `runpod::wire`; recorded answers of the real service
//!    in `tests/fixtures/` judge both.
//! 9. A new metric is one entry in one table under `metrics/`. A new upstream field is at most five places, most of which
//!    the compiler demands: the wire struct (for GraphQL, also the document), the field of the snapshot, its conversion, the
//!    entry, and the law's full snapshot in `tests/it/support/full.rs`.
//! 10. One list only: documentation, HELP and laws are derived from the catalog.

pub mod app;
pub mod catalog;
pub mod cli;
pub mod command;
pub mod config;
pub mod diagnosis;
pub mod exposition;
pub mod gather;
pub mod http;
pub mod instruments;
pub mod jobs;
pub mod logs;
pub mod metrics;
pub mod reload;
pub mod scrape;
pub mod settings;
pub mod snapshot;
pub mod status;
pub mod telemetry;
