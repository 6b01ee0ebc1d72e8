//! What a family is: a name, a sentence, its labels, and a pure function from a scrape to series.
//!
//! Which families exist does not belong here (see `metrics/`), nor how they are written (see `exposition/`).

mod measured;
mod measurements;
mod reference;
mod scrape;
mod subject;

use std::collections::HashSet;
use std::fmt::Debug;
use std::marker::PhantomData;

pub use measured::{Counter, Gauge};
pub(crate) use measured::{CpuCounter, Histogram, Series, Value};
pub(crate) use reference::{Chapter, json, markdown};
pub use scrape::ScrapeResult;
pub(crate) use subject::{Subject, Visit};

use crate::snapshot::Unit;

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

/// Receives the series of families.
pub trait Sink {
    /// The series that follow belong to this family. A family without series may be left out.
    fn begin(&mut self, name: &'static str, help: &'static str, kind: Kind);

    /// One series: the labels of its subject, its own labels, and its value.
    fn sample(&mut self, identity: &[(&str, &str)], own: &[(&str, &str)], value: f64);

    /// One histogram: its labels as for a sample, each upper bound with the number of observations up to it, and the sum
    /// and number of all observations.
    fn histogram(
        &mut self,
        identity: &[(&str, &str)],
        own: &[(&str, &str)],
        buckets: &mut dyn Iterator<Item = (f64, u64)>,
        sum: f64,
        count: u64,
    );
}

/// A family: describes itself, and reads its series from a scrape.
pub trait Family: Debug + Sync {
    /// Name, help, type and labels.
    fn header(&self) -> Header;
    /// The suffix that the unit of its series demands of its name: see [`Unit::SUFFIX`].
    fn suffix(&self) -> Option<&'static str>;
    /// Writes the series that the scrape has for it.
    fn expose(&self, scrape: &ScrapeResult, sink: &mut dyn Sink);
}

/// A family with at most one series for each `S`, in the unit `U`.
#[derive(Debug)]
pub(crate) struct Single<S: Subject, U: Unit> {
    /// The family's name.
    pub name: &'static str,
    /// The help sentence.
    pub help: &'static str,
    /// The type.
    pub kind: Kind,
    /// The value; `None` has no series.
    pub read: fn(&S) -> Option<U>,
}

/// A family in the unit `U` whose series of one `S` differ in `N` labels of their own.
#[derive(Debug)]
pub(crate) struct Labelled<S: Subject, U: Unit, const N: usize> {
    /// The family's name.
    pub name: &'static str,
    /// The help sentence.
    pub help: &'static str,
    /// The type.
    pub kind: Kind,
    /// The names of these labels.
    pub labels: [&'static str; N],
    /// Puts the series.
    pub read: fn(&S, &mut Points<'_, U, N>),
}

/// Where a family puts the series of one subject.
pub(crate) struct Points<'a, U, const N: usize> {
    sink: &'a mut dyn Sink,
    identity: &'a [(&'static str, &'a str)],
    names: [&'static str; N],
    seen: HashSet<[String; N]>,
    unit: PhantomData<U>,
}

impl<U: Unit, const N: usize> Points<'_, U, N> {
    /// Puts one series, unless its value is unknown, or Runpod listed something twice and these labels were put before.
    pub(crate) fn put(&mut self, labels: [&str; N], value: impl Into<Option<U>>) {
        let Some(value) = value.into() else { return };
        if !self.seen.insert(labels.map(str::to_owned)) {
            return;
        }
        let mut pairs = self.names.into_iter().zip(labels);
        let own: [(&str, &str); N] = std::array::from_fn(|_| pairs.next().unwrap_or_default());
        self.sink.sample(self.identity, &own, value.number());
    }
}

impl<U, const N: usize> Debug for Points<'_, U, N> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Points").field("identity", &self.identity).finish_non_exhaustive()
    }
}

impl<S: Subject, U: Unit> Family for Single<S, U> {
    fn header(&self) -> Header {
        header::<S>(self.name, self.help, self.kind, &[])
    }

    fn suffix(&self) -> Option<&'static str> {
        U::SUFFIX
    }

    fn expose(&self, scrape: &ScrapeResult, sink: &mut dyn Sink) {
        sink.begin(self.name, self.help, self.kind);
        S::visit(scrape, &mut |identity, subject| {
            if let Some(value) = (self.read)(subject) {
                sink.sample(identity, &[], value.number());
            }
        });
    }
}

impl<S: Subject, U: Unit, const N: usize> Family for Labelled<S, U, N> {
    fn header(&self) -> Header {
        header::<S>(self.name, self.help, self.kind, &self.labels)
    }

    fn suffix(&self) -> Option<&'static str> {
        U::SUFFIX
    }

    fn expose(&self, scrape: &ScrapeResult, sink: &mut dyn Sink) {
        sink.begin(self.name, self.help, self.kind);
        S::visit(scrape, &mut |identity, subject| {
            let (names, seen, unit) = (self.labels, HashSet::new(), PhantomData);
            (self.read)(subject, &mut Points { sink, identity, names, seen, unit });
        });
    }
}

fn header<S: Subject>(name: &str, help: &str, kind: Kind, own: &[&str]) -> Header {
    let labels = S::IDENTITY.iter().chain(own).map(|label| (*label).to_owned()).collect();
    Header { name: name.to_owned(), help: help.to_owned(), kind, labels }
}
