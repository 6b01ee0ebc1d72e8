//! The facts in a response, by the plan, and the bucket that describes the present best.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::fact::Fact;
use super::plan::{BucketList, Columns, Plan, Points, SeriesList, Times};
use super::series::agreed;
use super::unit::TimeUnit;

/// The facts of one bucket of time.
#[derive(Debug, Clone, PartialEq)]
pub struct MetricsBucket {
    /// Its start.
    pub start: Timestamp,
    /// Its end, which it does not include.
    pub end: Timestamp,
    /// Times in seconds, and counts.
    pub values: BTreeMap<Fact, f64>,
}

/// The facts of all buckets in the pages of a response, by end and start. A fact with different values is unknown.
#[derive(Debug, Default)]
pub(in crate::rest) struct Samples(BTreeMap<(Timestamp, Timestamp), BTreeMap<Fact, Option<f64>>>);

impl Samples {
    /// The last bucket that has ended.
    pub(in crate::rest) fn last_complete(self, now: Timestamp) -> Option<MetricsBucket> {
        let ((end, start), values) = self.0.into_iter().rev().find(|((end, _), _)| *end <= now)?;
        let values = values.into_iter().filter_map(|(fact, value)| Some((fact, value?))).collect();
        Some(MetricsBucket { start, end, values })
    }

    fn add(&mut self, span: Option<(Timestamp, Timestamp)>, fact: Fact, value: Option<f64>) {
        let (Some((start, end)), Some(value)) = (span, value) else { return };
        let values = self.0.entry((end, start)).or_default();
        let known = values.entry(fact).or_insert(Some(value));
        if known.is_some_and(|known| known.to_bits() != value.to_bits()) {
            *known = None;
        }
    }

    /// A bucket, also if it has no facts: it is still the last one.
    fn see(&mut self, span: Option<(Timestamp, Timestamp)>) {
        if let Some((start, end)) = span {
            self.0.entry((end, start)).or_default();
        }
    }
}

/// Adds the facts of a response, whose buckets are `interval` seconds long. Returns whether it has any of the lists of the plan.
pub(in crate::rest) fn samples(plan: &Plan, response: &Value, interval: i64, to: &mut Samples) -> bool {
    let mut has_list = false;
    for list in &plan.lists {
        let buckets = at(response, &list.way);
        has_list |= buckets.is_some_and(is_list);
        for bucket in buckets.and_then(Value::as_array).into_iter().flatten() {
            list.read(bucket, interval, to);
        }
    }
    for columns in &plan.columns {
        let object = at(response, &columns.way);
        has_list |= object.and_then(|object| object.get(&columns.times.start)).is_some_and(is_list);
        if let Some(object) = object {
            columns.read(object, interval, to);
        }
    }
    for list in &plan.series {
        let series = at(response, &list.way);
        has_list |= series.is_some_and(is_list);
        for one in series.and_then(Value::as_array).into_iter().flatten() {
            list.read(one, interval, to);
        }
    }
    has_list
}

impl BucketList {
    fn read(&self, bucket: &Value, interval: i64, to: &mut Samples) {
        let span = span(bucket, &self.times, interval);
        to.see(span);
        for field in &self.fields {
            to.add(span, field.fact, number(at(bucket, &field.way), field.unit));
        }
    }
}

impl Columns {
    fn read(&self, object: &Value, interval: i64, to: &mut Samples) {
        let spans = spans(object, &self.times, interval);
        for field in &self.fields {
            let column = at(object, &field.way).and_then(Value::as_array);
            // Lists of different lengths do not say which value belongs to which time.
            let column = column.filter(|column| column.len() == spans.len());
            for (value, span) in column.into_iter().flatten().zip(&spans) {
                to.add(*span, field.fact, number(Some(value), field.unit));
            }
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
        match &self.points {
            Points::Own(times, value) => {
                let span = span(series, times, interval);
                to.see(span);
                to.add(span, *fact, number(series.get(value), unit));
            }
            Points::List(list, times, value) => {
                for point in series.get(list).and_then(Value::as_array).into_iter().flatten() {
                    let span = span(point, times, interval);
                    to.see(span);
                    to.add(span, *fact, number(point.get(value), unit));
                }
            }
            Points::Columns(times, values) => {
                let spans = spans(series, times, interval);
                let values = series.get(values).and_then(Value::as_array);
                let values = values.filter(|values| values.len() == spans.len());
                for (value, span) in values.into_iter().flatten().zip(&spans) {
                    to.add(*span, *fact, number(Some(value), unit));
                }
                for span in spans {
                    to.see(span);
                }
            }
        }
    }
}

/// The cursor of the next page, if there is one.
pub(in crate::rest) fn next_cursor(response: &Value) -> Option<&str> {
    let holder = response.get("pagination").unwrap_or(response);
    let ends = holder.get("hasNextPage").and_then(Value::as_bool) == Some(false);
    let cursor = holder.get("nextCursor").and_then(Value::as_str);
    cursor.filter(|cursor| !ends && !cursor.is_empty())
}

/// Null is an empty list.
fn is_list(value: &Value) -> bool {
    value.is_array() || value.is_null()
}

fn at<'a>(value: &'a Value, way: &[String]) -> Option<&'a Value> {
    way.iter().try_fold(value, |value, name| value.get(name))
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

/// The start and the end of a bucket. One that ends before it starts has none.
fn span(bucket: &Value, times: &Times, interval: i64) -> Option<(Timestamp, Timestamp)> {
    let start = moment(bucket.get(&times.start)?)?;
    let end = match &times.end {
        Some(end) => moment(bucket.get(end)?)?,
        None => start.checked_add(SignedDuration::from_secs(interval)).ok()?,
    };
    (end > start).then_some((start, end))
}

/// The same of columns.
fn spans(object: &Value, times: &Times, interval: i64) -> Vec<Option<(Timestamp, Timestamp)>> {
    let list = |key: &str| object.get(key).and_then(Value::as_array);
    let one = |position: usize, start: &Value| {
        let mut bucket = serde_json::Map::from_iter([(times.start.clone(), start.clone())]);
        if let Some(end) = &times.end {
            bucket.insert(end.clone(), list(end)?.get(position)?.clone());
        }
        span(&bucket.into(), times, interval)
    };
    list(&times.start)
        .into_iter()
        .flatten()
        .enumerate()
        .map(|(position, start)| one(position, start))
        .collect()
}

/// The start of 2022, the year in which Runpod began, and the start of 2100, in seconds.
const PLAUSIBLE: std::ops::Range<i64> = 1_640_995_200..4_102_444_800;

/// A point in time: RFC 3339, or a Unix timestamp in seconds or milliseconds, which no plausible time can be both of.
fn moment(value: &Value) -> Option<Timestamp> {
    match value {
        Value::String(text) => text.parse().ok(),
        Value::Number(number) => {
            let number = number.as_i64()?;
            if PLAUSIBLE.contains(&number) {
                Timestamp::from_second(number).ok()
            } else if PLAUSIBLE.contains(&(number.checked_div(1_000)?)) {
                Timestamp::from_millisecond(number).ok()
            } else {
                None
            }
        }
        _ => None,
    }
}
