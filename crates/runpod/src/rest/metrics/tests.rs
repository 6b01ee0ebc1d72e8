//! Random descriptions, and names and texts that contradict each other.

use proptest::prelude::*;
use serde_json::{Value, json};
use url::Url;

use super::answer::{Samples, samples};
use super::*;
use crate::rest::page::Next;

fn base() -> Url {
    Url::parse("https://api.runpod.io/v2").unwrap()
}

/// A description with one operation, whose response has this schema.
fn described(path: &str, schema: &Value) -> MetricsDescription {
    let parameters = json!([{"name": "interval", "in": "query"}, {"name": "startTime", "in": "query"}]);
    let response = json!({"200": {"content": {"application/json": {"schema": schema}}}});
    let get = json!({"parameters": parameters, "responses": response});
    MetricsDescription::find(&json!({"paths": {path: {"get": get}}}), &base())
}

/// What is read of a property of a bucket, or why it is not.
fn of(name: &str, property: &Value) -> String {
    let bucket = json!({"properties": {"time": {"type": "string"}, name: property}});
    let schema = json!({"properties": {"data": {"type": "array", "items": bucket}}});
    let found = described("/v2/serverless/{id}/metrics", &schema);
    let reading = found.readings.first().map(|reading| {
        format!("{} {} {}", reading.fact.measure.as_str(), reading.fact.statistic.as_str(), reading.unit)
    });
    reading.or_else(|| found.notes.first().map(|note| note.reason.clone())).unwrap_or_default()
}

fn number(description: &str) -> Value {
    json!({"type": "number", "description": description})
}

#[test]
fn names_texts_and_units_are_understood_or_not() {
    for (name, property, read) in [
        ("delayTimeP95Ms", json!({"type": "number"}), "delay p95 ms"),
        ("p95_queue_wait_seconds", json!({"type": ["integer", "null"]}), "delay p95 s"),
        ("dt_n95", number("(ms)"), "delay p95 ms"),
        ("delay95thPercentile", number("In milliseconds."), "delay p95 ms"),
        ("delayTime", number("Average time in the queue, in milliseconds."), "delay average ms"),
        ("p95", number("95th percentile of the execution time (ms)"), "execution p95 ms"),
        ("medianExecutionTime", json!({"type": "number", "x-unit": "ms"}), "execution p50 ms"),
        ("executionP90", json!({"type": "number", "format": "seconds"}), "execution p90 s"),
        ("coldStarts", number("Count of workers that started"), "cold_start count "),
        ("delayP95", json!({"type": "number"}), "no unit is stated"),
        ("delayP95Ms", number("in seconds"), "more than one unit is stated: ms, s"),
        ("delayP95Min", json!({"type": "number"}), "the word \"min\" of its name is not known"),
        ("delayP95Ms", number("Share of jobs"), "its description says \"share\""),
        ("delayP95Ms", number("How many jobs were slower"), "its description says \"number of\""),
        ("delayP95Ms", number("99th percentile"), "it names more than one statistic"),
        ("delayP95Ms", number("P99.9 in ms"), "it names more than one statistic"),
        ("delayP95Ms", number("p75"), "there is no metric for p75"),
        ("delayP95Ms", json!({"type": "string"}), "it is not a number"),
        ("delayP95Ms", json!({"type": "boolean"}), "it is not a number"),
        ("delayCountMs", json!({"type": "integer"}), "it is a count with a unit of time"),
        ("delaySumMs", json!({"type": "number"}), "the word \"sum\" of its name is not known"),
        ("delayTimeMs", json!({"type": "number"}), "it names no percentile, average, maximum or count"),
        ("p95Ms", json!({"type": "number"}), "it is not about delay, execution or cold starts"),
        ("p95BytesMs", json!({"type": "number"}), "the word \"bytes\" of its name is not known"),
        (
            "latencyP95Ms",
            number("Delay before the execution"),
            "it is about more than one of delay, execution and cold starts",
        ),
    ] {
        assert_eq!(of(name, &property), read, "{name} {property}");
    }
}

/// The property that was read before is named as one that is not read.
#[test]
fn of_two_units_of_the_same_statistic_the_finer_one_is_read() {
    let times = |names: &[&str]| {
        let number = json!({"type": "number"});
        let properties: Value = names
            .iter()
            .map(|name| ((*name).to_owned(), number.clone()))
            .collect::<serde_json::Map<_, _>>()
            .into();
        let mut bucket = json!({"properties": properties});
        bucket["properties"]["time"] = json!({"type": "string"});
        json!({"properties": {"data": {"type": "array", "items": bucket}}})
    };
    for (names, read, skipped) in [
        (["delayP50Minutes", "delayP50Ms"], "delayP50Ms", "delayP50Minutes"),
        (["delayP50Ms", "delayP50Seconds"], "delayP50Ms", "delayP50Seconds"),
        (["delayMedianMs", "delayP50Ms"], "delayMedianMs", "delayP50Ms"),
    ] {
        let found = described("/v2/serverless/{id}/metrics", &times(&names));
        let properties: Vec<&str> = found.readings.iter().map(|reading| &*reading.property).collect();
        assert_eq!(properties, [format!("data[].{read}")]);
        let notes: Vec<_> = found.notes.iter().map(|note| (&*note.property, &*note.reason)).collect();
        let reason = format!("data[].{read} says the same");
        assert_eq!(notes, [(&*format!("data[].{skipped}"), &*reason)]);
        let mut all = Samples::default();
        let bucket = json!({"time": "2026-11-26T11:55:00Z", read: 90_000, skipped: 1});
        samples(&found.operations[0].plan, &json!({"data": [bucket]}), 300, &mut all);
        let last = all.last_complete("2026-11-26T12:00:00Z".parse().unwrap()).unwrap();
        assert_eq!(last.values.into_values().collect::<Vec<_>>(), [90.0], "{names:?}");
    }
}

#[test]
fn only_an_operation_below_one_endpoint_is_read() {
    let bucket = json!({"properties": {"time": {"type": "string"}, "delayP95Ms": {"type": "number"}}});
    let schema = json!({"properties": {"data": {"type": "array", "items": bucket}}});
    for (path, found) in [
        ("/v2/serverless/{id}/metrics", 1),
        ("/serverless/{endpointId}/metrics/requests", 1),
        ("/v2/serverless/metrics", 0),
        ("/v2/serverless/{id}", 0),
        ("/v2/serverless/{id}/workers/{workerId}/metrics", 0),
        ("/v2/serverless/{id}/../metrics", 0),
        ("/v2/serverless/{id}/a%2fb", 0),
        ("/v2/serverless//metrics", 0),
        ("/v3/serverless/{id}/metrics", 0),
        ("//elsewhere.example/serverless/{id}/metrics", 0),
        ("", 0),
    ] {
        assert_eq!(described(path, &schema).operations.len(), found, "{path}");
    }
}

/// A list of lists of lists, and an object that contains itself, have no end.
#[test]
fn a_schema_without_an_end_has_no_facts() {
    let own = "#/paths/~1v2~1serverless~1{id}~1metrics/get/responses/200/content/application~1json/schema";
    for schema in [
        json!({"type": "array", "items": {"$ref": own}}),
        json!({"properties": {"delay": {"$ref": own}, "p95": {"$ref": own}}}),
        json!({"allOf": [{"$ref": own}, {"$ref": own}]}),
    ] {
        assert!(described("/v2/serverless/{id}/metrics", &schema).readings.is_empty(), "{schema}");
    }
}

/// Values that contradict each other are unknown, and so are those of a bucket without a plausible time.
#[test]
fn a_response_that_contradicts_itself_is_unknown_where_it_does() {
    let bucket = json!({"properties": {
        "time": {"type": "string"}, "end": {"type": "string"}, "delayP95Ms": {"type": "number"}, "delayP50Ms": {"type": "number"},
    }});
    let found = described(
        "/v2/serverless/{id}/metrics",
        &json!({"properties": {"data": {"type": "array", "items": bucket}}}),
    );
    let read = |data: Value| {
        let mut all = Samples::default();
        let has_list = samples(&found.operations[0].plan, &json!({"data": data}), 300, &mut all);
        let now = "2026-11-26T12:00:00Z".parse().unwrap();
        (has_list, all.last_complete(now).map(|bucket| bucket.values.into_values().collect::<Vec<_>>()))
    };
    let at =
        |time: Value, p95: Value| json!({"time": time, "end": "2026-11-26T12:00:00Z", "delayP95Ms": p95});
    let good = json!("2026-11-26T11:55:00Z");
    assert_eq!(read(json!([at(good.clone(), json!(1500))])), (true, Some(vec![1.5])));
    assert_eq!(read(json!([at(json!(1_795_694_100), json!("1500"))])), (true, Some(vec![1.5])));
    assert_eq!(read(json!([at(json!(1_795_694_100_000_i64), json!(1500))])), (true, Some(vec![1.5])));
    let two = json!([at(good.clone(), json!(1500)), at(good.clone(), json!(1600))]);
    assert_eq!(read(two), (true, Some(vec![])), "two values of one bucket");
    for p95 in
        [json!(-1), json!(null), json!("fast"), json!([1]), json!({"value": 1}), json!("NaN"), json!("inf")]
    {
        assert_eq!(read(json!([at(good.clone(), p95.clone())])), (true, Some(vec![])), "{p95}");
    }
    for time in [json!("yesterday"), json!(12), json!(null), json!("2026-11-26T12:00:00Z"), json!(1e300)] {
        assert_eq!(read(json!([at(time.clone(), json!(1500))])), (true, None), "{time}");
    }
    assert_eq!(read(json!(null)), (true, None));
    for none in [json!("x"), json!(5), json!({})] {
        assert_eq!(read(none), (false, None));
    }
}

/// Words from which a random description is made: those that say something, and others.
const NAMES: &[&str] = &[
    "delay",
    "executionTime",
    "coldStart",
    "p95",
    "P50Ms",
    "avg",
    "max",
    "count",
    "Ms",
    "Seconds",
    "min",
    "time",
    "startTime",
    "timestamps",
    "endTime",
    "buckets",
    "series",
    "metric",
    "statistic",
    "unit",
    "values",
    "value",
    "bytes",
    "ratio",
    "",
    "ü",
    "p",
];

const TEXTS: &[&str] = &[
    "in milliseconds",
    "in seconds",
    "(ms)",
    "Number of requests",
    "95th percentile of the delay",
    "All times are in ms.",
    "share",
    "every 60 seconds",
    "",
    "p95 p99",
];

fn schema() -> impl Strategy<Value = Value> {
    let text = || prop::sample::select(TEXTS);
    let kinds = prop::sample::select(vec![
        json!("number"),
        json!("integer"),
        json!("string"),
        json!(["number", "null"]),
        json!("object"),
        json!("array"),
        json!(7),
    ]);
    let names = prop::collection::vec(prop::sample::select(NAMES), 1..4);
    let name = names.prop_map(|words| words.concat());
    let leaf = (kinds, text(), prop::collection::vec(prop::sample::select(NAMES), 0..3))
        .prop_map(|(kind, text, values)| json!({"type": kind, "description": text, "enum": values}));
    leaf.prop_recursive(5, 40, 5, move |inner| {
        let properties = prop::collection::btree_map(name.clone(), inner.clone(), 0..5);
        prop_oneof![
            4 => (properties, text()).prop_map(|(properties, text)| json!({"properties": properties, "title": text})),
            3 => inner.clone().prop_map(|items| json!({"type": "array", "items": items})),
            1 => prop::collection::vec(inner.clone(), 0..3).prop_map(|parts| json!({"allOf": parts})),
            1 => prop::collection::vec(inner.clone(), 0..3).prop_map(|parts| json!({"anyOf": parts})),
            1 => inner.prop_map(|values| json!({"additionalProperties": values})),
            1 => Just(json!({"$ref": "#/paths"})),
            1 => Just(json!({"$ref": "#/paths/~1v2~1serverless~1{id}~1metrics/get/responses/200/content/application~1json/schema"})),
        ]
    })
}

proptest! {
    #[test]
    fn no_description_panics_or_yields_a_time_without_a_unit(schema in schema(), response: String) {
        let found = described("/v2/serverless/{id}/metrics", &schema);
        for reading in &found.readings {
            let is_count = reading.fact.statistic == Statistic::Count;
            prop_assert_eq!(reading.unit.is_empty(), is_count, "{:?}", reading);
        }
        for note in &found.notes {
            prop_assert!(!note.reason.is_empty());
            prop_assert!(note.property.chars().count() <= 160);
        }
        // The description as its own response, and any text.
        for operation in &found.operations {
            let mut all = Samples::default();
            samples(&operation.plan, &schema, 300, &mut all);
            samples(&operation.plan, &json!({"data": response, "buckets": [{"time": response}]}), 300, &mut all);
            Next::after_response(&schema);
        }
    }

    #[test]
    fn any_json_is_a_description(text in "[\\[\\]{}\":,a-z0-9$#/]{0,60}") {
        if let Ok(document) = serde_json::from_str::<Value>(&text) {
            prop_assert!(MetricsDescription::find(&document, &base()).operations.is_empty());
            described("/v2/serverless/{id}/metrics", &document);
        }
    }
}
