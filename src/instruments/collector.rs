//! What the operating system reports about this process, read by the collector of the `prometheus` crate. Its families
//! declare themselves: name, HELP and type are those that it collects.

#[cfg(target_os = "linux")]
use prometheus::{
    core::Collector as _,
    proto::{Metric, MetricFamily, MetricType},
};

/// A metric of the process.
#[derive(Debug, Clone, PartialEq)]
pub struct ProcessMetric {
    /// The family's name.
    pub name: String,
    /// The family's help sentence.
    pub help: String,
    /// Its type and its value.
    pub value: ProcessValue,
}

/// The value of a metric of the process, by the type that the collector states.
#[derive(Debug, Clone, Copy, PartialEq)]
#[expect(missing_docs, reason = "the names are Prometheus's")]
pub enum ProcessValue {
    Counter(f64),
    Gauge(f64),
}

/// Reads the metrics of this process.
#[cfg(target_os = "linux")]
#[derive(Debug)]
pub(super) struct Collector(prometheus::process_collector::ProcessCollector);

#[cfg(target_os = "linux")]
impl Collector {
    pub(super) fn new() -> Self {
        Self(prometheus::process_collector::ProcessCollector::for_self())
    }

    pub(super) fn collect(&self) -> Vec<ProcessMetric> {
        self.0.collect().iter().filter_map(read).collect()
    }
}

#[cfg(target_os = "linux")]
fn read(family: &MetricFamily) -> Option<ProcessMetric> {
    let metric: &Metric = family.get_metric().first()?;
    let value = match family.get_field_type() {
        MetricType::COUNTER => ProcessValue::Counter(metric.get_counter().get_value()),
        MetricType::GAUGE => ProcessValue::Gauge(metric.get_gauge().get_value()),
        _ => return None,
    };
    Some(ProcessMetric { name: family.name().to_owned(), help: family.help().to_owned(), value })
}

/// The crate collects nothing outside of Linux.
#[cfg(not(target_os = "linux"))]
#[derive(Debug)]
pub(super) struct Collector;

#[cfg(not(target_os = "linux"))]
impl Collector {
    pub(super) const fn new() -> Self {
        Self
    }

    pub(super) const fn collect(&self) -> Vec<ProcessMetric> {
        Vec::new()
    }
}

/// The metrics of this process now. Which there are does not change while it runs.
pub(crate) fn process_metrics() -> Vec<ProcessMetric> {
    Collector::new().collect()
}
