//! The text format 0.0.4, as <https://prometheus.io/docs/instrumenting/exposition_formats/> has it.

use std::fmt::Write as _;

use crate::catalog::{Kind, Sink};

/// Writes families as text. A family without series is not mentioned.
#[derive(Debug, Default)]
pub struct Text {
    out: String,
    /// The family whose first series is still to come.
    pending: Option<(&'static str, &'static str, Kind)>,
    name: &'static str,
}

impl Text {
    /// What was written.
    pub fn finish(self) -> String {
        self.out
    }

    fn labels(&mut self, pairs: &[(&str, &str)], separator: &mut char) {
        for (name, value) in pairs {
            self.out.push(*separator);
            *separator = ',';
            self.out.push_str(name);
            self.out.push_str("=\"");
            escape(&mut self.out, value, true);
            self.out.push('"');
        }
    }
}

impl Sink for Text {
    fn begin(&mut self, name: &'static str, help: &'static str, kind: Kind) {
        self.name = name;
        self.pending = Some((name, help, kind));
    }

    fn sample(&mut self, identity: &[(&str, &str)], own: &[(&str, &str)], value: f64) {
        if let Some((name, help, kind)) = self.pending.take() {
            self.out.push_str("# HELP ");
            self.out.push_str(name);
            self.out.push(' ');
            escape(&mut self.out, help, false);
            self.out.push_str("\n# TYPE ");
            self.out.push_str(name);
            self.out.push(' ');
            self.out.push_str(kind.as_str());
            self.out.push('\n');
        }
        self.out.push_str(self.name);
        let mut separator = '{';
        self.labels(identity, &mut separator);
        self.labels(own, &mut separator);
        if separator == ',' {
            self.out.push('}');
        }
        self.out.push(' ');
        number(&mut self.out, value);
        self.out.push('\n');
    }
}

/// Backslash and line feed are escaped everywhere, quotation marks in label values. All else is UTF-8 as it is.
fn escape(out: &mut String, text: &str, quotes: bool) {
    for character in text.chars() {
        match character {
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '"' if quotes => out.push_str("\\\""),
            other => out.push(other),
        }
    }
}

/// The shortest decimal that reads back as the same number, with Prometheus's words for what is none.
fn number(out: &mut String, value: f64) {
    if value.is_infinite() {
        out.push_str(if value > 0.0 { "+Inf" } else { "-Inf" });
        return;
    }
    let written = write!(out, "{value}");
    debug_assert!(written.is_ok(), "writing to a String cannot fail");
}

#[cfg(test)]
mod tests {
    use prometheus::{Encoder, GaugeVec, Opts, Registry, TextEncoder};
    use proptest::prelude::*;

    use super::*;

    const HELP: &str = "One \\ two\nthree \"four\".";

    fn ours(labels: &[(&str, &str)], value: f64) -> String {
        let mut text = Text::default();
        text.begin("runpod_test", HELP, Kind::Gauge);
        text.sample(&[], labels, value);
        text.finish()
    }

    /// The same series written by the `prometheus` crate.
    fn oracle(labels: &[(&str, &str)], value: f64) -> String {
        let names: Vec<_> = labels.iter().map(|(name, _)| *name).collect();
        let values: Vec<_> = labels.iter().map(|(_, value)| *value).collect();
        let gauge = GaugeVec::new(Opts::new("runpod_test", HELP), &names).unwrap();
        gauge.with_label_values(&values).set(value);
        let registry = Registry::new();
        registry.register(Box::new(gauge)).unwrap();
        let mut out = Vec::new();
        TextEncoder::new().encode(&registry.gather(), &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_family_without_series_is_not_mentioned() {
        let mut text = Text::default();
        text.begin("runpod_empty", "Empty.", Kind::Gauge);
        text.begin("runpod_full", "Full.", Kind::Counter);
        text.sample(&[("account", "a")], &[("status", "b")], 1.0);
        text.sample(&[], &[], f64::INFINITY);
        assert_eq!(
            text.finish(),
            "# HELP runpod_full Full.\n# TYPE runpod_full counter\n\
             runpod_full{account=\"a\",status=\"b\"} 1\nrunpod_full +Inf\n"
        );
    }

    proptest! {
        #[test]
        fn any_label_and_number_is_written_as_the_prometheus_crate_writes_it(
            one in any::<String>(), two in any::<String>(), value in any::<f64>().prop_filter("spelled otherwise", |value| !value.is_infinite()),
        ) {
            let labels = [("one", one.as_str()), ("two", two.as_str())];
            prop_assert_eq!(ours(&labels, value), oracle(&labels, value));
        }
    }
}
