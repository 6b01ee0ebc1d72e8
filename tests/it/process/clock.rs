//! A system clock that jumps.

use jiff::SignedDuration;
use runpod_exporter::testing::config::Account;
use runpod_exporter::testing::settings::{Collector, Reading};
use runpod_simulator::Options;

use crate::support::{Exporter, Exposition, Upstream, account};

/// Samples of this family.
fn values(page: &Exposition, family: &str) -> Vec<f64> {
    let samples = page.0.lines().filter(|line| line.starts_with(&format!("{family}{{")));
    samples.map(|line| line.rsplit(' ').next().unwrap().parse().unwrap()).collect()
}

/// The counters of a page, without those of requests and time, by series.
fn counted(page: &Exposition) -> Vec<(&str, f64)> {
    let samples = page.0.lines().filter_map(|line| line.rsplit_once(' '));
    let counters = samples.filter(|(series, _)| series.starts_with("runpod_requests_total{"));
    counters.map(|(series, value)| (series, value.parse().unwrap())).collect()
}

/// Only what belongs to a day is missing until it is read again; nothing begins in the future, and no counter falls.
#[tokio::test]
async fn a_clock_that_jumps_costs_nothing_that_is_not_about_the_calendar() {
    let upstream = Upstream::start(Options { endpoints: 6, ..Options::default() }).await;
    let (simulated, clock) = (upstream.clock.clone(), clock::ManualClock::new(crate::support::noon()));
    let collectors = Collector::ALL.iter().copied().filter(|collector| *collector != Collector::Logs);
    let reading = Reading { collectors: collectors.collect(), ..Reading::default() };
    let of_upstream = Account { reading, ..account(upstream.address) };
    // Only the clock of the exporter jumps.
    let exporter = Exporter::start(of_upstream, std::sync::Arc::new(clock.clone())).await;
    let mut before = exporter.scrape().await;
    let endpoints = before.sum("runpod_endpoint_up", &[]);
    let mut shift = SignedDuration::ZERO;
    for days in [2, -3, 400, -7_000, 5_000, -5_000] {
        let jump = SignedDuration::from_hours(24 * days);
        clock.advance(jump);
        shift += jump;
        simulated.advance(SignedDuration::from_secs(15));
        let page = exporter.scrape().await;
        let now = (crate::support::noon() + shift).as_duration().as_secs_f64();
        assert_eq!(page.value("runpod_up", &[]), Some(1.0), "{days} days");
        assert_eq!(page.sum("runpod_endpoint_up", &[]), endpoints, "{days} days");
        assert_eq!(page.sum("runpod_exporter_panics_total", &[]), 0.0, "{days} days");
        let late: Vec<_> = values(&page, "runpod_finding_since_timestamp_seconds")
            .into_iter()
            .filter(|since| *since > now)
            .collect();
        assert_eq!(late, [0.0; 0], "{days} days: findings that begin after {now}");
        for ((series, earlier), (same, later)) in counted(&before).into_iter().zip(counted(&page)) {
            assert_eq!(series, same);
            assert!(later >= earlier, "{days} days: {series} fell from {earlier} to {later}");
        }
        before = page;
    }
}
