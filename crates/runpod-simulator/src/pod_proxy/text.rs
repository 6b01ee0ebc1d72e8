//! The text format of Prometheus.

use std::fmt::Write as _;

/// A page of metrics.
#[derive(Debug, Default)]
pub(super) struct Page(String);

impl Page {
    /// Begins a family.
    pub(super) fn family(&mut self, name: &str, kind: &str, help: &str) {
        let Self(text) = self;
        writeln!(text, "# HELP {name} {help}\n# TYPE {name} {kind}").unwrap_or_default(); // a string cannot fail
    }

    /// Adds a sample. `labels` is what is between the braces.
    pub(super) fn sample(&mut self, name: &str, labels: &str, value: f64) {
        let Self(text) = self;
        writeln!(text, "{name}{{{labels}}} {value}").unwrap_or_default();
    }

    pub(super) fn finish(self) -> String {
        self.0
    }
}
