//! `check` without an exporter: what a few seconds show.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::pin::pin;
use std::time::Duration;

use jiff::SignedDuration;
use runpod_simulator::scene::Scene;
use runpod_simulator::traffic::{Traffic, TrafficReport};
use runpod_simulator::{Api, Options};
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::scenes::{causes, expected};
use crate::command::{Ended, end, reading};
use crate::support::Upstream;

/// How far the simulated clock moves between two samples.
const STEP: SignedDuration = SignedDuration::from_secs(5);

/// How long a scene has lasted when the check begins.
const BEFORE: SignedDuration = SignedDuration::from_mins(5);

/// The same for a cold start, which ends after four minutes.
const BEFORE_READY: SignedDuration = SignedDuration::from_mins(2);

/// Between the requests of a sample, less time passes, and between two samples more.
const QUIET: Duration = Duration::from_millis(200);

/// Checks an account while its clock moves with the samples.
async fn check(upstream: &Upstream, args: &[&str]) -> Ended {
    let mut end = pin!(end(reading(&[&["check", "--fresh"], args].concat(), upstream)));
    let traffic = upstream.simulator.traffic();
    let mut samples = 0;
    loop {
        tokio::select! {
            ended = &mut end => return ended,
            taken = sample(traffic, samples) => {
                samples = taken;
                upstream.clock.advance(STEP);
            }
        }
    }
}

/// Waits until more than this many lists of endpoints were read, and nothing more is requested. Returns their number.
async fn sample(traffic: &Traffic, before: u64) -> u64 {
    let lists = |report: &TrafficReport| {
        report.operation(Api::Graphql, "Endpoints").max(report.operation(Api::Rest, "endpoints"))
    };
    let requests =
        |report: &TrafficReport| report.graphql.requests + report.jobs.requests + report.rest.requests;
    loop {
        traffic.until(|report| report.in_flight() == 0 && lists(report) > before).await;
        let seen = requests(&traffic.report());
        if timeout(QUIET, traffic.until(|report| requests(report) > seen)).await.is_err() {
            return lists(&traffic.report());
        }
    }
}

async fn playing(scene: &'static Scene) -> Upstream {
    let options = Options { endpoints: 2, pods: 2, scenes: vec![scene], ..Options::default() };
    let upstream = Upstream::start(options).await;
    upstream.clock.advance(if scene.name == "cold-start" { BEFORE_READY } else { BEFORE });
    upstream
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_scene_is_reported_with_its_cause_and_code_or_as_not_visible() {
    let mut running = JoinSet::new();
    for (number, expected) in expected().into_iter().enumerate() {
        running.spawn(async move {
            let upstream = playing(expected.scene).await;
            let ended = check(&upstream, &["--duration=9s", "--collector.latency"]).await;
            (number, (ended, expected))
        });
    }
    let ended: BTreeMap<_, _> = running.join_all().await.into_iter().collect();
    let (mut table, mut wrong) = (String::new(), Vec::new());
    for (Ended { code, stdout, stderr }, expected) in ended.values() {
        let scene = expected.scene;
        assert_eq!(stderr, "", "{}", scene.name);
        if *code != expected.cold {
            wrong.push(format!("{}: {code} instead of {}:\n{stdout}", scene.name, expected.cold));
        }
        match expected.invisible {
            Some(what) => {
                let (_, limits) = stdout.split_once("Not visible ").unwrap();
                assert!(limits.contains(what), "{}:\n{stdout}", scene.name);
            }
            // Of two findings about one problem, the cause is enough.
            None => assert!(
                scene.found.is_empty() || scene.found.iter().any(|name| stdout.contains(name)),
                "{}:\n{stdout}",
                scene.name
            ),
        }
        writeln!(table, "{}: {code}\n  {}", scene.name, causes(stdout).join(", ")).unwrap();
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    insta::assert_snapshot!(table);
}

/// Two of three jobs failed: too few for an alert, and enough not to say "healthy".
#[tokio::test]
async fn an_account_whose_jobs_fail_is_not_healthy_however_few_they_are() {
    let upstream = playing(Scene::named("failing-handler").unwrap()).await;
    let Ended { code, stdout, .. } = check(&upstream, &["--duration=1s"]).await;
    assert!(code == 1 || code == 2, "{stdout}");
    assert!(causes(&stdout).contains(&"error_ratio_high"), "{stdout}");
}

/// Without endpoints or answers, more samples show nothing more.
#[tokio::test]
async fn it_does_not_wait_where_there_is_nothing_to_see() {
    for options in [Options { endpoints: 0, ..Options::default() }, Options::default()] {
        let upstream = Upstream::start(options.clone()).await;
        if options.endpoints > 0 {
            upstream.fault("graphql=unauthorized");
            upstream.fault("rest=unauthorized");
        }
        let Ended { code, stdout, .. } = check(&upstream, &["--duration=10h"]).await;
        assert!(stdout.contains("from one sample"), "{code}: {stdout}");
    }
}
