//! The facts in a response, by the plan, and the bucket that describes the present best.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::plan::{BucketList, Columns, Plan, Points, SeriesList, Times};
use super::series::agreed;
use super::statistic::ReportedStatistic;
use super::unit::TimeUnit;
use crate::dates::DATES;

/// The facts of one bucket of time.
#[derive(Debug, Clone, PartialEq)]
pub struct MetricsBucket {
    /// Its start.
    pub start: Timestamp,
    /// Its end, which it does not include.
    pub end: Timestamp,
    /// Times in seconds, and counts.
    pub values: BTreeMap<ReportedStatistic, f64>,
}

/// The start and the end of a bucket.
type Span = (Timestamp, Timestamp);

/// A column: its values, in the order of the times, and their unit.
#[derive(Debug, Clone, Copy)]
struct Column<'a> {
    values: Option<&'a Value>,
    unit: Option<TimeUnit>,
}

/// The facts of all buckets in the pages of a response, by end and start. A fact with different values is unknown.
#[derive(Debug, Default)]
pub(in crate::rest) struct Samples(
    BTreeMap<(Timestamp, Timestamp), BTreeMap<ReportedStatistic, Option<f64>>>,
);

impl Samples {
    /// The last bucket that has ended.
    pub(in crate::rest) fn last_complete(self, now: Timestamp) -> Option<MetricsBucket> {
        let ((end, start), values) = self.0.into_iter().rev().find(|((end, _), _)| *end <= now)?;
        let values = values.into_iter().filter_map(|(fact, value)| Some((fact, value?))).collect();
        Some(MetricsBucket { start, end, values })
    }

    fn add(&mut self, span: Option<Span>, fact: ReportedStatistic, value: Option<f64>) {
        let (Some((start, end)), Some(value)) = (span, value) else { return };
        let values = self.0.entry((end, start)).or_default();
        let known = values.entry(fact).or_insert(Some(value));
        if known.is_some_and(|known| known.to_bits() != value.to_bits()) {
            *known = None;
        }
    }

    /// The values of a column. Lists of different lengths do not say which value belongs to which time.
    fn add_column(&mut self, spans: &[Option<Span>], fact: ReportedStatistic, column: Column<'_>) {
        let values = column.values.and_then(Value::as_array).filter(|values| values.len() == spans.len());
        for (value, span) in values.into_iter().flatten().zip(spans) {
            self.add(*span, fact, number(Some(value), column.unit));
        }
    }

    /// A bucket, also if it has no facts: it is still the last one.
    fn see(&mut self, span: Option<Span>) {
        if let Some((start, end)) = span {
            self.0.entry((end, start)).or_default();
        }
    }
}

/// Adds the facts of a response, whose buckets are `interval` seconds long. Returns whether it has any of the lists of the plan.
pub(in crate::rest) fn samples(plan: &Plan, response: &Value, interval: i64, to: &mut Samples) -> bool {
    let mut has_list = false;
    for list in &plan.lists {
        let buckets = at(response, &list.path);
        has_list |= buckets.is_some_and(is_list);
        for bucket in buckets.and_then(Value::as_array).into_iter().flatten() {
            list.read(bucket, interval, to);
        }
    }
    for columns in &plan.columns {
        let object = at(response, &columns.path);
        has_list |= object.and_then(|object| object.get(&columns.times.start)).is_some_and(is_list);
        if let Some(object) = object {
            columns.read(object, interval, to);
        }
    }
    for list in &plan.series {
        let series = at(response, &list.path);
        has_list |= series.is_some_and(is_list);
        for one in series.and_then(Value::as_array).into_iter().flatten() {
            list.read(one, interval, to);
        }
    }
    has_list
}

impl BucketList {
    fn read(&self, bucket: &Value, interval: i64, to: &mut Samples) {
        let span = self.times.span_of(bucket, interval);
        to.see(span);
        for field in &self.fields {
            to.add(span, field.fact, number(at(bucket, &field.path), field.unit));
        }
    }
}

impl Columns {
    fn read(&self, object: &Value, interval: i64, to: &mut Samples) {
        let spans = self.times.spans_of(object, interval);
        for field in &self.fields {
            let column = Column { values: at(object, &field.path), unit: field.unit };
            to.add_column(&spans, field.fact, column);
        }
        for span in spans {
            to.see(span);
        }
    }
}

impl SeriesList {
    fn read(&self, series: &Value, interval: i64, to: &mut Samples) {
        let text = |key: &str| series.get(key).and_then(Value::as_str);
        let key = |key: &Option<String>| key.as_deref().and_then(text).map(str::to_owned);
        let Some(metric) = text(&self.metric) else { return };
        let Some((fact, described)) = self.facts.get(&(metric.to_owned(), key(&self.statistic))) else {
            return;
        };
        let Ok(unit) = agreed(fact.statistic, *described, key(&self.unit).as_deref()) else { return };
        let mut add_point = |point: &Value, times: &Times, value: &str| {
            let span = times.span_of(point, interval);
            to.see(span);
            to.add(span, *fact, number(point.get(value), unit));
        };
        match &self.points {
            Points::Own(times, value) => add_point(series, times, value),
            Points::List(list, times, value) => {
                for point in series.get(list).and_then(Value::as_array).into_iter().flatten() {
                    add_point(point, times, value);
                }
            }
            Points::Columns(times, values) => {
                let spans = times.spans_of(series, interval);
                to.add_column(&spans, *fact, Column { values: series.get(values), unit });
                for span in spans {
                    to.see(span);
                }
            }
        }
    }
}

/// Null is an empty list.
fn is_list(value: &Value) -> bool {
    value.is_array() || value.is_null()
}

fn at<'a>(value: &'a Value, path: &[String]) -> Option<&'a Value> {
    path.iter().try_fold(value, |value, name| value.get(name))
}

/// A time in seconds, or a count. A number may be text.
fn number(value: Option<&Value>, unit: Option<TimeUnit>) -> Option<f64> {
    let number = match value? {
        Value::Number(number) => number.as_f64()?,
        Value::String(text) => text.trim().parse().ok()?,
        _ => return None,
    };
    let number = unit.map_or(number, |unit| unit.seconds(number));
    (number.is_finite() && number >= 0.0).then_some(number)
}

impl Times {
    /// The start and the end of a bucket.
    fn span_of(&self, bucket: &Value, interval: i64) -> Option<Span> {
        let end = self.end.as_ref().map(|end| bucket.get(end).unwrap_or(&Value::Null));
        span(bucket.get(&self.start)?, end, interval)
    }

    /// The same of columns.
    fn spans_of(&self, object: &Value, interval: i64) -> Vec<Option<Span>> {
        let list = |key: &str| object.get(key).and_then(Value::as_array);
        let ends = self.end.as_deref().map(list);
        let end =
            |position| ends.map(|ends| ends.and_then(|ends| ends.get(position)).unwrap_or(&Value::Null));
        let starts = list(&self.start).into_iter().flatten().enumerate();
        starts.map(|(position, start)| span(start, end(position), interval)).collect()
    }
}

/// The start and the end of a bucket, which is as long as the interval if it states no end. One that ends before it starts has none.
fn span(start: &Value, end: Option<&Value>, interval: i64) -> Option<Span> {
    let start = moment(start)?;
    let end = match end {
        Some(end) => moment(end)?,
        None => start.checked_add(SignedDuration::from_secs(interval)).ok()?,
    };
    (end > start).then_some((start, end))
}

/// A point in time: RFC 3339, or a Unix timestamp in seconds or milliseconds, which no plausible time can be both of.
fn moment(value: &Value) -> Option<Timestamp> {
    match value {
        Value::String(text) => text.parse().ok(),
        Value::Number(number) => {
            let number = number.as_i64()?;
            if DATES.contains(&number) {
                Timestamp::from_second(number).ok()
            } else if DATES.contains(&number.checked_div(1_000)?) {
                Timestamp::from_millisecond(number).ok()
            } else {
                None
            }
        }
        _ => None,
    }
}
