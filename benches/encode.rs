//! Writing a page: our writer against the `prometheus` crate over the same series, and what compression adds. The ratios
//! at the end compare medians of this run; nothing else about them carries over to another machine.

mod support;

use std::io::Write as _;
use std::path::PathBuf;
use std::time::Duration;

use criterion::{Criterion, Throughput};
use flate2::Compression;
use flate2::write::GzEncoder;
use prometheus::{CounterVec, GaugeVec, Opts, Registry, TextEncoder};
use runpod_exporter::testing::catalog::{Family, Kind, Sink};
use runpod_exporter::testing::exposition::{self, Text};
use runpod_exporter::testing::metrics;
use runpod_exporter::testing::scrape::Scope;
use serde_json::Value;
use tokio::time::Instant;

use crate::support::{Outcome, Upstream, app};

/// Endpoints, and as many pods.
const SIZE: usize = 1_000;

const GROUP: &str = "encode";

/// What is measured: the name that criterion keeps it under, and what it is.
const OURS: (&str, &str) = ("ours", "our writer");
const CRATE: (&str, &str) = ("crate", "the crate's encoder");
const OURS_WHOLE: (&str, &str) = ("ours_whole", "our writer, reading the snapshot");
const CRATE_WHOLE: (&str, &str) = ("crate_whole", "the crate's encoder, filling and gathering its gauges");
const GZIP: (&str, &str) = ("gzip", "gzip level 1 of the text");

const ALL: [(&str, &str); 5] = [OURS, CRATE, OURS_WHOLE, CRATE_WHOLE, GZIP];

/// A family and its series, in a form that either writer can be fed from.
struct Recorded {
    name: &'static str,
    help: &'static str,
    kind: Kind,
    series: Vec<(Vec<(String, String)>, f64)>,
}

#[derive(Default)]
struct Recorder(Vec<Recorded>);

impl Sink for Recorder {
    fn begin(&mut self, name: &'static str, help: &'static str, kind: Kind) {
        self.0.push(Recorded { name, help, kind, series: Vec::new() });
    }

    fn sample(&mut self, identity: &[(&str, &str)], own: &[(&str, &str)], value: f64) {
        let pair = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        let mut labels: Vec<_> = identity.iter().chain(own).map(pair).collect();
        labels.sort(); // as the crate does, so that both writers write the same lines
        if let Some(family) = self.0.last_mut() {
            family.series.push((labels, value));
        }
    }

    /// Never called: the families that are measured have no histograms.
    fn histogram(
        &mut self,
        _: &[(&str, &str)],
        _: &[(&str, &str)],
        _: &mut dyn Iterator<Item = (f64, u64)>,
        _: f64,
        _: u64,
    ) {
    }
}

/// The families that both writers are fed with. The crate's histograms cannot be given their counts.
fn comparable() -> impl Iterator<Item = &'static dyn Family> {
    metrics::families().filter(|family| family.header().kind != Kind::Histogram)
}

fn main() -> Outcome<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let page = runtime.block_on(async {
        let upstream = Upstream::start(SIZE, Duration::ZERO).await?;
        let page = app(vec![upstream.account("default")?])?
            .scraper()
            .scrape(Scope::default(), Instant::now() + Duration::from_mins(1))
            .await?;
        Outcome::Ok(page)
    })?;
    let snapshot = page.result();
    let comparable: Vec<_> = comparable().collect();
    let text = exposition::text(comparable.iter().copied(), snapshot);
    let mut sink = Recorder::default();
    for family in &comparable {
        family.expose(snapshot, &mut sink);
    }
    let recorded: Vec<_> = sink.0.into_iter().filter(|family| !family.series.is_empty()).collect();
    // Pairs of slices, made before the measurement, as the catalog hands them over.
    let borrowed: Vec<_> = recorded.iter().map(borrow).collect();
    let registry = register(&recorded)?;
    let families = registry.gather();
    let replayed = replay(&recorded, &borrowed);
    if replayed.len() != text.len() {
        return Err("the recording is not the page".into());
    }
    same(&replayed, &TextEncoder::new().encode_to_string(&families)?)?;

    for (name, _) in ALL {
        // What an earlier run left would be taken for what this one measures; that there is nothing is as good.
        std::fs::remove_file(estimates(name)?).unwrap_or_default();
    }
    let mut criterion = Criterion::default().configure_from_args();
    let mut group = criterion.benchmark_group(GROUP);
    group.throughput(Throughput::Bytes(text.len().try_into()?));
    group.bench_function(OURS.0, |bencher| bencher.iter(|| replay(&recorded, &borrowed)));
    group.bench_function(CRATE.0, |bencher| bencher.iter(|| TextEncoder::new().encode_to_string(&families)));
    group.bench_function(OURS_WHOLE.0, |bencher| {
        bencher.iter(|| exposition::text(comparable.iter().copied(), snapshot));
    });
    group.bench_function(CRATE_WHOLE.0, |bencher| {
        bencher.iter(|| Outcome::Ok(TextEncoder::new().encode_to_string(&register(&recorded)?.gather())?));
    });
    group.bench_function(GZIP.0, |bencher| bencher.iter(|| gzip(&text)));
    group.finish();
    criterion.final_summary();
    report(&text)
}

type Borrowed<'a> = Vec<(Vec<(&'a str, &'a str)>, f64)>;

fn borrow(family: &Recorded) -> Borrowed<'_> {
    fn pair((name, value): &(String, String)) -> (&str, &str) {
        (name, value)
    }
    family.series.iter().map(|(labels, value)| (labels.iter().map(pair).collect(), *value)).collect()
}

fn replay(recorded: &[Recorded], borrowed: &[Borrowed<'_>]) -> String {
    let mut text = Text::default();
    for (family, series) in recorded.iter().zip(borrowed) {
        text.begin(family.name, family.help, family.kind);
        for (labels, value) in series {
            text.sample(labels, &[], *value);
        }
    }
    text.finish()
}

/// Registers all gauges for one scrape, as an exporter without stale series has to.
fn register(recorded: &[Recorded]) -> Outcome<Registry> {
    let registry = Registry::new();
    for Recorded { name, help, kind, series } in recorded {
        let (first, _) = series.first().ok_or("a family without series")?;
        let names: Vec<_> = first.iter().map(|(name, _)| name.as_str()).collect();
        let values = |labels: &[(String, String)]| -> Vec<String> {
            labels.iter().map(|(_, value)| value.clone()).collect()
        };
        match kind {
            Kind::Counter => {
                let counters = CounterVec::new(Opts::new(*name, *help), &names)?;
                for (labels, value) in series {
                    counters.get_metric_with_label_values(&values(labels))?.inc_by(*value);
                }
                registry.register(Box::new(counters))?;
            }
            Kind::Gauge => {
                let gauges = GaugeVec::new(Opts::new(*name, *help), &names)?;
                for (labels, value) in series {
                    gauges.get_metric_with_label_values(&values(labels))?.set(*value);
                }
                registry.register(Box::new(gauges))?;
            }
            Kind::Histogram | Kind::Summary => return Err(format!("{name}: no gauge and no counter").into()),
        }
    }
    Ok(registry)
}

/// Writers that write something else cannot be compared. The crate sorts its series; their order is all that may differ.
fn same(one: &str, other: &str) -> Outcome<()> {
    let sorted = |text: &str| {
        let mut lines: Vec<_> = text.lines().map(str::to_owned).collect();
        lines.sort();
        lines
    };
    let (one, other) = (sorted(one), sorted(other));
    let differ = one.iter().zip(&other).find(|(one, other)| one != other);
    match differ {
        Some((one, other)) => Err(format!("the writers disagree:\n{one}\n{other}").into()),
        None if one.len() != other.len() => Err("one writer has more to say".into()),
        None => Ok(()),
    }
}

fn gzip(text: &str) -> std::io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(text.as_bytes())?;
    encoder.finish()
}

/// Where criterion keeps what it measured: beside the profile's folder, in which this program lies.
fn estimates(name: &str) -> Outcome<PathBuf> {
    let program = std::env::current_exe()?;
    let target = program.ancestors().nth(3).ok_or("no target directory")?;
    Ok(target.join("criterion").join(GROUP).join(name).join("new/estimates.json"))
}

/// Prints ratios of the medians of this run; nothing if only some benchmarks were run.
fn report(text: &str) -> Outcome<()> {
    let mut medians = Vec::new();
    for (name, what) in ALL {
        let Ok(estimates) = std::fs::read(estimates(name)?) else { return Ok(()) };
        let estimates: Value = serde_json::from_slice(&estimates)?;
        let median = estimates.pointer("/median/point_estimate").and_then(Value::as_f64);
        medians.push((what, median.ok_or("no median in the estimates")?));
    }
    let series = text.lines().filter(|line| !line.starts_with('#')).count();
    let (_, ours) = medians.first().ok_or("nothing measured")?;
    let mut out = std::io::stdout();
    writeln!(
        out,
        "\n{series} series, {} kB, {} kB after gzip\n",
        text.len() / 1_000,
        gzip(text)?.len() / 1_000
    )?;
    writeln!(out, "| | time, as a ratio to our writer |\n|---|---:|")?;
    for (what, median) in &medians {
        writeln!(out, "| {what} | {:.2} |", median / ours)?;
    }
    Ok(())
}
