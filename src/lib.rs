//! A Prometheus exporter for Runpod: upstream JSON becomes a snapshot, the catalog reads the snapshot, the exposition
//! writes it, HTTP serves it.
//!
//! ```text
//! Runpod ──▶ crates/runpod ──wire types──▶ gather/ ──snapshot──▶ metrics/ ──families──▶ exposition/ ──▶ scrape/ ──▶ http/
//! (or crates/runpod-simulator)                │            (tables over catalog/)           ▲
//!                                             ├──▶ diagnosis/ ──▶ metrics/, status/         │
//!                                             └──▶ status/ ──one document──▶ check, page, JSON
//! job webhooks, pushes ──▶ jobs/ ──finished jobs──▶ instruments/ (what accumulates) ────────┘
//! worker and pod logs  ──▶ logs/ ──lines─────────────────┘
//! ```
//!
//! `app` puts the parts together; `command/` has one file per command. What both binaries share as programs, such as the log
//! and signals, is in `crates/program`. JSON from outside is read by `crates/lenient-json`, so that one bad value costs itself.
//!
//! # Invariants
//!
//! The compiler holds what it can. `tests/it/architecture/` reads the `use` lines and holds the first one and the absence
//! of circles; `tests/it/laws.rs` holds what is true of every family.
//!
//! 1. `crates/runpod` does not know Prometheus, scrapes or collectors: its errors say what happened, and `advice` adds what
//!    to do about it. `metrics/` does not know HTTP. `http/` does not know Runpod. `reqwest` appears only in the client and,
//!    without a key, in `logs/loki/`, `alerts/` and where `check` reads an exporter; `axum` only in `http/` and where it is
//!    started; `prometheus` only in `instruments/`;
//!    `clap` only in `cli/`.
//! 2. Nothing about Runpod lives in a shared gauge. A scrape makes a snapshot, families read it, both are dropped.
//! 3. Units are types. They are converted once, on the way into the snapshot, and a law demands of each family's name the
//!    suffix of its unit.
//! 4. Unknown is `None`, and `None` has no series.
//! 5. A section that failed is a value in the snapshot with its reason. It costs its own series and no others.
//! 6. Every request has the scrape's deadline, except the log streams, which belong to no scrape. Scrapes at the same
//!    moment share one gathering.
//! 7. The key lives in one type whose `Debug` hides it. It reaches no log, no error text, no URL and no label.
//! 8. The simulator writes its JSON from its own types: it is another crate and cannot see the client's. Recorded responses
//!    of the real service in `tests/fixtures/` judge both.
//! 9. A new metric whose fact is in the snapshot is one entry in one table. A new REST field is at most five places, and a
//!    new finding at most seven. CONTRIBUTING.md lists them, and a test compares the list with the tree.
//! 10. One list only. A member of a closed set is one row; names, documentation, HELP, laws and flags derive from it. A
//!     finding and an alert of the same name use the same number.

#![cfg_attr(not(test), warn(clippy::arithmetic_side_effects))]

mod advice;
mod alerts;
mod app;
mod catalog;
mod cli;
mod command;
mod config;
mod diagnosis;
mod docs;
mod exposition;
mod format;
mod gather;
mod http;
mod instruments;
mod jobs;
mod logs;
mod metrics;
mod recording;
mod reload;
mod scrape;
mod settings;
mod similar;
mod snapshot;
mod status;
#[doc(hidden)]
pub mod testing;
mod version;
mod web;

pub use self::cli::{Cli, EarlyExit, redacted};
pub use self::command::run;
