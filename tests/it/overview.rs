//! The overview and `/api/v1/status`.

use std::collections::BTreeSet;
use std::sync::Arc;

use runpod_exporter::testing::settings::{Collector, Reading};
use runpod_simulator::Options;
use runpod_simulator::scene::Scene;
use serde_json::Value;

use crate::support::{Exporter, Upstream, account};

/// The page after a scrape.
async fn page(exporter: &Exporter, path: &str) -> String {
    exporter.scrape().await;
    exporter.get(path).send().await.unwrap().text().await.unwrap()
}

fn scene(name: &str) -> &'static Scene {
    Scene::named(name).unwrap()
}

async fn status(exporter: &Exporter) -> Value {
    let text = exporter.get("/api/v1/status").send().await.unwrap().text().await.unwrap();
    serde_json::from_str(&text).unwrap()
}

#[tokio::test]
async fn hostile_names_are_escaped_and_the_policy_forbids_scripts() {
    let upstream = Upstream::start(Options::default()).await;
    let names =
        ["<script>alert(1)</script>\"&", "\u{202e}drowssap", "'\"><img src=x onerror=alert(1)>", "{{7*7}}"];
    for name in names {
        upstream.simulator.world().add_endpoint(name);
    }
    let exporter = upstream.exporter().await;
    let before = exporter.get("/").send().await.unwrap().text().await.unwrap();
    assert!(before.contains("No data yet"), "{before}");
    let page = page(&exporter, "/?find=%22%3E%3Cscript%3E&sort=name").await;
    assert!(page.contains("value=\"&quot;&gt;&lt;script&gt;\""), "what was searched for is text too: {page}");
    let page = self::page(&exporter, "/?order=sideways&sort=%00&sort=x").await;
    assert!(page.contains("<bdi>&lt;script&gt;alert(1)&lt;/script&gt;&quot;&amp;</bdi>"), "{page}");
    assert!(page.contains("<bdi>\\u{202e}drowssap</bdi>"), "what turns the direction is shown as its number");
    assert_eq!(page.matches("<script").count(), 1, "the page's own");
    assert!(!page.contains("<img"), "{page}");

    for path in ["/", "/docs/", "/docs/metrics.md", "/overview.js", "/api/v1/status"] {
        let response = exporter.get(path).send().await.unwrap();
        assert_eq!(response.status(), 200, "{path}");
        let headers = response.headers();
        let policy = headers["content-security-policy"].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self';"), "{path}");
        assert!(!policy.contains("unsafe"), "{path}");
        assert_eq!(headers["x-content-type-options"], "nosniff", "{path}");
        assert_eq!(headers["referrer-policy"], "no-referrer", "{path}");
    }
}

#[tokio::test]
async fn a_hundred_browsers_cause_no_requests_to_the_upstream() {
    let upstream = Upstream::start(Options::default()).await;
    let exporter = upstream.exporter().await;
    exporter.scrape().await;
    upstream.simulator.traffic().reset();
    let looks = (0..100).flat_map(|n| {
        let page = exporter.get(if n % 2 == 0 { "/" } else { "/?sort=queue" });
        [page.send(), exporter.get("/api/v1/status").send(), exporter.get("/ready").send()]
    });
    for response in futures_util::future::join_all(looks).await {
        assert_eq!(response.unwrap().status(), 200);
    }
    let traffic = upstream.simulator.traffic().report();
    assert_eq!((traffic.graphql.requests, traffic.jobs.requests, traffic.rest.requests), (0, 0, 0));
    exporter.scrape().await;
    assert!(upstream.simulator.traffic().report().graphql.requests > 0, "a scrape is counted");
}

#[tokio::test]
async fn a_browser_receives_the_page_again_only_after_a_scrape() {
    let upstream = Upstream::start(Options::default()).await;
    let exporter = upstream.exporter().await;
    exporter.scrape().await;
    let tag = exporter.get("/").send().await.unwrap().headers()["etag"].clone();
    let again = async |path: &str| {
        let request = exporter.get(path).header("If-None-Match", &tag);
        request.send().await.unwrap().status().as_u16()
    };
    assert_eq!(again("/").await, 304);
    assert_eq!(again("/?sort=name").await, 200, "another page");
    upstream.clock.advance(jiff::SignedDuration::from_secs(15));
    exporter.scrape().await;
    assert_eq!(again("/").await, 200);
}

#[tokio::test]
async fn pages_are_compressed_on_request() {
    let upstream = Upstream::start(Options { endpoints: 50, ..Options::default() }).await;
    let exporter = upstream.exporter().await;
    let plain = page(&exporter, "/").await.len();
    let packed = exporter.get("/").header("Accept-Encoding", "gzip").send().await.unwrap();
    assert_eq!(packed.headers()["content-encoding"], "gzip");
    let packed = packed.bytes().await.unwrap().len();
    assert!(packed * 5 < plain, "{packed} of {plain}");
}

/// The part of the page about an endpoint.
fn row<'a>(page: &'a str, endpoint: &Value) -> &'a str {
    let id = endpoint["id"].as_str().unwrap();
    let row = page.split(&format!(" id=\"e-0-{id}\"")).nth(1).unwrap();
    row.split("</tbody>").next().unwrap()
}

/// A page without its tags.
fn text(html: &str) -> String {
    let outside = html.split('<').map(|part| part.split_once('>').map_or(part, |(_, text)| text));
    outside
        .collect::<String>()
        .replace('\u{a0}', " ")
        .replace("&lt;", "<")
        .replace("&quot;", "\"")
        .replace("&amp;", "&")
}

#[tokio::test]
async fn the_page_and_the_status_agree() {
    let upstream = Upstream::start(Options::default()).await;
    let exporter = upstream.exporter().await;
    let page = page(&exporter, "/").await;
    let status = status(&exporter).await;
    let account = &status["accounts"][0];
    let list = |of: &Value, field: &str| of[field].as_array().unwrap().clone();
    let mut symptoms = 0;
    for endpoint in list(account, "endpoints") {
        let (row, words) = (row(&page, &endpoint), text(row(&page, &endpoint)));
        assert!(row.contains(endpoint["name"].as_str().unwrap()), "{row}");
        assert!(row.contains(endpoint["health"].as_str().unwrap()), "{row}");
        let depth = endpoint["queue_depth"].as_f64().unwrap();
        assert!(words.contains(&format!(" {depth}")), "{depth}: {words}");
        let bill = endpoint["billed_today_dollars"].as_f64();
        assert!(bill.is_none_or(|bill| words.contains(&format!("${bill:.2}"))), "{bill:?}: {words}");
        let id = endpoint["id"].as_str().unwrap();
        assert!(
            row.contains(&format!("href=\"https://console.runpod.io/serverless/user/endpoint/{id}\"")),
            "{row}"
        );
        for finding in list(&endpoint, "findings") {
            if finding["explained_by"].is_null() {
                continue;
            }
            symptoms += 1;
            assert!(!words.contains(finding["message"].as_str().unwrap()), "a symptom is one word: {words}");
            let link = format!("href=\"{}\"", finding["runbook"].as_str().unwrap());
            assert!(row.contains(&link), "{link}: {row}");
        }
    }
    let words = text(&page);
    let findings =
        list(account, "endpoints").into_iter().chain([account.clone()]).flat_map(|of| list(&of, "findings"));
    let roots: Vec<Value> = findings.filter(|finding| finding["explained_by"].is_null()).collect();
    for finding in &roots {
        assert!(words.contains(finding["message"].as_str().unwrap()), "{finding}");
    }
    assert!(roots.len() > 3 && symptoms > 0, "{} {symptoms}", roots.len());
}

#[tokio::test]
async fn the_headline_names_the_worst_endpoint_and_is_quiet_without_one() {
    let upstream = Upstream::start(Options { scenes: vec![scene("healthy")], ..Options::default() }).await;
    let exporter = upstream.exporter().await;
    let headline = async || {
        let page = page(&exporter, "/").await;
        text(page.split("<h1").nth(1).unwrap().split("</h1>").next().unwrap().split_once('>').unwrap().1)
    };
    assert_eq!(headline().await, "All 6 endpoints are healthy");
    upstream.simulator.play(vec![scene("crash-loop")]);
    for _ in 0..24 {
        upstream.clock.advance(jiff::SignedDuration::from_secs(15));
        exporter.scrape().await;
    }
    let crashing = headline().await;
    assert!(crashing.starts_with("1 endpoint unhealthy: llama-3-70b since 12:0"), "{crashing}");
    assert!(crashing.ends_with(" min)") || crashing.ends_with(" s)"), "{crashing}");
    let row_of = async |path: &str, number: usize| {
        let page = page(&exporter, path).await;
        let status = status(&exporter).await;
        (text(row(&page, &status["accounts"][0]["endpoints"][number])), page)
    };
    let (words, page) = row_of("/", 0).await;
    assert!(words.contains("stalled"), "no wait is estimated while nothing progresses: {words}");
    assert!(words.contains("Symptom"), "{words}");
    assert_eq!(page.matches("<details class=\"finding\"").count(), 0, "findings are in the rows");
    let (_, page) = row_of("/?state=unhealthy", 0).await;
    assert_eq!(page.matches(" id=\"e-0-").count(), 1);
    let (_, page) = row_of("/?state=bogus&find=LLAMA+70", 0).await;
    assert_eq!(page.matches(" id=\"e-0-").count(), 1);

    upstream.fault("jobs=unauthorized");
    upstream.clock.advance(jiff::SignedDuration::from_secs(15));
    let rejected = headline().await;
    assert!(
        rejected.starts_with("API key rejected since 12:06 UTC (0 s); 6 endpoints unreadable"),
        "{rejected}"
    );
    let (words, page) = row_of("/", 1).await;
    assert!(words.contains("API key rejected"), "the row names the cause of its account: {words}");
    assert_eq!(page.matches("Cannot read ").count(), 1, "one failure of several collectors");
}

/// The name of the only endpoint that cannot be read, and that every collector has read something.
#[tokio::test]
async fn an_unreadable_endpoint_is_named_and_read_times_are_shown() {
    let upstream = Upstream::start(Options { scenes: vec![scene("healthy")], ..Options::default() }).await;
    let collectors = Collector::ALL.iter().copied().filter(|collector| *collector != Collector::Logs);
    let mut account = account(upstream.address);
    account.reading = Reading { collectors: collectors.collect(), ..Reading::default() };
    let exporter = Exporter::start(account, Arc::new(upstream.clock.clone())).await;
    exporter.scrape().await;
    let first = status(&exporter).await;
    for collector in first["accounts"][0]["collectors"].as_array().unwrap() {
        assert!(collector["read"].is_string() && collector["api"].is_string(), "{collector}");
    }
    assert_eq!(first["accounts"][0]["endpoints"][0]["requests"]["within_seconds"], Value::Null);
    assert!(!text(&page(&exporter, "/").await).contains("never"));
    upstream.fault(&format!("health:{}=forbidden", upstream.ids()[0]));
    upstream.clock.advance(jiff::SignedDuration::from_secs(15));
    exporter.scrape().await;
    let words = text(&page(&exporter, "/").await);
    assert!(words.contains("1 endpoint unreadable: llama-3-70b since 12:0"), "{words}");
}

#[tokio::test]
async fn unknown_is_not_none() {
    let upstream = Upstream::start(Options::default()).await;
    upstream.fault("graphql=unauthorized");
    upstream.fault("rest=unauthorized");
    let exporter = upstream.exporter().await;
    let words = text(&page(&exporter, "/").await);
    assert!(words.contains("Cannot read anything: API key rejected (401)"), "{words}");
    assert_eq!(words.matches("Unknown: the list could not be read.").count(), 2, "{words}");
    assert!(!words.contains("None."), "{words}");
}

/// From push to page: each job counts once, independent of the number of requests.
#[tokio::test]
async fn pushed_jobs_are_in_the_status_and_in_findings() {
    let upstream = Upstream::start(Options { endpoints: 1, ..Options::default() }).await;
    upstream.clock.advance(jiff::SignedDuration::from_mins(7));
    let exporter = upstream.exporter().await;
    exporter.scrape().await;
    let id = upstream.ids().remove(0);
    let jobs: Vec<_> = (0..1_200)
        .map(|n| {
            serde_json::json!({
                "endpoint_id": id, "id": format!("j{n}"), "status": "COMPLETED",
                "delay_ms": 1_000, "execution_ms": 29_000, "tokens_in": 3, "tokens_out": 2,
            })
        })
        .collect();
    let (code, answer) = exporter.post("/api/v1/jobs", serde_json::to_vec(&jobs).unwrap()).await;
    assert_eq!(code, 200, "{answer}");
    upstream.clock.advance(jiff::SignedDuration::from_secs(15));
    for _ in 0..2 {
        exporter.scrape().await;
    }
    let status = status(&exporter).await;
    let endpoint = &status["accounts"][0]["endpoints"][0];
    assert_eq!(endpoint["latency"]["jobs"], 1_000, "the last ones");
    assert_eq!(endpoint["latency"]["p95"], 30.0);
    assert_eq!(endpoint["tokens"], serde_json::json!({ "in": 3_600, "out": 2_400 }));
    let findings = endpoint["findings"].as_array().unwrap();
    let finding = findings.iter().find(|finding| finding["name"] == "latency_high").unwrap();
    assert_eq!(finding["metric"], "runpod_request_latency_seconds");
    assert!(finding["message"].as_str().unwrap().starts_with("p95 30 s"), "{finding}");
    assert_eq!(status["running_seconds"], 15.0);
}

#[tokio::test]
async fn two_accounts_with_the_same_names_do_not_conflict() {
    let (one, two) = (Upstream::start(Options::default()).await, Upstream::start(Options::default()).await);
    let named = |name: &str, upstream: &Upstream| runpod_exporter::testing::config::Account {
        name: name.into(),
        ..account(upstream.address)
    };
    let accounts = vec![named("one", &one), named("two", &two)];
    let exporter = Exporter::of(accounts, Arc::new(one.clock.clone())).await;
    two.fault("graphql=unauthorized");
    two.fault("rest=unauthorized");
    let page = page(&exporter, "/").await;
    assert!(page.contains("<h1 class=\"headline critical\">Account <bdi>two</bdi>: <a"), "{page}");
    assert!(page.contains("<bdi>two</bdi></strong> <span class=\"badge critical\">unknown</span>"), "{page}");
    let ids: Vec<_> = page.split(" id=\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len(), "{ids:?}");
    assert_eq!(status(&exporter).await["verdict"], "unhealthy");
}
