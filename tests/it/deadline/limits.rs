//! The number of gatherings at the same time.

use super::*;

/// The requests of one gathering while the job API hangs: three documents, one for each endpoint, and the details.
async fn requests_of_one() -> usize {
    let (upstream, exporter) = warm().await;
    in_time(&exporter, "/metrics", 1.0, "one").await;
    total(&upstream)
}

async fn warm() -> (Upstream, Exporter) {
    let upstream = Upstream::start(Options { endpoints: 20, ..Options::default() }).await;
    let exporter = upstream.exporter().await;
    exporter.scrape().await;
    upstream.fault("jobs=hang");
    upstream.simulator.traffic().reset();
    (upstream, exporter)
}

fn total(upstream: &Upstream) -> usize {
    let report = upstream.simulator.traffic().report();
    usize::try_from(report.graphql.requests + report.jobs.requests + report.rest.requests).unwrap()
}

/// The measured case: each of fifty clients is less patient than all before, so that none can join them.
#[tokio::test]
async fn clients_of_falling_patience_start_at_most_eight_gatherings() {
    let one = requests_of_one().await;
    let (upstream, exporter) = warm().await;
    let clients =
        (1..=50).rev().map(|n| in_time(&exporter, "/metrics", f64::from(n) * 0.2, "falling patience"));
    let pages = join_all(clients).await;
    let requests = total(&upstream);
    assert!(requests <= 8 * one, "{requests} requests, {one} in one gathering");
    // Those with the patience of a round trip, even on a busy machine, have a page of what does not hang.
    let (patient, _) = pages.split_at(20);
    let known = patient.iter().filter(|page| page.value("runpod_up", &[]) == Some(1.0)).count();
    assert_eq!(known, patient.len());
}

/// Each set of collectors is a page of its own. Together they have the same limit.
#[tokio::test]
async fn clients_with_different_collectors_have_the_same_limit() {
    let one = requests_of_one().await;
    let (upstream, exporter) = warm().await;
    let sets = (0_u32..32).map(|set| {
        let names = ["pods", "account", "volumes", "billing", "workers"];
        let chosen = names.iter().enumerate().filter(|(n, _)| set & (1 << n) != 0);
        let query: String = chosen.flat_map(|(_, name)| ["&collect[]=", name]).collect();
        format!("/probe?account=default&collect[]=health{query}")
    });
    let paths: Vec<String> = sets.collect();
    join_all(paths.iter().map(|path| in_time(&exporter, path, 1.0, "sets"))).await;
    let requests = total(&upstream);
    // Nine: a place may be given to a gathering that is waiting just as its deadline comes.
    assert!(requests <= 9 * one, "{requests} requests, {one} in one gathering");
}

#[tokio::test]
async fn clients_with_the_same_patience_share_one_gathering() {
    let one = requests_of_one().await;
    let (upstream, exporter) = warm().await;
    join_all((0..20).map(|_| in_time(&exporter, "/metrics", 1.0, "the same"))).await;
    assert!(total(&upstream) <= 2 * one, "{} requests, {one} in one gathering", total(&upstream));
}
