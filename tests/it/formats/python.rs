//! The text formats, read by the parsers of Python's `prometheus_client`. That of OpenMetrics is the reference: it rejects what is
//! not in the specification.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use runpod_exporter::testing::exposition::Format;
use serde_json::Value;

use super::{encoded, line, lines, scrapes};

/// The families that a parser reads from a page, or its complaint.
fn parsed(parser: &str, page: &[u8]) -> Result<Vec<Value>, String> {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR"));
    let python = repository.join(".tools/venv/bin/python");
    assert!(python.exists(), "Python's prometheus_client is not installed: run `make tools`");
    let mut process = Command::new(python)
        .arg(repository.join("tests/formats/parse.py"))
        .arg(parser)
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    process.stdin.take().unwrap().write_all(page).unwrap();
    let output = process.wait_with_output().unwrap();
    let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!complaint.contains("ModuleNotFoundError"), "{complaint}: run `make tools`");
    if output.status.success() { Ok(serde_json::from_slice(&output.stdout).unwrap()) } else { Err(complaint) }
}

fn samples(family: &Value) -> &[Value] {
    family["samples"].as_array().unwrap()
}

/// A sample as text 0.0.4 writes it: without the decimal place of whole bounds.
fn series(sample: &Value) -> String {
    let pair = |pair: &Value| -> (String, String) {
        let (name, value) = (pair[0].as_str().unwrap().to_owned(), pair[1].as_str().unwrap().to_owned());
        let is_bound = name == "le" && value != "+Inf";
        let value = if is_bound { value.parse::<f64>().unwrap().to_string() } else { value };
        (name, value)
    };
    let labels: Vec<_> = sample[1].as_array().unwrap().iter().map(pair).collect();
    line(sample[0].as_str().unwrap(), &labels, sample[2].as_str().unwrap().parse().unwrap())
}

#[test]
fn the_parser_of_text_reads_every_series() {
    for scrape in scrapes() {
        let families = parsed("text", &encoded(&scrape, Format::Text)).unwrap();
        let read: BTreeSet<_> = families.iter().flat_map(samples).map(series).collect();
        assert_eq!(read, lines(&scrape));
    }
}

#[test]
fn the_reference_parser_of_openmetrics_reads_every_series() {
    for scrape in scrapes() {
        let families = parsed("openmetrics", &encoded(&scrape, Format::OpenMetrics)).unwrap();
        let all = || families.iter().flat_map(samples);
        let is_created = |sample: &&Value| sample[0].as_str().unwrap().ends_with("_created");
        let read: BTreeSet<_> = all().filter(|sample| !is_created(sample)).map(series).collect();
        assert_eq!(read, lines(&scrape));
        let created: BTreeSet<_> =
            all().filter(is_created).map(|sample| sample[0].as_str().unwrap()).collect();
        assert!(created.contains("runpod_request_latency_seconds_created"), "{created:?}");
        assert!(!created.contains("runpod_requests_created"), "{created:?}");
        let exemplars: Vec<_> = all().filter(|sample| !sample[3].is_null()).collect();
        assert_eq!(exemplars.len(), 3, "{exemplars:?}");
        assert_eq!(exemplars[0][3][0]["trace_id"], "4bf92f3577b34da6a3ce929d0e0e4736");
    }
}

#[test]
fn units_are_declared() {
    let page = encoded(&scrapes()[0], Format::OpenMetrics);
    let families = parsed("openmetrics", &page).unwrap();
    let unit = |name: &str| families.iter().find(|it| it["name"] == name).unwrap()["unit"].clone();
    for (name, expected) in [
        ("runpod_request_latency_seconds", "seconds"),
        ("runpod_endpoint_created_timestamp_seconds", "seconds"),
        ("runpod_pod_memory_bytes", "bytes"),
        ("runpod_pod_cost_dollars_per_hour", "dollars_per_hour"),
        ("runpod_queue_depth", ""),
        ("runpod_endpoint_info", ""),
        ("runpod_jobs_observed", ""),
    ] {
        assert_eq!(unit(name), expected, "{name}");
    }
}

/// Tests the tests: the parsers do reject a page.
#[test]
fn an_invalid_page_is_rejected() {
    for (parser, page) in [
        ("text", "# TYPE a gauge\na{b=\"c} 1\n"),
        ("openmetrics", "# TYPE a gauge\na 1\n"), // without an end
        ("openmetrics", "# TYPE a_total counter\na_total 1\n# EOF\n"),
        ("openmetrics", "# TYPE a histogram\na_bucket{le=\"1.0\"} 1\na_count 1\na_sum 1\n# EOF\n"),
        ("openmetrics", "# TYPE a gauge\n# UNIT a seconds\na 1\n# EOF\n"),
    ] {
        assert!(parsed(parser, page.as_bytes()).is_err(), "{page}");
    }
}
