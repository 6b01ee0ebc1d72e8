//! The log of the program: each failure once, and never a key.

use super::*;

/// A lasting failure is logged once, and its end once.
#[tokio::test]
async fn a_failure_is_logged_once_however_long_it_lasts() {
    let upstream = Upstream::start(Options { endpoints: 40, ..Options::default() }).await;
    let running = listening(&[], &upstream).await;
    let address = running.address.clone();
    let http = client();
    let scrape = async || {
        drop(http.get(format!("http://{address}/metrics")).send().await.unwrap().bytes().await.unwrap());
    };
    upstream.fault("jobs=bad-gateway");
    upstream.fault("Pods=forbidden");
    for _ in 0..5 {
        scrape().await;
    }
    upstream.simulator.faults().clear();
    for _ in 0..3 {
        scrape().await;
    }
    let Ended { stderr, .. } = terminate(running).await;
    let lines = |what: &str| stderr.lines().filter(|line| line.contains(what)).count();
    assert_eq!(lines("level=warn"), 2, "{stderr}");
    assert_eq!(lines("collector recovered"), 1, "{stderr}");
    assert_eq!(lines("outcome=server_error"), 1, "{stderr}");
    assert_eq!(
        lines("pausing requests: API key lacks permission; grant the scope, or disable the collector"),
        1,
        "{stderr}"
    );
}

/// Endpoints, queues and workers need the same list.
#[tokio::test]
async fn a_request_of_several_collectors_is_one_failure() {
    let upstream = Upstream::start(Options::default()).await;
    upstream.fault("graphql=unauthorized");
    upstream.fault("rest=unauthorized");
    let command = reading(&["scrape"], &upstream);
    let Ended { stderr, .. } = end(command).await;
    let lines: Vec<_> = stderr.lines().filter(|line| line.contains("graphql endpoints at")).collect();
    assert_eq!(lines.len(), 1, "{stderr}");
    assert!(lines[0].contains("collector=\"endpoints health workers\""), "{stderr}");
}

/// Without scrapes, the exporter retries until the account answers, and then stops.
#[tokio::test]
async fn the_first_scrape_is_retried_until_it_succeeds() {
    let upstream = Upstream::start(Options::default()).await;
    upstream.fault("graphql=garbage*6");
    upstream.fault("rest=garbage");
    let running = listening(&[], &upstream).await; // becomes ready without a scrape
    let Ended { code, stderr, .. } = terminate(running).await;
    assert_eq!(code, 0);
    assert!(
        stderr.contains("unexpected response body") && stderr.contains("first successful scrape"),
        "{stderr}"
    );
}
