//! The formats of `/metrics`, each read by another implementation: they have the same series.

mod http;
mod message;
mod protobuf;
mod python;

use std::collections::BTreeSet;
use std::sync::Arc;

use runpod_exporter::testing::catalog::ScrapeResult;
use runpod_exporter::testing::exposition::{Encoding, Format, encode};
use runpod_exporter::testing::metrics::families;

use crate::support::full;

/// A name that needs to be escaped in every way.
const HOSTILE: &str = "a\\b\n\"c\"\té{x=\"y\",le=\"1\"} 5 # {} \\n\n# EOF";

/// A scrape in which everything is known, and whose endpoint and pod have this name.
fn named(name: &str) -> ScrapeResult {
    let mut scrape = full();
    for account in &mut scrape.accounts {
        let snapshot = &mut Arc::make_mut(account).snapshot;
        snapshot.endpoints.iter_mut().for_each(|endpoint| endpoint.name = name.into());
        snapshot.pods.iter_mut().for_each(|pod| pod.name = name.into());
    }
    scrape
}

fn scrapes() -> [ScrapeResult; 2] {
    [full(), named(HOSTILE)]
}

fn encoded(scrape: &ScrapeResult, format: Format) -> Vec<u8> {
    encode(families(), scrape, (format, Encoding::Identity), 0).unwrap().to_vec()
}

/// A series and its value, as text 0.0.4 writes them.
fn line(name: &str, labels: &[(String, String)], value: f64) -> String {
    let escape = |text: &str| text.replace('\\', "\\\\").replace('\n', "\\n").replace('"', "\\\"");
    let pairs: Vec<_> = labels.iter().map(|(name, value)| format!("{name}=\"{}\"", escape(value))).collect();
    let labels = if pairs.is_empty() { String::new() } else { format!("{{{}}}", pairs.join(",")) };
    format!("{name}{labels} {}", number(value))
}

fn number(value: f64) -> String {
    if value == f64::INFINITY { "+Inf".to_owned() } else { value.to_string() }
}

/// The series of text 0.0.4.
fn lines(scrape: &ScrapeResult) -> BTreeSet<String> {
    let text = String::from_utf8(encoded(scrape, Format::Text)).unwrap();
    text.lines().filter(|line| !line.starts_with('#')).map(str::to_owned).collect()
}
