//! The text format 0.0.4, as described on <https://prometheus.io/docs/instrumenting/exposition_formats/>.

use std::fmt::Write as _;

use crate::catalog::{Kind, Sink};

/// Writes families as text. A family without series is left out.
#[derive(Debug, Default)]
pub struct Text {
    out: String,
    /// The family whose first series is still to come.
    pending: Option<(&'static str, &'static str, Kind)>,
    name: &'static str,
}

impl Text {
    /// The text.
    pub fn finish(self) -> String {
        self.out
    }

    fn header(&mut self) {
        let Some((name, help, kind)) = self.pending.take() else { return };
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

    /// One line: the family's name with a suffix, the labels, for a bucket its upper bound, and the value.
    fn line(&mut self, suffix: &str, [identity, own]: [&[(&str, &str)]; 2], bound: Option<f64>, value: f64) {
        self.out.push_str(self.name);
        self.out.push_str(suffix);
        let mut separator = '{';
        self.labels(identity, &mut separator);
        self.labels(own, &mut separator);
        if let Some(bound) = bound {
            self.out.push(separator);
            separator = ',';
            self.out.push_str("le=\"");
            number(&mut self.out, bound);
            self.out.push('"');
        }
        if separator == ',' {
            self.out.push('}');
        }
        self.out.push(' ');
        number(&mut self.out, value);
        self.out.push('\n');
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
        self.header();
        self.line("", [identity, own], None, value);
    }

    #[expect(clippy::cast_precision_loss, reason = "exact up to 2^53")]
    fn histogram(
        &mut self,
        identity: &[(&str, &str)],
        own: &[(&str, &str)],
        buckets: &mut dyn Iterator<Item = (f64, u64)>,
        sum: f64,
        count: u64,
    ) {
        self.header();
        let labels = [identity, own];
        for (bound, count) in buckets {
            self.line("_bucket", labels, Some(bound), count as f64);
        }
        self.line("_bucket", labels, Some(f64::INFINITY), count as f64);
        self.line("_sum", labels, None, sum);
        self.line("_count", labels, None, count as f64);
    }
}

/// Escapes backslash and line feed, and in label values quotation marks. Everything else is UTF-8 as it is.
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

/// The shortest decimal that reads back as the same number; infinity and NaN as Prometheus spells them.
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
    use prometheus::core::Collector;
    use prometheus::{GaugeVec, Histogram, HistogramOpts, Opts, Registry, TextEncoder};
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
        encoded(gauge)
    }

    fn encoded(collector: impl Collector + 'static) -> String {
        let registry = Registry::new();
        registry.register(Box::new(collector)).unwrap();
        TextEncoder::new().encode_to_string(&registry.gather()).unwrap()
    }

    #[test]
    fn a_family_without_series_is_left_out() {
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

        #[test]
        fn any_histogram_is_written_as_the_prometheus_crate_writes_it(values in prop::collection::vec(0.0..20.0, 0..20)) {
            const BOUNDS: [f64; 3] = [0.025, 1.0, 10.0];
            let options = HistogramOpts::new("runpod_test", HELP).buckets(BOUNDS.to_vec()).const_label("one", "two");
            let histogram = Histogram::with_opts(options).unwrap();
            for value in &values {
                histogram.observe(*value);
            }
            let up_to = |bound: f64| values.iter().filter(|value| **value <= bound).count() as u64;
            let mut text = Text::default();
            text.begin("runpod_test", HELP, Kind::Histogram);
            let mut buckets = BOUNDS.into_iter().map(|bound| (bound, up_to(bound)));
            let (sum, count) = (histogram.get_sample_sum(), values.len() as u64);
            text.histogram(&[("one", "two")], &[], &mut buckets, sum, count);
            prop_assert_eq!(text.finish(), encoded(histogram));
        }
    }
}
