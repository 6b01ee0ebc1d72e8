//! What a family is: a name, a sentence, its labels, and a pure function from a scrape to series.
//!
//! Which families exist does not belong here (see `metrics/`), nor how they are written (see `exposition/`).

mod measured;
mod measurements;
mod reference;
mod scrape;
mod seen;
mod sink;
mod subject;
mod tables;

use std::fmt::Debug;

pub use measured::{Counter, Gauge};
pub(crate) use measured::{CpuCounter, Histogram, Series, Value};
pub(crate) use reference::{Chapter, json, markdown};
pub use scrape::ScrapeResult;
pub use sink::{Bucket, Declaration, Identity, Observations, Sink};
pub(crate) use subject::{DiagnosedEndpoint, Subject, Visit};
pub(crate) use tables::{Labelled, Points, Single};

/// The type of a family, as `# TYPE` names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are Prometheus's")]
pub enum Kind {
    Counter,
    Gauge,
    Histogram,
    Summary,
}

impl Kind {
    /// As `# TYPE` writes it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Gauge => "gauge",
            Self::Histogram => "histogram",
            Self::Summary => "summary",
        }
    }
}

/// The declaration of a family: what is written before its series and in the reference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// The family's name.
    pub name: String,
    /// One sentence: what it is, where it comes from, what its absence means.
    pub help: String,
    /// The type.
    pub kind: Kind,
    /// The label names, identity first.
    pub labels: Vec<String>,
}

/// A family: describes itself, and reads its series from a scrape.
pub trait Family: Debug + Sync {
    /// Name, help, type and labels.
    fn header(&self) -> Header;
    /// The suffix that the unit of its series demands of its name: see [`crate::snapshot::Unit::SUFFIX`].
    fn suffix(&self) -> Option<&'static str>;
    /// Writes the series that the scrape has for it.
    fn expose(&self, scrape: &ScrapeResult, sink: &mut dyn Sink);
}

fn header<S: Subject>(name: &str, help: &str, kind: Kind, own: &[&str]) -> Header {
    let labels = S::IDENTITY.iter().chain(own).map(|label| (*label).to_owned()).collect();
    Header { name: name.to_owned(), help: help.to_owned(), kind, labels }
}
