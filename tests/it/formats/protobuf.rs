//! The protobuf format, decoded by another implementation.

use std::collections::BTreeSet;

use runpod_exporter::testing::catalog::{Family, Kind};
use runpod_exporter::testing::exposition::Format;
use runpod_exporter::testing::metrics::families;

use super::message::{Bucket, BucketSpan, LabelPair, Metric, MetricFamily};
use super::{encoded, line, lines, scrapes};
use crate::support::full;

fn labels(pairs: &[LabelPair]) -> Vec<(String, String)> {
    pairs.iter().map(|pair| (pair.name.clone(), pair.value.clone())).collect()
}

/// The series that a client makes of a message.
#[expect(clippy::cast_precision_loss, reason = "small counts")]
fn series(name: &str, Metric { label, gauge, counter, histogram }: &Metric) -> Vec<String> {
    let labels = labels(label);
    match (gauge, counter, histogram) {
        (Some(gauge), None, None) => vec![line(name, &labels, gauge.value)],
        (None, Some(counter), None) => vec![line(name, &labels, counter.value)],
        (None, None, Some(histogram)) => {
            let bucket = |Bucket { count, bound, .. }: &Bucket| {
                let labels = [labels.clone(), vec![("le".to_owned(), super::number(*bound))]].concat();
                line(&format!("{name}_bucket"), &labels, *count as f64)
            };
            let mut lines: Vec<_> = histogram.bucket.iter().map(bucket).collect();
            lines.push(line(&format!("{name}_sum"), &labels, histogram.sum));
            lines.push(line(&format!("{name}_count"), &labels, histogram.count as f64));
            lines
        }
        other => panic!("{name}: {other:?}"),
    }
}

#[test]
fn the_messages_have_the_series_and_the_headers_of_the_text() {
    for scrape in scrapes() {
        let decoded = MetricFamily::all(&encoded(&scrape, Format::Protobuf));
        let of = |family: &MetricFamily| -> Vec<String> {
            family.metric.iter().flat_map(|metric| series(&family.name, metric)).collect()
        };
        let all: Vec<_> = decoded.iter().flat_map(of).collect();
        assert_eq!(all.iter().cloned().collect::<BTreeSet<_>>(), lines(&scrape));
        assert_eq!(all.len(), lines(&scrape).len(), "a series is repeated");
        let given: Vec<_> = decoded.iter().map(|it| (it.name.clone(), it.help.clone(), it.kind)).collect();
        let number = |kind| match kind {
            Kind::Counter => 0,
            Kind::Gauge | Kind::Summary => 1,
            Kind::Histogram => 4,
        };
        let headers = families().map(Family::header);
        let expected: Vec<_> = headers.map(|it| (it.name, it.help, number(it.kind))).collect();
        assert_eq!(given, expected);
    }
}

/// The family with this name if everything is known.
fn family(name: &str) -> MetricFamily {
    let all = MetricFamily::all(&encoded(&full(), Format::Protobuf));
    all.into_iter().find(|family| family.name == name).unwrap()
}

#[test]
fn a_histogram_has_native_buckets_and_exemplars_and_the_time_of_its_start() {
    for (name, seconds) in [
        ("runpod_request_latency_seconds", 1.3),
        ("runpod_request_delay_seconds", 0.3),
        ("runpod_request_execution_seconds", 1.0),
        ("runpod_api_request_duration_seconds", 0.13),
    ] {
        let family = family(name);
        assert_eq!(family.unit, "seconds", "{name}");
        let histogram = family.metric[0].histogram.clone().unwrap();
        assert_eq!((histogram.schema, histogram.zero_threshold, histogram.zero_count), (4, 1.0 / 1024.0, 0));
        let index = (f64::log2(seconds) * 16.0).ceil();
        let [BucketSpan { offset, length: 1 }] = histogram.positive_span[..] else { panic!("{histogram:?}") };
        assert_eq!((f64::from(offset), &*histogram.positive_delta), (index, &[1][..]), "{name}");
        assert_eq!(
            histogram.created.as_ref().map(|time| time.seconds),
            Some(crate::support::noon().as_second())
        );
        let exemplars: Vec<_> =
            histogram.bucket.iter().filter_map(|bucket| bucket.exemplar.clone()).collect();
        if name.starts_with("runpod_request_") {
            assert_eq!(exemplars.len(), 1, "{name}");
            assert_eq!((exemplars[0].value, &exemplars[0].timestamp), (seconds, &histogram.created));
            let trace = [
                ("trace_id".to_owned(), "4bf92f3577b34da6a3ce929d0e0e4736".to_owned()),
                ("span_id".to_owned(), "00f067aa0ba902b7".to_owned()),
            ];
            assert_eq!(labels(&exemplars[0].label), trace);
        } else {
            assert_eq!(exemplars, [], "{name}");
        }
    }
}

/// Counters of Runpod start at a number that it reports, so that their start is unknown.
#[test]
fn only_counters_that_started_at_0_have_the_time_of_their_start() {
    let created = |name| family(name).metric[0].counter.clone().unwrap().created.is_some();
    for name in ["runpod_jobs_observed_total", "runpod_api_requests_total", "runpod_exporter_panics_total"] {
        assert!(created(name), "{name}");
    }
    for name in ["runpod_requests_total", "runpod_log_lines_total"] {
        assert!(!created(name), "{name}");
    }
}
