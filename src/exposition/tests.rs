//! Text 0.0.4 is compared with what the `prometheus` crate writes, byte by byte.

use std::any::TypeId;
use std::collections::BTreeMap;

use prometheus::core::Collector;
use prometheus::{GaugeVec, Histogram, HistogramOpts, Opts, Registry, TextEncoder};
use proptest::prelude::*;

use super::*;
use crate::catalog::{Bucket, Declaration, Identity, Kind, Observations};
use crate::instruments::{Exemplar, Native};
use crate::jobs::Trace;
use crate::snapshot::UnixTime;

pub(super) const HELP: &str = "One \\ two\nthree \"four\".";

fn declaration(name: &'static str, kind: Kind) -> Declaration {
    Declaration { name, help: HELP, kind, suffix: Some("_seconds"), subject: TypeId::of::<()>() }
}

fn identity<'a>(position: usize, labels: &'a [(&'static str, &'a str)]) -> Identity<'a> {
    Identity { position, labels, since: Some(UnixTime(1.5)) }
}

fn lines(dialect: Dialect, write: impl FnOnce(&mut dyn Sink)) -> String {
    let mut lines = Lines::new(dialect, Output::new(Encoding::Identity, 0));
    write(&mut lines);
    String::from_utf8(lines.finish().finish().unwrap().to_vec()).unwrap()
}

fn encoded(collectors: Vec<Box<dyn Collector>>) -> String {
    let registry = Registry::new();
    for collector in collectors {
        registry.register(collector).unwrap();
    }
    TextEncoder::new().encode_to_string(&registry.gather()).unwrap()
}

#[test]
fn a_family_without_series_is_left_out() {
    let text = lines(Dialect::Text, |sink| {
        sink.begin(&declaration("runpod_empty", Kind::Gauge));
        sink.begin(&declaration("runpod_full_total", Kind::Counter));
        sink.sample(identity(0, &[("account", "a")]), &[("status", "b")], 1.0);
        sink.sample(identity(1, &[]), &[], f64::INFINITY);
        sink.sample(identity(2, &[]), &[("status", "b")], 2.0);
    });
    assert_eq!(
        text,
        "# HELP runpod_full_total One \\\\ two\\nthree \"four\".\n# TYPE runpod_full_total counter\n\
         runpod_full_total{account=\"a\",status=\"b\"} 1\nrunpod_full_total +Inf\n\
         runpod_full_total{status=\"b\"} 2\n"
    );
}

#[test]
fn openmetrics_names_a_counter_without_its_suffix_and_has_units_times_and_exemplars() {
    let trace = Trace::parse("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01").unwrap();
    let exemplar = Exemplar { trace, value: std::time::Duration::from_millis(700), time: UnixTime(2.25) };
    let buckets = vec![
        Bucket { bound: 1.0, count: 1, exemplar: Some(&exemplar) },
        Bucket { bound: f64::INFINITY, count: 2, exemplar: None },
    ];
    let observations = Observations { buckets, native: &Native::default(), sum: 3.5, count: 2 };
    let text = lines(Dialect::OpenMetrics, |sink| {
        sink.begin(&declaration("runpod_waits_seconds_total", Kind::Counter));
        sink.sample(identity(0, &[("account", "a")]), &[], 1.0);
        sink.begin(&declaration("runpod_wait_seconds", Kind::Histogram));
        sink.histogram(identity(0, &[("account", "a")]), &[], &observations);
    });
    assert_eq!(
        text,
        "# HELP runpod_waits_seconds One \\\\ two\\nthree \\\"four\\\".\n# TYPE runpod_waits_seconds counter\n\
         # UNIT runpod_waits_seconds seconds\nrunpod_waits_seconds_total{account=\"a\"} 1\n\
         runpod_waits_seconds_created{account=\"a\"} 1.5\n\
         # HELP runpod_wait_seconds One \\\\ two\\nthree \\\"four\\\".\n# TYPE runpod_wait_seconds histogram\n\
         # UNIT runpod_wait_seconds seconds\n\
         runpod_wait_seconds_bucket{account=\"a\",le=\"1.0\"} 1 # {trace_id=\"4bf92f3577b34da6a3ce929d0e0e4736\",\
         span_id=\"00f067aa0ba902b7\"} 0.7 2.25\n\
         runpod_wait_seconds_bucket{account=\"a\",le=\"+Inf\"} 2\nrunpod_wait_seconds_sum{account=\"a\"} 3.5\n\
         runpod_wait_seconds_count{account=\"a\"} 2\nrunpod_wait_seconds_created{account=\"a\"} 1.5\n# EOF\n"
    );
}

/// The label values of a subject, and its values by the values of a label of their own.
type Series = (String, String, BTreeMap<String, f64>);

/// Any subjects, whose texts often need to be escaped.
fn series() -> impl Strategy<Value = Vec<Series>> {
    let text = || prop_oneof![any::<String>(), "[\\\\\"\n,=}a]{0,4}"];
    let value = any::<f64>().prop_filter("spelled otherwise", |value| !value.is_infinite());
    prop::collection::vec((text(), text(), prop::collection::btree_map(text(), value, 0..4)), 1..6)
}

proptest! {
    #[test]
    fn any_families_are_written_as_the_prometheus_crate_writes_them(series in series()) {
        const NAMES: [&str; 2] = ["runpod_one", "runpod_two"];
        // The crate sorts, and merges what has the same labels.
        let mut sorted: BTreeMap<_, BTreeMap<_, _>> = BTreeMap::new();
        for (one, two, values) in &series {
            sorted.entry((one, two)).or_default().extend(values);
        }
        let ours = lines(Dialect::Text, |sink| for name in NAMES {
            sink.begin(&declaration(name, Kind::Gauge));
            for (position, ((one, two), values)) in sorted.iter().enumerate() {
                for (own, value) in values {
                    sink.sample(identity(position, &[("a", one), ("b", two)]), &[("c", own)], **value);
                }
            }
        });
        let gauges = NAMES.map(|name| {
            let gauge = GaugeVec::new(Opts::new(name, HELP), &["a", "b", "c"]).unwrap();
            for ((one, two), values) in &sorted {
                for (own, value) in values {
                    gauge.with_label_values(&[*one, *two, *own]).set(**value);
                }
            }
            Box::new(gauge) as Box<dyn Collector>
        });
        prop_assert_eq!(ours, encoded(gauges.into()));
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
        let bounds = BOUNDS.into_iter().chain([f64::INFINITY]);
        let buckets = bounds.map(|bound| Bucket { bound, count: up_to(bound), exemplar: None }).collect();
        let (sum, count) = (histogram.get_sample_sum(), values.len() as u64);
        let observations = Observations { buckets, native: &Native::default(), sum, count };
        let ours = lines(Dialect::Text, |sink| {
            sink.begin(&declaration("runpod_test", Kind::Histogram));
            sink.histogram(identity(0, &[("one", "two")]), &[], &observations);
        });
        prop_assert_eq!(ours, encoded(vec![Box::new(histogram)]));
    }
}
