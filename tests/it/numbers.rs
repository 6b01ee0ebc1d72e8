//! Numbers of the upstream that are too large, too small or no numbers: a response with one is like a response without.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use reqwest::Client;
use runpod_simulator::Options;
use tokio::task::JoinSet;

use crate::support::{Exporter, Upstream, account, client, stub};

/// Headers of an upstream in which every response whose path contains `path` has this status and this header.
#[derive(Clone)]
struct Proxy {
    upstream: std::net::SocketAddr,
    client: Client,
    path: &'static str,
    status: Option<StatusCode>,
    header: (HeaderName, HeaderValue),
}

async fn forward(State(proxy): State<Proxy>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let target = parts.uri.path_and_query().unwrap().to_string();
    let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    let is_affected = target.contains(proxy.path);
    let url = format!("http://{}{target}", proxy.upstream);
    let request = proxy.client.request(parts.method, url).headers(parts.headers).body(body);
    let answer = request.send().await.unwrap();
    let status = answer.status();
    let mut response = (status, Body::from(answer.bytes().await.unwrap())).into_response();
    if is_affected {
        *response.status_mut() = proxy.status.unwrap_or(status);
        let (name, value) = proxy.header;
        response.headers_mut().insert(name, value);
    }
    response
}

async fn exporter(
    upstream: &Upstream,
    path: &'static str,
    status: Option<u16>,
    header: (&'static str, &str),
) -> (Exporter, JoinSet<()>) {
    let header = (HeaderName::from_static(header.0), HeaderValue::from_str(header.1).unwrap());
    let status = status.map(|status| StatusCode::from_u16(status).unwrap());
    let proxy = Proxy { upstream: upstream.address, client: client(), path, status, header };
    let (address, server) = stub(Router::new().fallback(forward).with_state(proxy)).await;
    (Exporter::start(account(address), Arc::new(upstream.clock.clone())).await, server)
}

const ABSURD: [&str; 9] = [
    "9300000000000000000",
    "18446744073709551615",
    "99999999999999999999999999",
    "-1",
    "1.5",
    "NaN",
    "",
    "Thu, 30 Dec 9999 20:00:00 GMT",
    "Mon, 01 Jan 1900 00:00:00 GMT",
];

#[tokio::test]
async fn an_absurd_retry_after_costs_no_more_than_any_other_failure() {
    for value in ABSURD {
        for status in [503, 429] {
            let upstream = Upstream::start(Options { endpoints: 3, ..Options::default() }).await;
            let (exporter, _server) =
                exporter(&upstream, "/graphql", Some(status), ("retry-after", value)).await;
            let page = exporter.scrape_within(2.0).await;
            let account = page.value("runpod_collector_success", &["collector=\"account\""]);
            assert_eq!(account, Some(0.0), "{status} {value}");
            let bill = page.value("runpod_collector_success", &["collector=\"billing\""]);
            assert_eq!(bill, Some(1.0), "{status} {value}: REST answers");
        }
    }
}

#[tokio::test]
async fn an_absurd_retry_after_of_one_endpoint_is_its_failure() {
    for value in ABSURD {
        let upstream = Upstream::start(Options { endpoints: 3, ..Options::default() }).await;
        let path = format!("{}/health", upstream.ids()[1]).leak();
        let (exporter, _server) = exporter(&upstream, path, Some(503), ("retry-after", value)).await;
        let page = exporter.scrape_within(2.0).await;
        let id = format!("endpoint_id=\"{}\"", upstream.ids()[1]);
        assert_eq!(page.value("runpod_endpoint_up", &[&id]), Some(0.0), "{value}");
        assert_eq!(page.sum("runpod_endpoint_up", &[]), 2.0, "{value}");
    }
}

#[tokio::test]
async fn an_absurd_quota_does_not_stop_the_scrape() {
    for value in [
        "\"minute\";r=999999999999999;t=999999999999999",
        "\"x\";r=0;t=999999999999999;w=999999999999999",
        "\"x\";r=1;t=0.001;w=0.001;q=999999999999.999",
        "\"minute\";r=-1;t=-1",
        "\"x\"",
    ] {
        let upstream = Upstream::start(Options { endpoints: 3, ..Options::default() }).await;
        let (exporter, _server) = exporter(&upstream, "/rest", None, ("ratelimit", value)).await;
        for _ in 0..3 {
            let page = exporter.scrape().await;
            assert_eq!(page.value("runpod_up", &[]), Some(1.0), "{value}");
            upstream.clock.advance(jiff::SignedDuration::from_hours(24 * 40));
        }
    }
}

/// A timeout of centuries is a timeout that never passes.
#[tokio::test]
async fn an_absurd_timeout_is_a_long_one() {
    let upstream = Upstream::start(Options::default()).await;
    let mut account = account(upstream.address);
    account.limits.timeout = Duration::MAX;
    let exporter = Exporter::start(account, Arc::new(upstream.clock.clone())).await;
    assert_eq!(exporter.scrape().await.value("runpod_up", &[]), Some(1.0));
}
