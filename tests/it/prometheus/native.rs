//! Quantiles of native histograms, and exemplars, in a Prometheus that has both switched on.

use std::process::Command;

use runpod_simulator::Options;
use serde_json::{Value, json};

use super::server::{Prometheus, until};
use crate::support::Upstream;

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";

/// Number of jobs of each endpoint.
const JOBS: u32 = 1_000;

/// The version of the installed Prometheus.
fn version() -> (u32, u32) {
    let output = Command::new("prometheus").arg("--version").output();
    let output = output.unwrap_or_else(|error| panic!("{error}: run `make tools`"));
    // Prometheus 2 prints it to the standard output, and its first versions to the standard error.
    let text = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    let number = text.split_whitespace().nth(2).unwrap();
    let mut parts = number.split('.').map(|part| part.parse().unwrap_or_default());
    (parts.next().unwrap(), parts.next().unwrap())
}

async fn prometheus(target: String) -> Prometheus {
    let mut job = json!({"job_name": "runpod", "static_configs": [{"targets": [target]}]});
    // From this version on, it is a setting of a job.
    if version() >= (3, 8) {
        job["scrape_native_histograms"] = true.into();
    }
    let global = json!({"scrape_interval": "1s", "scrape_timeout": "1s"});
    let configuration = json!({"global": global, "scrape_configs": [job]});
    Prometheus::with_features(&configuration, None, &["native-histograms", "exemplar-storage"]).await
}

/// The milliseconds of a job: from 30 to 200,000 times the size of an endpoint, as if each were a little slower than the one before.
fn millis(number: u32, size: f64) -> f64 {
    (30.0 * size * 1.0088_f64.powi(number.cast_signed())).round()
}

#[tokio::test]
async fn quantiles_are_within_5_percent_of_the_jobs() {
    let upstream = Upstream::start(Options { endpoints: 4, pods: 0, ..Options::default() }).await;
    let exporter = upstream.exporter().await;
    exporter.scrape().await;
    let ids = upstream.ids();
    let sizes = [0.3, 1.0, 7.0, 20.0];
    for (id, size) in ids.iter().zip(sizes) {
        let jobs = (0..JOBS).map(|number| {
            let time = millis(number, size);
            json!({"endpoint_id": id, "status": "COMPLETED", "delay_ms": time, "execution_ms": 2.0 * time,
                "traceparent": format!("00-{TRACE}-00f067aa0ba902b7-01")})
        });
        let lines = jobs.map(|job| job.to_string()).collect::<Vec<_>>().join("\n");
        assert_eq!(exporter.post("/api/v1/jobs", lines).await.0, 200);
    }
    let prometheus = prometheus(exporter.address.to_string()).await;
    prometheus.scrapes(2.0).await;
    let mut worst = 0.0_f64;
    for (id, size) in ids.iter().zip(sizes) {
        for (family, factor) in [("delay", 1.0), ("execution", 2.0), ("latency", 3.0)] {
            for quantile in [0.1, 0.5, 0.9, 0.95, 0.99] {
                let query = format!(
                    "histogram_quantile({quantile}, runpod_request_{family}_seconds{{endpoint_id=\"{id}\"}})"
                );
                let read = until(&query, async || prometheus.value(&query).await).await;
                let rank = (quantile * f64::from(JOBS)).ceil();
                #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a small rank")]
                let right = factor * millis(rank as u32 - 1, size) / 1_000.0;
                let error = (read / right - 1.0).abs();
                worst = worst.max(error);
                assert!(error < 0.05, "{family} {quantile}: {read} s, of the jobs {right} s");
            }
        }
    }
    println!("within {:.1} %", 100.0 * worst);
    let duration = "histogram_quantile(0.5, sum(runpod_api_request_duration_seconds))";
    assert!(until(duration, async || prometheus.value(duration).await).await > 0.0);
    assert_eq!(prometheus.complaints(), [""; 0]);
}

#[tokio::test]
async fn exemplars_are_stored_with_native_histograms_and_without() {
    let upstream = Upstream::start(Options { endpoints: 1, pods: 0, ..Options::default() }).await;
    let exporter = upstream.exporter().await;
    exporter.scrape().await;
    let endpoint = upstream.ids().remove(0);
    let job = json!({"id": "one", "status": "COMPLETED", "delayTime": 1_000, "executionTime": 200_000});
    let request = exporter.posting(&format!("/webhooks/jobs/{endpoint}")).body(job.to_string());
    let request = request.header("traceparent", format!("00-{TRACE}-00f067aa0ba902b7-01"));
    assert_eq!(request.send().await.unwrap().status(), 200);

    let native = prometheus(exporter.address.to_string()).await;
    let classic = {
        let job =
            json!({"job_name": "runpod", "static_configs": [{"targets": [exporter.address.to_string()]}]});
        let global = json!({"scrape_interval": "1s", "scrape_timeout": "1s"});
        let configuration = json!({"global": global, "scrape_configs": [job]});
        Prometheus::with_features(&configuration, None, &["exemplar-storage"]).await
    };
    for (prometheus, series) in
        [(native, "runpod_request_latency_seconds"), (classic, "runpod_request_latency_seconds_bucket")]
    {
        prometheus.scrapes(2.0).await;
        let exemplars = until("exemplars", async || {
            let range = [("query", series), ("start", "0"), ("end", "4102444800")];
            let data = prometheus.get("query_exemplars", &range).await?;
            data[0]["exemplars"].as_array().cloned().filter(|exemplars| !exemplars.is_empty())
        })
        .await;
        assert_eq!(exemplars[0]["labels"], json!({"trace_id": TRACE, "span_id": "00f067aa0ba902b7"}));
        assert_eq!(exemplars[0]["value"].as_str().map(|value| value.parse::<f64>().unwrap()), Some(201.0));
        let one: &Value = &exemplars[0]["timestamp"];
        assert!(one.as_f64().is_some_and(|time| time > 1.0), "{one}");
    }
}
