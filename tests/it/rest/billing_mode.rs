//! How the account pays, which only REST reports.

use jiff::SignedDuration;
use runpod_simulator::rest::RestOptions;
use runpod_simulator::{Api, Operation, Options};

use crate::support::{Exporter, Exposition, Upstream};

async fn upstream(options: Options) -> (Upstream, Exporter) {
    let upstream = Upstream::start(Options { endpoints: 1, pods: 1, ..options }).await;
    let exporter = upstream.exporter().await;
    (upstream, exporter)
}

async fn postpaid() -> (Upstream, Exporter) {
    upstream(Options { postpaid: true, ..Options::default() }).await
}

fn mode(page: &Exposition) -> Option<&'static str> {
    let is =
        |mode: &&str| page.value("runpod_account_info", &[&format!("billing_mode=\"{mode}\"")]).is_some();
    ["prepaid", "postpaid"].into_iter().find(is)
}

fn is_read(page: &Exposition) -> bool {
    page.value("runpod_collector_success", &["collector=\"account\""]) == Some(1.0)
}

#[tokio::test]
async fn a_postpaid_account_has_a_balance_and_no_runway() {
    let (upstream, exporter) = postpaid().await;
    upstream.clock.advance(SignedDuration::from_hours(1));
    let page = exporter.scrape().await;
    assert_eq!(mode(&page), Some("postpaid"));
    assert!(
        page.value("runpod_account_balance_dollars", &[]).is_some_and(|balance| balance < 0.0),
        "{}",
        page.0
    );
    assert_eq!(page.count("runpod_finding{", &["finding=\"balance_gone\""]), 0);
    assert_eq!(page.count("runpod_finding{", &["finding=\"balance_runway_short\""]), 0);
    let status = exporter.get("/api/v1/status").send().await.unwrap().text().await.unwrap();
    let status: serde_json::Value = serde_json::from_str(&status).unwrap();
    let account = &status["accounts"][0];
    assert_eq!(
        (&account["billing_mode"], &account["runway_hours"]),
        (&"postpaid".into(), &serde_json::Value::Null)
    );
    let overview = exporter.get("/").send().await.unwrap().text().await.unwrap();
    assert!(overview.contains("post-paid"), "{overview}");
}

#[tokio::test]
async fn it_is_read_once_an_hour_while_graphql_answers() {
    let (upstream, exporter) = upstream(Options::default()).await;
    let reads = || upstream.simulator.traffic().operation(Api::Rest, "balance");
    for minutes in [0, 1, 29, 29] {
        upstream.clock.advance(SignedDuration::from_mins(minutes));
        assert_eq!(mode(&exporter.scrape().await), Some("prepaid"));
        assert_eq!(reads(), 1);
    }
    upstream.clock.advance(SignedDuration::from_mins(2));
    assert_eq!(mode(&exporter.scrape().await), Some("prepaid"));
    assert_eq!(reads(), 2);
    assert_eq!(upstream.simulator.traffic().operation(Api::Rest, "openapi"), 1);
}

#[tokio::test]
async fn without_graphql_it_comes_with_the_balance() {
    let (upstream, exporter) = postpaid().await;
    upstream.fault("graphql=gone");
    let page = exporter.scrape().await;
    assert_eq!(mode(&page), Some("postpaid"));
    assert_eq!(
        upstream.simulator.traffic().operation(Api::Rest, "openapi"),
        1,
        "the description is read once"
    );
}

#[tokio::test]
async fn a_mode_that_cannot_be_read_costs_nothing_else() {
    let forbidden = [Operation::Balance].into();
    let rest = RestOptions { forbidden, ..RestOptions::default() };
    let (_upstream, exporter) = upstream(Options { rest, ..Options::default() }).await;
    let page = exporter.scrape().await;
    assert!(is_read(&page) && page.value("runpod_account_balance_dollars", &[]).is_some(), "{}", page.0);
    assert_eq!(page.count("runpod_account_info", &[]), 0);

    let (upstream, exporter) = postpaid().await;
    assert_eq!(mode(&exporter.scrape().await), Some("postpaid"));
    upstream.fault("rest=bad-gateway");
    for hours in [2, 20] {
        upstream.clock.advance(SignedDuration::from_hours(hours));
        let page = exporter.scrape().await;
        assert!(is_read(&page), "{}", page.0);
        assert_eq!(mode(&page), Some("postpaid"), "it hardly ever changes");
    }
    upstream.clock.advance(SignedDuration::from_hours(3));
    assert_eq!(mode(&exporter.scrape().await), None, "it is a day old");
}
