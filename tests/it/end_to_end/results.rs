//! Results of queries, compared as numbers.

use std::collections::BTreeMap;

use serde_json::Value;

/// Largest relative difference of two values: sums of floating-point numbers depend on the order.
const TOLERANCE: f64 = 1e-9;

/// The finite values of a result by labels and time.
pub(super) fn values(series: &[Value]) -> BTreeMap<String, f64> {
    let mut found = BTreeMap::new();
    for series in series {
        let samples = series["values"].as_array().into_iter().flatten().chain([&series["value"]]);
        for sample in samples.filter(|sample| sample.is_array()) {
            let value: f64 = sample[1].as_str().unwrap().parse().unwrap();
            if value.is_finite() {
                found.insert(format!("{} at {}", series["metric"], sample[0]), value);
            }
        }
    }
    found
}

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() <= TOLERANCE * a.abs().max(b.abs()).max(1.0)
}

/// The first difference of two results.
pub(super) fn difference(left: &BTreeMap<String, f64>, right: &BTreeMap<String, f64>) -> Option<String> {
    let keys = left.keys().chain(right.keys());
    keys.map(|key| (key, left.get(key), right.get(key)))
        .find(|(_, a, b)| !matches!((a, b), (Some(a), Some(b)) if close(**a, **b)))
        .map(|(key, a, b)| format!("{key}: {a:?} and {b:?}"))
}
