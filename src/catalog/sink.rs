//! What receives the series of families, whatever it makes of them.

use std::any::TypeId;

use super::Kind;
use crate::instruments::{Exemplar, Native};
use crate::snapshot::UnixTime;

/// A family, before its series.
#[derive(Debug, Clone, Copy)]
pub struct Declaration {
    /// The family's name.
    pub name: &'static str,
    /// The help sentence.
    pub help: &'static str,
    /// The type.
    pub kind: Kind,
    /// The suffix of its unit: see [`crate::snapshot::Unit::SUFFIX`].
    pub suffix: Option<&'static str>,
    /// The type of the subjects of its series.
    pub subject: TypeId,
}

/// The subject of a series.
#[derive(Debug, Clone, Copy)]
pub struct Identity<'a> {
    /// Its position among the subjects of its type in this scrape. Whenever type and position are the same, the labels are, so
    /// that they need to be written only once.
    pub position: usize,
    /// The labels that identify it.
    pub labels: &'a [(&'static str, &'a str)],
    /// When its counters and histograms started at 0; `None` if that is unknown.
    pub since: Option<UnixTime>,
}

/// Receives the series of families.
pub trait Sink {
    /// The series that follow belong to this family. A family without series may be left out.
    fn begin(&mut self, family: &Declaration);

    /// One series: its subject, its own labels, and its value.
    fn sample(&mut self, identity: Identity<'_>, own: &[(&str, &str)], value: f64);

    /// One histogram: its labels as for a sample, and its observations.
    fn histogram(&mut self, identity: Identity<'_>, own: &[(&str, &str)], observations: &Observations<'_>);
}

/// The observations of a histogram.
#[derive(Debug)]
pub struct Observations<'a> {
    /// The classic buckets by ascending upper bound. The bound of the last one is infinite.
    pub buckets: Vec<Bucket<'a>>,
    /// The same observations in buckets of exponential width.
    pub native: &'a Native,
    /// The sum of all observations.
    pub sum: f64,
    /// The number of all observations.
    pub count: u64,
}

/// A classic bucket of a histogram.
#[derive(Debug, Clone, Copy)]
pub struct Bucket<'a> {
    /// The upper bound.
    pub bound: f64,
    /// The number of observations up to it.
    pub count: u64,
    /// An observation in this bucket and in none below it, with its trace.
    pub exemplar: Option<&'a Exemplar>,
}
