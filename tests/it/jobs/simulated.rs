//! Thousands of jobs that the simulator reports: the counters match the simulated jobs.

use jiff::SignedDuration;
use runpod_exporter::testing::settings::Reading;
use runpod_simulator::Options;
use runpod_simulator::webhooks::{Delivered, WebhookOptions};

use super::total;
use crate::support::{Exposition, Upstream};

/// Checks that counters and sums match the simulated jobs, to the millisecond.
#[expect(clippy::cast_precision_loss, reason = "exact up to 2^53")]
fn matches_the_world(page: &Exposition, upstream: &Upstream) {
    let truth = upstream.simulator.world().truth();
    let of = |status: &str| {
        page.sum("runpod_jobs_observed_total", &[&format!("status=\"{status}\""), "via=\"webhook\""])
    };
    let totals = truth.totals;
    assert_eq!(of("completed"), totals.completed as f64);
    assert_eq!(of("failed"), totals.failed as f64);
    assert_eq!(of("cancelled"), totals.cancelled as f64);
    assert_eq!(of("timed_out"), totals.timed_out as f64);
    assert_eq!(page.sum("runpod_jobs_observed_total", &[]), totals.finished() as f64);
    for (histogram, millis) in
        [("delay", truth.delay), ("execution", truth.execution), ("latency", truth.delay + truth.execution)]
    {
        let (count, sum) = total(page, histogram, &[]);
        assert_eq!(count, truth.ran as f64, "{histogram}");
        // The sums of the endpoints are exact; a test adds them up in floating point.
        assert_eq!((sum.as_secs_f64() * 1e3).round(), millis as f64, "{histogram}");
    }
    assert_eq!(page.sum("runpod_tokens_total", &["direction=\"in\""]), truth.tokens_in as f64);
    assert_eq!(page.sum("runpod_tokens_total", &["direction=\"out\""]), truth.tokens_out as f64);
}

#[tokio::test]
async fn twenty_thousand_jobs_reported_twice_and_out_of_order_are_counted_exactly() {
    let (upstream, exporter) = Upstream::with_webhooks(
        Options { endpoints: 60, pods: 0, ..Options::default() },
        Reading::default(),
        |webhooks| WebhookOptions { duplicates: 0.05, disorder: 0.3, output: 50, ..webhooks },
    )
    .await;
    exporter.scrape().await;
    let mut accepted = 0;
    let finished = || upstream.simulator.world().truth().totals.finished();
    while finished() < 20_000 {
        upstream.clock.advance(SignedDuration::from_mins(5));
        let delivered = upstream.simulator.deliver().await;
        assert_eq!(delivered.refused, 0);
        accepted += delivered.accepted;
    }
    let truth = upstream.simulator.world().truth();
    let twice = accepted - finished();
    assert!((finished() / 25..finished() / 17).contains(&twice), "{twice} of {} were sent twice", finished());
    assert!(truth.totals.failed > 0 && truth.totals.cancelled > 0 && truth.tokens_in > 0, "{truth:?}");
    matches_the_world(&exporter.scrape().await, &upstream);
}

#[tokio::test]
async fn a_rejected_job_is_sent_three_times() {
    let (upstream, exporter) =
        Upstream::with_webhooks(Options { pods: 0, ..Options::default() }, Reading::default(), |webhooks| {
            webhooks
        })
        .await;
    let known = upstream.ids();
    exporter.scrape().await;
    upstream.clock.advance(SignedDuration::from_mins(2));
    assert!(upstream.simulator.deliver().await.accepted > 0);
    matches_the_world(&exporter.scrape().await, &upstream);
    let before = exporter.scrape().await;
    // The last list is older than this endpoint.
    let stranger = upstream.simulator.world().add_endpoint("newcomer");
    assert!(!known.contains(&stranger));
    upstream.clock.advance(SignedDuration::from_hours(1));
    let Delivered { refused, .. } = upstream.simulator.deliver().await;
    assert!(refused > 0);
    let page = exporter.scrape().await;
    let rejected =
        |page: &Exposition| page.sum("runpod_jobs_rejected_total", &["reason=\"unknown_endpoint\""]);
    #[expect(clippy::cast_precision_loss, reason = "a few")]
    let attempts = 3.0 * refused as f64;
    assert_eq!(rejected(&page) - rejected(&before), attempts);
}
