//! Writing a page of 100,000 series, against a copy of the same bytes and against the `prometheus` crate over the same series. The
//! ratios at the end compare medians of this run; nothing else about them carries over to another machine.

mod support;

use std::io::Write as _;
use std::path::PathBuf;
use std::time::Duration;

use criterion::{Criterion, Throughput};
use prometheus::{CounterVec, GaugeVec, Opts, Registry, TextEncoder};
use runpod_exporter::testing::catalog::{Declaration, Family, Identity, Kind, Observations, Sink};
use runpod_exporter::testing::exposition::{Encoding, Format, encode};
use runpod_exporter::testing::metrics;
use runpod_exporter::testing::scrape::Scope;
use serde_json::Value;
use tokio::time::Instant;

use crate::support::{Outcome, Upstream, app};

/// Endpoints, and as many pods: together, they have a little more than 100,000 series.
const SIZE: usize = 2_500;

const GROUP: &str = "encode";

/// What is measured: the name that criterion keeps it under, and what it is.
const ALL: [(&str, &str); 10] = [
    ("memcpy", "a copy of the text, into memory that was used before"),
    ("text", "text 0.0.4, reading the snapshot"),
    ("memcpy_fresh", "a copy of the text, into memory of the operating system"),
    ("text_fresh", "text 0.0.4, into memory of the operating system"),
    ("openmetrics", "OpenMetrics"),
    ("protobuf", "protobuf"),
    ("text_gzip", "text 0.0.4 with gzip"),
    ("text_zstd", "text 0.0.4 with zstd"),
    ("crate", "the crate's encoder alone"),
    ("crate_whole", "the crate, filling its collectors, gathering and encoding"),
];

/// A buffer that is so large that glibc requests it from the operating system each time. Its pages have to be cleared, as in the
/// first scrape of a process.
const FRESH: usize = 64 << 20;

/// The rows by which the others are divided.
const COPY: usize = 0;
const TEXT: usize = 1;

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
    fn begin(&mut self, family: &Declaration) {
        let Declaration { name, help, kind, .. } = *family;
        self.0.push(Recorded { name, help, kind, series: Vec::new() });
    }

    fn sample(&mut self, identity: Identity<'_>, own: &[(&str, &str)], value: f64) {
        let pair = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        let labels: Vec<_> = identity.labels.iter().chain(own).map(pair).collect();
        if let Some(family) = self.0.last_mut() {
            family.series.push((labels, value));
        }
    }

    /// Never called: the families that are measured have no histograms.
    fn histogram(&mut self, _: Identity<'_>, _: &[(&str, &str)], _: &Observations<'_>) {}
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
    let write = |variant, size| encode(comparable.iter().copied(), snapshot, variant, size);
    let text = write((Format::Text, Encoding::Identity), 0)?;
    let mut sink = Recorder::default();
    for family in &comparable {
        family.expose(snapshot, &mut sink);
    }
    let recorded: Vec<_> = sink.0.into_iter().filter(|family| !family.series.is_empty()).collect();
    let registry = register(&recorded)?;
    let families = registry.gather();
    same(str::from_utf8(&text)?, &TextEncoder::new().encode_to_string(&families)?)?;

    for (name, _) in ALL {
        // What an earlier run left would be taken for what this one measures; that there is nothing is as good.
        std::fs::remove_file(estimates(name)?).unwrap_or_default();
    }
    let mut criterion = Criterion::default().configure_from_args();
    let mut group = criterion.benchmark_group(GROUP);
    group.sample_size(20);
    group.throughput(Throughput::Bytes(text.len().try_into()?));
    group.bench_function("memcpy", |bencher| bencher.iter(|| text.to_vec()));
    group.bench_function("memcpy_fresh", |bencher| {
        bencher.iter(|| {
            let mut copy = Vec::with_capacity(FRESH);
            copy.extend_from_slice(&text);
            copy
        });
    });
    let plain = (Format::Text, Encoding::Identity);
    group.bench_function("text_fresh", |bencher| bencher.iter(|| write(plain, FRESH)));
    let mut sizes = Vec::new();
    for (name, variant) in [
        ("text", (Format::Text, Encoding::Identity)),
        ("openmetrics", (Format::OpenMetrics, Encoding::Identity)),
        ("protobuf", (Format::Protobuf, Encoding::Identity)),
        ("text_gzip", (Format::Text, Encoding::Gzip)),
        ("text_zstd", (Format::Text, Encoding::Zstd)),
    ] {
        let size = write(variant, 0)?.len(); // as the exporter knows it from the scrape before
        group.bench_function(name, |bencher| bencher.iter(|| write(variant, size)));
        sizes.push((name, size));
    }
    group.bench_function("crate", |bencher| bencher.iter(|| TextEncoder::new().encode_to_string(&families)));
    group.bench_function("crate_whole", |bencher| {
        bencher.iter(|| Outcome::Ok(TextEncoder::new().encode_to_string(&register(&recorded)?.gather())?));
    });
    group.finish();
    criterion.final_summary();
    report(str::from_utf8(&text)?, &sizes)
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

/// Writers that write something else cannot be compared. The crate sorts series and labels, so that each line is compared by its sorted
/// characters.
fn same(one: &str, other: &str) -> Outcome<()> {
    let sorted = |text: &str| {
        let characters = |line: &str| {
            let mut characters: Vec<_> = line.chars().collect();
            characters.sort_unstable();
            String::from_iter(characters)
        };
        let mut lines: Vec<_> = text.lines().map(characters).collect();
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

/// Where criterion keeps what it measured: beside the profile's folder, in which this program lies.
fn estimates(name: &str) -> Outcome<PathBuf> {
    let program = std::env::current_exe()?;
    let target = program.ancestors().nth(3).ok_or("no target directory")?;
    Ok(target.join("criterion").join(GROUP).join(name).join("new/estimates.json"))
}

/// Prints ratios of the medians of this run; nothing if only some benchmarks were run.
fn report(text: &str, sizes: &[(&str, usize)]) -> Outcome<()> {
    let mut medians = Vec::new();
    for (name, what) in ALL {
        let Ok(estimates) = std::fs::read(estimates(name)?) else { return Ok(()) };
        let estimates: Value = serde_json::from_slice(&estimates)?;
        let median = estimates.pointer("/median/point_estimate").and_then(Value::as_f64);
        medians.push((name, what, median.ok_or("no median in the estimates")?));
    }
    let of = |place: usize| medians.get(place).map(|(_, _, median)| *median).ok_or("not measured");
    let (copy, ours) = (of(COPY)?, of(TEXT)?);
    let series = text.lines().filter(|line| !line.starts_with('#')).count();
    let mut out = std::io::stdout();
    writeln!(out, "\n{series} series\n")?;
    writeln!(out, "| | size in kB | time / copy | time / text 0.0.4 |\n|---|---:|---:|---:|")?;
    for (name, what, median) in &medians {
        let size = sizes.iter().find(|(known, _)| known == name).map_or(text.len(), |(_, size)| *size);
        writeln!(out, "| {what} | {} | {:.2} | {:.2} |", size / 1_000, median / copy, median / ours)?;
    }
    Ok(())
}
