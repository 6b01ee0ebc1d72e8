//! Content negotiation over HTTP.

use std::io::Read as _;

use flate2::read::GzDecoder;
use reqwest::Response;
use runpod_simulator::Options;

use super::message::MetricFamily;
use crate::support::{Exporter, Upstream};

const PROTOBUF: &str =
    "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited";

async fn get(exporter: &Exporter, path: &str, accept: &str, encoding: &str) -> Response {
    let request = exporter.get(path).header("Accept", accept).header("Accept-Encoding", encoding);
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), 200, "{path} {accept} {encoding}");
    assert_eq!(header(&response, "vary"), Some("Accept, Accept-Encoding"));
    response
}

fn header<'a>(response: &'a Response, name: &str) -> Option<&'a str> {
    response.headers().get(name).map(|value| value.to_str().unwrap())
}

#[tokio::test]
async fn metrics_and_probe_answer_in_the_format_and_the_encoding_that_are_preferred() {
    let upstream = Upstream::start(Options::default()).await;
    let exporter = upstream.exporter().await;
    for path in ["/metrics", "/metrics/prometheus", "/probe?account=default"] {
        for encoding in ["identity", "gzip", "zstd"] {
            let text = get(&exporter, path, "text/plain", encoding).await;
            assert_eq!(header(&text, "content-type"), Some("text/plain; version=0.0.4; charset=utf-8"));
            let text = String::from_utf8(decoded(text).await).unwrap();
            assert!(text.contains("runpod_queue_depth{") && !text.contains("# EOF"), "{text}");

            let open = get(&exporter, path, "application/openmetrics-text, */*;q=0.1", encoding).await;
            let expected = "application/openmetrics-text; version=1.0.0; charset=utf-8";
            assert_eq!(header(&open, "content-type"), Some(expected));
            let open = String::from_utf8(decoded(open).await).unwrap();
            assert!(open.contains("runpod_queue_depth{") && open.ends_with("\n# EOF\n"), "{open}");

            let messages = get(&exporter, path, PROTOBUF, encoding).await;
            let expected = "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited";
            assert_eq!(header(&messages, "content-type"), Some(expected));
            let families = MetricFamily::all(&decoded(messages).await);
            assert!(families.iter().any(|family| family.name == "runpod_queue_depth"));
        }
    }
}

/// The body, which has the encoding that its header names.
async fn decoded(response: Response) -> Vec<u8> {
    let encoding = header(&response, "content-encoding").map(str::to_owned);
    let body = response.bytes().await.unwrap();
    let mut out = Vec::new();
    match encoding.as_deref() {
        None => out.extend_from_slice(&body),
        Some("gzip") => drop(GzDecoder::new(&*body).read_to_end(&mut out).unwrap()),
        Some("zstd") => drop(zstd::Decoder::new(&*body).unwrap().read_to_end(&mut out).unwrap()),
        Some(other) => panic!("{other}"),
    }
    out
}

#[tokio::test]
async fn a_client_that_accepts_nothing_that_there_is_gets_text() {
    let upstream = Upstream::start(Options::default()).await;
    let exporter = upstream.exporter().await;
    let response = get(&exporter, "/metrics", "application/json", "br").await;
    assert_eq!(header(&response, "content-type"), Some("text/plain; version=0.0.4; charset=utf-8"));
    assert_eq!(header(&response, "content-encoding"), None);
}
