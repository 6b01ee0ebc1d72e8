//! A minimal parser of the text format.

use std::collections::BTreeSet;

/// The text of a scrape.
#[derive(Debug, Clone)]
pub(crate) struct Exposition(pub(crate) String);

impl Exposition {
    pub(crate) fn new(text: String) -> Self {
        Self(text)
    }

    /// The series with this name and all these labels, each `name="value"`.
    fn matching<'a>(&'a self, name: &'a str, labels: &'a [&'a str]) -> impl Iterator<Item = &'a str> {
        self.0.lines().filter(move |line| {
            let rest = line.strip_prefix(name).unwrap_or_default();
            rest.starts_with(['{', ' ']) && labels.iter().all(|label| rest.contains(label))
        })
    }

    /// Number of series of this family with all these labels.
    pub(crate) fn count(&self, name: &str, labels: &[&str]) -> usize {
        self.matching(name, labels).count()
    }

    /// The value of the only series of this family with all these labels. `None` if there is none.
    pub(crate) fn value(&self, name: &str, labels: &[&str]) -> Option<f64> {
        let mut lines = self.matching(name, labels);
        let line = lines.next()?;
        assert!(lines.next().is_none(), "{name} {labels:?} is more than one series");
        Some(line.rsplit(' ').next().unwrap().parse().unwrap())
    }

    /// The sum over all series of this family with all these labels.
    pub(crate) fn sum(&self, name: &str, labels: &[&str]) -> f64 {
        let value = |line: &str| line.rsplit(' ').next().unwrap().parse::<f64>().unwrap();
        self.matching(name, labels).map(value).sum()
    }

    /// The names of all series.
    pub(crate) fn names(&self) -> BTreeSet<&str> {
        let samples = self.0.lines().filter(|line| !line.starts_with('#'));
        samples.filter_map(|line| line.split(['{', ' ']).next()).collect()
    }

    /// All series: names and labels.
    pub(crate) fn series(&self) -> BTreeSet<String> {
        let samples = self.0.lines().filter(|line| !line.starts_with('#'));
        samples.filter_map(|line| Some(line.rsplit_once(' ')?.0.to_owned())).collect()
    }

    /// The samples whose name or labels contain `what`, without comments, for a snapshot.
    pub(crate) fn about(&self, what: &str) -> String {
        let samples = self.0.lines().filter(|line| !line.starts_with('#') && line.contains(what));
        samples.flat_map(|line| [line, "\n"]).collect()
    }
}
