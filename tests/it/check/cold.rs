//! `check` without an exporter: what a few seconds show.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use jiff::SignedDuration;
use runpod_simulator::scene::Scene;
use runpod_simulator::{Api, Options};
use tokio::task::JoinSet;

use super::scenes::{causes, expected};
use crate::command::{Ended, end, reading};
use crate::support::Upstream;

/// How far the simulated clock moves between two samples.
const STEP: SignedDuration = SignedDuration::from_secs(5);

/// How long a scene has lasted when the check begins.
const BEFORE: SignedDuration = SignedDuration::from_mins(5);

/// The same for a cold start, which ends after four minutes.
const BEFORE_READY: SignedDuration = SignedDuration::from_mins(2);

/// Checks an account while its clock moves with the samples.
async fn check(upstream: &Upstream, args: &[&str]) -> Ended {
    let command = reading(&[&["check", "--fresh"], args].concat(), upstream);
    let mut end = Box::pin(end(command));
    let requests = || {
        let traffic = upstream.simulator.traffic();
        traffic.operation(Api::Graphql, "Endpoints").max(traffic.operation(Api::Rest, "endpoints"))
    };
    let mut samples = requests();
    loop {
        tokio::select! {
            biased;
            ended = &mut end => return ended,
            () = tokio::task::yield_now() => {}
        }
        let report = upstream.simulator.traffic().report();
        let is_quiet = report.jobs.in_flight + report.graphql.in_flight + report.rest.in_flight == 0;
        if is_quiet && requests() > samples {
            samples = requests();
            upstream.clock.advance(STEP);
        }
        std::thread::yield_now();
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
    let Ended { code, stdout, .. } = check(&upstream, &["--duration=100ms"]).await;
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
