//! What an endpoint costs now: the running workers as GraphQL lists them, in the shape that has them.

use jiff::SignedDuration;
use runpod_simulator::{Options, Shape};
use serde_json::{Value, json};

use crate::support::{KEY, Upstream, client};

const COST: &str = "runpod_endpoint_cost_dollars_per_hour";

/// The id of each endpoint, and what its running workers cost together, read without the exporter.
async fn expected(upstream: &Upstream) -> Vec<(String, f64)> {
    let query = json!({"query": "{ myself { endpoints { id pods { desiredStatus costPerHr } } } }"});
    let request = client().post(format!("http://{}/graphql", upstream.address)).bearer_auth(KEY);
    let request = request.header("user-agent", "test").header("content-type", "application/json");
    let text = request.body(query.to_string()).send().await.unwrap().text().await.unwrap();
    let answer: Value = serde_json::from_str(&text).unwrap();
    let endpoint = |endpoint: &Value| {
        let running =
            endpoint["pods"].as_array().unwrap().iter().filter(|pod| pod["desiredStatus"] == "RUNNING");
        let cost = running.map(|pod| pod["costPerHr"].as_f64().unwrap()).sum();
        (endpoint["id"].as_str().unwrap().to_owned(), cost)
    };
    answer["data"]["myself"]["endpoints"].as_array().unwrap().iter().map(endpoint).collect()
}

#[tokio::test]
async fn the_cost_is_that_of_the_running_workers() {
    let upstream = Upstream::start(Options::default()).await;
    let exporter = upstream.exporter().await;
    let (mut idle, mut changes, mut last) = (0, 0, Vec::new());
    for _ in 0..30 {
        let page = exporter.scrape().await;
        let costs = expected(&upstream).await;
        for (id, cost) in &costs {
            let found = page.value(COST, &[&format!("endpoint_id=\"{id}\"")]).unwrap();
            assert!((found - cost).abs() < 1e-9, "{id}: {found} instead of {cost}");
            idle += usize::from(*cost == 0.0);
        }
        changes += usize::from(last != costs);
        last = costs;
        upstream.clock.advance(SignedDuration::from_mins(1));
    }
    assert!(idle > 0, "an endpoint without a running worker costs 0");
    assert!(changes > 3, "workers start and stop");
}

#[tokio::test]
async fn the_cost_is_unknown_where_it_is_not_reported() {
    for (shape, fault) in [(Shape::Documented, None), (Shape::Live, Some("graphql=gone"))] {
        let upstream = Upstream::start(Options { shape, ..Options::default() }).await;
        if let Some(fault) = fault {
            upstream.fault(fault);
        }
        let page = upstream.exporter().await.scrape().await;
        assert_eq!(page.count("runpod_endpoint_info", &[]), 6, "{shape:?} {fault:?}");
        assert_eq!(page.count(COST, &[]), 0, "{shape:?} {fault:?}");
    }
}
