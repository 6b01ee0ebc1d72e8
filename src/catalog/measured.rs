//! Families of what accumulates in this process. An entry declares no kind: it is that of the type of its values.

use std::any::TypeId;
use std::fmt::Debug;
use std::marker::PhantomData;

use super::{
    Bucket, Declaration, Family, Header, Identity, Kind, Observations, ScrapeResult, Sink, Subject, header,
};
use crate::instruments::{CpuTime, Distribution, Total};
use crate::snapshot::{Count, Seconds, Unit};

/// A value that an instrument measures.
pub trait Value: Debug + 'static {
    /// The kind of the families that have such values.
    const KIND: Kind;
    /// The unit of these values.
    type Unit: Unit;

    /// Writes the series with these labels.
    fn write(&self, identity: Identity<'_>, own: &[(&str, &str)], sink: &mut dyn Sink);
}

impl Value for Total {
    const KIND: Kind = Kind::Counter;
    type Unit = Count;

    fn write(&self, identity: Identity<'_>, own: &[(&str, &str)], sink: &mut dyn Sink) {
        sink.sample(identity, own, self.as_f64());
    }
}

impl Value for CpuTime {
    const KIND: Kind = Kind::Counter;
    type Unit = Seconds;

    fn write(&self, identity: Identity<'_>, own: &[(&str, &str)], sink: &mut dyn Sink) {
        sink.sample(identity, own, self.as_f64());
    }
}

impl<U: Unit> Value for U {
    const KIND: Kind = Kind::Gauge;
    type Unit = U;

    fn write(&self, identity: Identity<'_>, own: &[(&str, &str)], sink: &mut dyn Sink) {
        sink.sample(identity, own, self.number());
    }
}

impl<const B: usize> Value for Distribution<B> {
    const KIND: Kind = Kind::Histogram;
    type Unit = Seconds;

    /// A histogram without observations has no series.
    fn write(&self, identity: Identity<'_>, own: &[(&str, &str)], sink: &mut dyn Sink) {
        if self.count() > 0 {
            let bucket = |(bound, count, exemplar)| Bucket { bound, count, exemplar };
            let (buckets, native) = (self.buckets().map(bucket).collect(), self.native());
            let observations = Observations { buckets, native, sum: self.sum(), count: self.count() };
            sink.histogram(identity, own, &observations);
        }
    }
}

/// Puts the series of one subject.
type Put<S, V, const N: usize> = fn(<S as Subject>::Of<'_>, &mut Series<'_, V, N>);

/// A family whose values have the type `V` and labels of their own. A wrong number of labels does not compile.
#[derive(Debug)]
pub struct Measured<S: Subject, V: Value, const N: usize> {
    /// The family's name.
    pub name: &'static str,
    /// The help sentence.
    pub help: &'static str,
    /// The names of those labels.
    pub labels: [&'static str; N],
    /// Puts the series.
    pub read: Put<S, V, N>,
}

/// A family of counters.
///
/// Its values are [`Total`]s, which only the instruments make, so nothing that can decrease is exported as a counter:
///
/// ```
/// use runpod_exporter::testing::catalog::Counter;
/// use runpod_exporter::testing::instruments::{Process, Total};
///
/// const REQUESTS: Counter<Process, 0> = Counter {
///     name: "runpod_api_requests_total",
///     help: "HTTP requests.",
///     labels: [],
///     read: |_, series| series.put([], &Total::default()),
/// };
/// ```
///
/// As a gauge, the same entry does not compile:
///
/// ```compile_fail
/// use runpod_exporter::testing::catalog::Gauge;
/// use runpod_exporter::testing::instruments::{Process, Total};
/// use runpod_exporter::testing::snapshot::Count;
///
/// const REQUESTS: Gauge<Process, Count, 0> = Gauge {
///     name: "runpod_api_requests_total",
///     help: "HTTP requests.",
///     labels: [],
///     read: |_, series| series.put([], &Total::default()),
/// };
/// ```
pub type Counter<S, const N: usize> = Measured<S, Total, N>;

/// The family of the process's CPU time.
pub(crate) type CpuCounter<S, const N: usize> = Measured<S, CpuTime, N>;

/// A family of gauges in the unit `U`.
pub type Gauge<S, U, const N: usize> = Measured<S, U, N>;

/// A family of histograms with `B` buckets besides that of all observations.
pub(crate) type Histogram<S, const N: usize, const B: usize> = Measured<S, Distribution<B>, N>;

/// Where a family puts the series of one subject.
pub struct Series<'a, V, const N: usize> {
    sink: &'a mut dyn Sink,
    identity: Identity<'a>,
    names: [&'static str; N],
    value: PhantomData<fn(&V)>,
}

impl<V: Value, const N: usize> Series<'_, V, N> {
    /// Puts one series. An instrument has one value for each set of labels, so none is put twice.
    pub fn put(&mut self, labels: [&str; N], value: &V) {
        let mut pairs = self.names.into_iter().zip(labels);
        let own: [(&str, &str); N] = std::array::from_fn(|_| pairs.next().unwrap_or_default());
        value.write(self.identity, &own, self.sink);
    }
}

impl<V, const N: usize> Debug for Series<'_, V, N> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Series").field("identity", &self.identity).finish_non_exhaustive()
    }
}

impl<S: Subject, V: Value, const N: usize> Family for Measured<S, V, N> {
    fn header(&self) -> Header {
        header::<S>(self.name, self.help, V::KIND, &self.labels)
    }

    fn suffix(&self) -> Option<&'static str> {
        V::Unit::SUFFIX
    }

    fn expose(&self, scrape: &ScrapeResult, sink: &mut dyn Sink) {
        let Self { name, help, labels: names, read } = *self;
        let (kind, suffix, subject) = (V::KIND, V::Unit::SUFFIX, TypeId::of::<S>());
        sink.begin(&Declaration { name, help, kind, suffix, subject });
        let mut position = 0;
        S::visit(scrape, &mut |labels, subject| {
            let identity = Identity { position, labels, since: S::since(scrape, subject) };
            read(subject, &mut Series { sink, identity, names, value: PhantomData });
            position += 1;
        });
    }
}
