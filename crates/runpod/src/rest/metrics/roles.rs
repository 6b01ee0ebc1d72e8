//! Properties with a role in the structure of a response: the time of a bucket, and what identifies a series.

use super::plan::Times;
use super::split::split;
use crate::rest::schema::{Document, Schema};

/// Names of the start of a bucket, in words without spaces.
#[rustfmt::skip]
const STARTS: &[&str] = &[
    "starttime", "start", "starttimestamp", "startedat", "startat", "bucketstart", "bucketstarttime", "windowstart",
    "intervalstart", "periodstart", "from", "time", "timestamp", "ts", "date", "datetime", "bucket", "buckettime", "buckettimestamp",
];

/// Names of its end.
#[rustfmt::skip]
const ENDS: &[&str] = &[
    "endtime", "end", "endtimestamp", "endedat", "endat", "bucketend", "bucketendtime", "windowend", "intervalend",
    "periodend", "to", "until",
];

/// Names of what identifies the metric of a series.
const METRICS: &[&str] = &["metric", "metricname", "measure", "measurement", "name", "series"];

/// Names of what identifies its statistic.
const STATISTICS: &[&str] = &["statistic", "stat", "aggregation", "aggregate", "percentile", "quantile"];

/// Names of its unit.
const UNITS: &[&str] = &["unit", "units"];

/// Names of its value.
const VALUES: &[&str] = &["value", "val", "v"];

/// What the properties of an object are, by the names in `names`.
pub(super) fn named<'a>(
    schema: &Schema<'a>,
    names: &[&str],
    fits: impl Fn(&'a serde_json::Value) -> bool,
) -> Option<&'a str> {
    // The order of the names is that of preference.
    names.iter().find_map(|name| {
        let mut same = schema.properties.iter().filter(|(property, _)| split(property).concat() == *name);
        same.find(|(_, value)| fits(value)).map(|(property, _)| *property)
    })
}

/// The properties with the time of a bucket: texts or numbers.
pub(super) fn times(document: &Document<'_>, schema: &Schema<'_>) -> Option<Times> {
    let is_time = |value: &_| {
        let schema = document.schema(value);
        schema.is_text() || schema.is_number()
    };
    let start = named(schema, STARTS, is_time)?;
    let end = named(schema, ENDS, is_time);
    Some(Times { start: start.to_owned(), end: end.map(str::to_owned) })
}

/// The properties with the times of all buckets: lists of texts or numbers.
pub(super) fn lists_of_times(document: &Document<'_>, schema: &Schema<'_>) -> Option<Times> {
    let is_list = |value: &_| {
        let items = document.schema(value).items.map(|items| document.schema(items));
        items.is_some_and(|items| items.is_text() || items.is_number())
    };
    let plural = |names: &[&str]| -> Option<String> {
        let names: Vec<String> =
            names.iter().flat_map(|name| [format!("{name}s"), (*name).to_owned()]).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        named(schema, &names, is_list).map(str::to_owned)
    };
    Some(Times { start: plural(STARTS)?, end: plural(ENDS) })
}

/// The property that identifies the metric of a series.
pub(super) fn metric<'a>(document: &Document<'a>, schema: &Schema<'a>) -> Option<&'a str> {
    named(schema, METRICS, |value| document.schema(value).is_text())
}

/// The property that identifies its statistic.
pub(super) fn statistic<'a>(document: &Document<'a>, schema: &Schema<'a>) -> Option<&'a str> {
    named(schema, STATISTICS, |value| document.schema(value).is_text())
}

/// The property with its unit.
pub(super) fn unit<'a>(document: &Document<'a>, schema: &Schema<'a>) -> Option<&'a str> {
    named(schema, UNITS, |value| document.schema(value).is_text())
}

/// The property with its value.
pub(super) fn value<'a>(document: &Document<'a>, schema: &Schema<'a>) -> Option<&'a str> {
    named(schema, VALUES, |value| document.schema(value).is_number())
}
