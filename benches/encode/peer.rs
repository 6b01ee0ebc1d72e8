//! The same series for the `prometheus` crate, and the comparison of what both write.

use prometheus::proto::{Bucket, Histogram, LabelPair, Metric, MetricFamily, MetricType};
use prometheus::{CounterVec, GaugeVec, Opts, Registry};
use runpod_exporter::testing::catalog::{Declaration, Identity, Kind, Observations, Sink};

use crate::account::Outcome;

type Labels = Vec<(String, String)>;

/// A family and its series, in a form that the crate can be filled from.
pub(crate) struct Recorded {
    name: &'static str,
    help: &'static str,
    kind: Kind,
    series: Vec<(Labels, f64)>,
    histograms: Vec<(Labels, Histogram)>,
}

impl Recorded {
    /// Whether the family has no series.
    pub(crate) fn is_empty(&self) -> bool {
        self.series.is_empty() && self.histograms.is_empty()
    }
}

/// Records what a family exposes.
#[derive(Default)]
pub(crate) struct Recorder(pub(crate) Vec<Recorded>);

impl Sink for Recorder {
    fn begin(&mut self, family: &Declaration) {
        let Declaration { name, help, kind, .. } = *family;
        self.0.push(Recorded { name, help, kind, series: Vec::new(), histograms: Vec::new() });
    }

    fn sample(&mut self, identity: Identity<'_>, own: &[(&str, &str)], value: f64) {
        if let Some(family) = self.0.last_mut() {
            family.series.push((labels(identity, own), value));
        }
    }

    fn histogram(&mut self, identity: Identity<'_>, own: &[(&str, &str)], observations: &Observations<'_>) {
        let bucket = |bucket: &runpod_exporter::testing::catalog::Bucket<'_>| {
            let mut copy = Bucket::default();
            copy.set_upper_bound(bucket.bound);
            copy.set_cumulative_count(bucket.count);
            copy
        };
        let mut histogram = Histogram::default();
        histogram.set_sample_sum(observations.sum);
        histogram.set_sample_count(observations.count);
        // The crate adds the infinite bucket itself.
        let finite = observations.buckets.iter().filter(|bucket| bucket.bound.is_finite());
        histogram.set_bucket(finite.map(bucket).collect());
        if let Some(family) = self.0.last_mut() {
            family.histograms.push((labels(identity, own), histogram));
        }
    }
}

fn labels(identity: Identity<'_>, own: &[(&str, &str)]) -> Labels {
    let pair = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    identity.labels.iter().chain(own).map(pair).collect()
}

/// Histograms as the crate gathers them. Its collectors cannot be filled with counts.
pub(crate) fn histograms(recorded: &[Recorded]) -> Vec<MetricFamily> {
    let metric = |(labels, histogram): &(Labels, Histogram)| {
        let pair = |(name, value): &(String, String)| {
            let mut pair = LabelPair::default();
            pair.set_name(name.clone());
            pair.set_value(value.clone());
            pair
        };
        let mut metric = Metric::from_label(labels.iter().map(pair).collect());
        metric.set_histogram(histogram.clone());
        metric
    };
    let family = |recorded: &Recorded| {
        let mut family = MetricFamily::default();
        family.set_name(recorded.name.to_owned());
        family.set_help(recorded.help.to_owned());
        family.set_field_type(MetricType::HISTOGRAM);
        family.set_metric(recorded.histograms.iter().map(metric).collect());
        family
    };
    recorded.iter().map(family).collect()
}

/// Registers all gauges for one scrape, as an exporter without stale series has to.
pub(crate) fn register(recorded: &[Recorded]) -> Outcome<Registry> {
    let registry = Registry::new();
    for Recorded { name, help, kind, series, .. } in recorded {
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

/// Fails if the texts differ. The crate sorts series and labels, so that each line is compared by its sorted
/// characters.
pub(crate) fn same(one: &str, other: &str) -> Outcome<()> {
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
        None if one.len() != other.len() => Err("one writer has more lines".into()),
        None => Ok(()),
    }
}
