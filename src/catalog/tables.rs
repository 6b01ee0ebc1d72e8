//! Families of what a scrape has read from Runpod. A family of one series per subject is a [`Single`], any other a [`Labelled`].

use std::any::TypeId;
use std::fmt::{self, Debug, Formatter};
use std::marker::PhantomData;

use super::seen::Seen;
use super::{Declaration, Family, Header, Identity, Kind, ScrapeResult, Sink, Subject, header};
use crate::snapshot::Unit;

/// Reads the value of one subject.
type Read<S, U> = fn(<S as Subject>::Of<'_>) -> Option<U>;

/// Puts the series of one subject.
type Put<S, U, const N: usize> = fn(<S as Subject>::Of<'_>, &mut Points<'_, U, N>);

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
    pub read: Read<S, U>,
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
    pub read: Put<S, U, N>,
}

/// Where a family puts the series of one subject.
pub(crate) struct Points<'a, U, const N: usize> {
    sink: &'a mut dyn Sink,
    identity: Identity<'a>,
    names: [&'static str; N],
    seen: &'a mut Seen,
    unit: PhantomData<U>,
}

impl<U: Unit, const N: usize> Points<'_, U, N> {
    /// Puts one series, unless its value is unknown, or Runpod listed something twice and these labels were put before.
    pub(crate) fn put(&mut self, labels: [&str; N], value: impl Into<Option<U>>) {
        let Some(value) = value.into() else { return };
        if !self.seen.insert(&labels) {
            return;
        }
        let mut pairs = self.names.into_iter().zip(labels);
        let own: [(&str, &str); N] = std::array::from_fn(|_| pairs.next().unwrap_or_default());
        self.sink.sample(self.identity, &own, value.number());
    }
}

impl<U, const N: usize> Debug for Points<'_, U, N> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_struct("Points").field("identity", &self.identity).finish_non_exhaustive()
    }
}

/// Visits each subject of a scrape with its identity. Runpod's numbers have no known start.
fn visit<S: Subject>(scrape: &ScrapeResult, mut visit: impl FnMut(Identity<'_>, S::Of<'_>)) {
    let mut position = 0;
    S::visit(scrape, &mut |labels, subject| {
        visit(Identity { position, labels, since: None }, subject);
        position += 1;
    });
}

impl<S: Subject, U: Unit> Family for Single<S, U> {
    fn header(&self) -> Header {
        header::<S>(self.name, self.help, self.kind, &[])
    }

    fn suffix(&self) -> Option<&'static str> {
        U::SUFFIX
    }

    fn expose(&self, scrape: &ScrapeResult, sink: &mut dyn Sink) {
        let Self { name, help, kind, read } = *self;
        sink.begin(&Declaration { name, help, kind, suffix: U::SUFFIX, subject: TypeId::of::<S>() });
        visit::<S>(scrape, |identity, subject| {
            if let Some(value) = read(subject) {
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
        let Self { name, help, kind, labels: names, read } = *self;
        sink.begin(&Declaration { name, help, kind, suffix: U::SUFFIX, subject: TypeId::of::<S>() });
        let mut seen = Seen::default();
        visit::<S>(scrape, |identity, subject| {
            seen.clear();
            read(subject, &mut Points { sink, identity, names, seen: &mut seen, unit: PhantomData });
        });
    }
}
