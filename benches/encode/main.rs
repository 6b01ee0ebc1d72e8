//! Writing the series of a scrape: those of 2,500 endpoints and as many pods, and the latency histograms of 250 endpoints. Each
//! group also copies the same bytes and writes the same series with the `prometheus` crate. The ratios at the end compare medians
//! of this run and hold on other machines; times do not.

#[path = "../support/account.rs"]
mod account;
#[path = "../support/medians.rs"]
mod medians;
mod peer;
#[path = "../support/upstream.rs"]
mod upstream;

use std::io::Write as _;
use std::sync::Arc;
use std::time::Duration;

use clock::SystemClock;
use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, Throughput};
use prometheus::TextEncoder;
use runpod_exporter::testing::app::App;
use runpod_exporter::testing::catalog::{Family, Kind, ScrapeResult};
use runpod_exporter::testing::exposition::{Encoding, Format, encode};
use runpod_exporter::testing::jobs::{Job, Status, Times, Tokens, Trace, Via};
use runpod_exporter::testing::metrics;
use runpod_exporter::testing::scrape::Scope;
use tokio::time::Instant;

use self::account::{Outcome, account_at, app_by};
use self::peer::{Recorded, Recorder};
use self::upstream::Upstream;

/// Endpoints, and as many pods: together, they have a little more than 100,000 series.
const SIZE: usize = 2_500;

/// Endpoints that report jobs, and the jobs of each.
const REPORTING: usize = 250;
const JOBS: u64 = 100;

/// The groups, with the families that are written in each.
const SERIES: &str = "encode";
const HISTOGRAMS: &str = "encode_histograms";

/// What is measured: the name in criterion, and a description.
const ALL: [(&str, &str); 12] = [
    ("memcpy", "a copy of the text, into memory that was used before"),
    ("text", "text 0.0.4, reading the snapshot"),
    ("memcpy_fresh", "a copy of the text, into memory of the operating system"),
    ("text_fresh", "text 0.0.4, into memory of the operating system"),
    ("openmetrics", "OpenMetrics"),
    ("protobuf", "protobuf, with native histograms"),
    ("text_gzip", "text 0.0.4 with gzip"),
    ("text_zstd", "text 0.0.4 with zstd"),
    ("openmetrics_gzip", "OpenMetrics with gzip"),
    ("protobuf_gzip", "protobuf with gzip"),
    ("crate", "the crate's encoder alone"),
    ("crate_whole", "the crate, filling its collectors, gathering and encoding"),
];

const VARIANTS: [(&str, (Format, Encoding)); 7] = [
    ("text", (Format::Text, Encoding::Identity)),
    ("openmetrics", (Format::OpenMetrics, Encoding::Identity)),
    ("protobuf", (Format::Protobuf, Encoding::Identity)),
    ("text_gzip", (Format::Text, Encoding::Gzip)),
    ("text_zstd", (Format::Text, Encoding::Zstd)),
    ("openmetrics_gzip", (Format::OpenMetrics, Encoding::Gzip)),
    ("protobuf_gzip", (Format::Protobuf, Encoding::Gzip)),
];

/// The rows by which the others are divided.
const COPY: usize = 0;
const TEXT: usize = 1;

/// A buffer that is so large that glibc requests it from the operating system each time. Its pages have to be cleared, as in the
/// first scrape of a process.
const FRESH: usize = 64 << 20;

/// A group of families of one scrape.
struct Subject<'a> {
    group: &'static str,
    families: Vec<&'static dyn Family>,
    result: &'a ScrapeResult,
}

impl Subject<'_> {
    fn write(&self, variant: (Format, Encoding), size: usize) -> Outcome<bytes::Bytes> {
        Ok(encode(self.families.iter().copied(), self.result, variant, size)?)
    }

    fn recorded(&self) -> Vec<Recorded> {
        let mut sink = Recorder::default();
        for family in &self.families {
            family.expose(self.result, &mut sink);
        }
        sink.0.into_iter().filter(|family| !family.is_empty()).collect()
    }

    /// Measures the group, and returns its table; `None` if only some benchmarks were run.
    fn measure(&self, criterion: &mut Criterion) -> Outcome<Option<String>> {
        for (name, _) in ALL {
            medians::forget(self.group, name)?;
        }
        let text = self.write((Format::Text, Encoding::Identity), 0)?;
        let mut group = criterion.benchmark_group(self.group);
        group.sample_size(20);
        group.throughput(Throughput::Bytes(text.len().try_into()?));
        group.bench_function("memcpy", |bencher| bencher.iter(|| text.to_vec()));
        let mut sizes = Vec::new();
        for (name, variant) in VARIANTS {
            let size = self.write(variant, 0)?.len(); // as the exporter knows it from the scrape before
            group.bench_function(name, |bencher| bencher.iter(|| self.write(variant, size)));
            sizes.push((name, size));
        }
        if self.group == SERIES {
            self.measure_fresh(&mut group, &text);
        }
        self.measure_peer(&mut group, str::from_utf8(&text)?)?;
        group.finish();
        table(self.group, str::from_utf8(&text)?, &sizes)
    }

    fn measure_fresh(&self, group: &mut BenchmarkGroup<'_, WallTime>, text: &[u8]) {
        group.bench_function("memcpy_fresh", |bencher| {
            bencher.iter(|| {
                let mut copy = Vec::with_capacity(FRESH);
                copy.extend_from_slice(text);
                copy
            });
        });
        let plain = (Format::Text, Encoding::Identity);
        group.bench_function("text_fresh", |bencher| bencher.iter(|| self.write(plain, FRESH)));
    }

    /// Measures the `prometheus` crate, which must write the same text.
    fn measure_peer(&self, group: &mut BenchmarkGroup<'_, WallTime>, text: &str) -> Outcome<()> {
        let recorded = self.recorded();
        let families = match self.group {
            SERIES => peer::register(&recorded)?.gather(),
            _ => peer::histograms(&recorded),
        };
        peer::same(text, &TextEncoder::new().encode_to_string(&families)?)?;
        group.bench_function("crate", |bencher| {
            bencher.iter(|| TextEncoder::new().encode_to_string(&families));
        });
        if self.group == SERIES {
            group.bench_function("crate_whole", |bencher| {
                bencher.iter(|| {
                    Outcome::Ok(TextEncoder::new().encode_to_string(&peer::register(&recorded)?.gather())?)
                });
            });
        }
        Ok(())
    }
}

fn main() -> Outcome<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let page = runtime.block_on(async {
        rlimit::increase_nofile_limit(u64::MAX)?; // each connection needs a file
        let upstream = Upstream::start(SIZE, Duration::ZERO).await?;
        let app = app_by(vec![account_at(upstream.address, "default")?], Arc::new(SystemClock))?;
        let scrape = || app.scraper().scrape(Scope::default(), Instant::now() + Duration::from_mins(1));
        report_jobs(&app, &scrape().await?.result().accounts)?;
        Outcome::Ok(scrape().await?)
    })?;
    let are_histograms = |family: &&'static dyn Family| family.header().kind == Kind::Histogram;
    let (histograms, series) = metrics::families().partition(are_histograms);
    let mut criterion = Criterion::default().configure_from_args();
    let mut tables = Vec::new();
    for (group, families) in [(SERIES, series), (HISTOGRAMS, histograms)] {
        tables.extend(Subject { group, families, result: page.result() }.measure(&mut criterion)?);
    }
    criterion.final_summary();
    Ok(writeln!(std::io::stdout(), "\n{}", tables.join("\n"))?)
}

/// Reports jobs of the first endpoints, with durations from 50 ms to 100 s and an exemplar in each bucket.
fn report_jobs(
    app: &App,
    accounts: &[Arc<runpod_exporter::testing::diagnosis::DiagnosedAccount>],
) -> Outcome<()> {
    let endpoints = accounts.iter().flat_map(|account| &account.snapshot.endpoints).take(REPORTING);
    for (position, endpoint) in (0..).zip(endpoints) {
        for job in 0..JOBS {
            let number: u64 = position * JOBS + job;
            let millis = |factor: u64| Some(Duration::from_millis(50 + number * factor % 100_000));
            let times =
                Times { latency: millis(7_919), delay: millis(104_729), execution: millis(1_299_709) };
            let job = Job {
                id: Some(format!("job-{number}")),
                status: Status::Completed,
                times,
                tokens: Tokens::default(),
                trace: Trace::parse(&format!("00-{number:032x}-{number:016x}-01")),
            };
            app.instruments()
                .jobs()
                .observe(Via::Webhook, &endpoint.id, &job)
                .map_err(|rejection| rejection.message)?;
        }
    }
    Ok(())
}

/// The ratios of the medians of this run; `None` if only some benchmarks were run.
fn table(group: &str, text: &str, sizes: &[(&str, usize)]) -> Outcome<Option<String>> {
    let mut rows = Vec::new();
    for (name, what) in ALL {
        if let Some(median) = medians::median(group, name)? {
            let size = sizes.iter().find(|(known, _)| *known == name).map_or(text.len(), |(_, size)| *size);
            rows.push((what, size, median));
        }
    }
    let of = |place: usize| ALL.get(place).map(|(name, _)| medians::median(group, name)).transpose();
    let (Some(Some(copy)), Some(Some(ours))) = (of(COPY)?, of(TEXT)?) else { return Ok(None) };
    let series = text.lines().filter(|line| !line.starts_with('#')).count();
    let row = |(what, size, median): &(&str, usize, f64)| {
        format!("| {what} | {} | {:.2} | {:.2} |\n", size / 1_000, median / copy, median / ours)
    };
    let rows: String = rows.iter().map(row).collect();
    Ok(Some(format!(
        "{series} series\n\n| | size in kB | time / copy | time / text 0.0.4 |\n|---|---:|---:|---:|\n{rows}"
    )))
}
