//! Scenes over the control route, and their faults.

use super::*;
use crate::world::GPUS;

impl Running {
    async fn scene(&self, method: &str, body: &str) -> Reply {
        self.send(&format!("{method} /simulator/scene"), "", body).await.unwrap()
    }
}

#[tokio::test]
async fn active_scenes_are_listed_and_an_error_changes_nothing() {
    let running = Running::start(&Options::default()).await;
    assert_eq!(running.scene("GET", "").await.text(), "");
    assert_eq!(running.scene("PUT", "# a comment\ncrash-loop\n").await.status, 204);
    for (body, message) in [
        ("slow\nstoped-pod", "line 2: unknown scene \"stoped-pod\"; did you mean stopped-pod?"),
        ("", "healthy"),
    ] {
        let refused = running.scene("PUT", body).await;
        assert_eq!(refused.status, 400);
        assert!(refused.text().contains(message) && refused.text().ends_with(")\n"), "{}", refused.text());
    }
    assert_eq!(running.scene("GET", "").await.text(), "crash-loop\n");
    assert_eq!(running.scene("DELETE", "").await.status, 204);
    assert_eq!(running.scene("GET", "").await.text(), "");
}

#[tokio::test]
async fn faults_of_a_scene_end_with_it_and_other_rules_stay() {
    let running = Running::start(&Options::default()).await;
    let ids: Vec<_> =
        running.simulator.world().endpoints().iter().map(|it| it.configuration().id.clone()).collect();
    running.simulator.faults().add(format!("health:{}=gone", ids[1]).parse().unwrap());
    running.scene("PUT", "unreadable-endpoint").await;
    let mut statuses = Vec::new();
    for id in &ids[..3] {
        statuses.push(running.health(id).await.status);
    }
    assert_eq!(statuses, [502, 410, 200], "by the scene, by a rule, none");
    running.scene("DELETE", "").await;
    assert_eq!(running.health(&ids[0]).await.status, 200);
    assert_eq!(running.health(&ids[1]).await.status, 410);
}

#[tokio::test]
async fn a_delayed_change_happens_at_its_time() {
    let running = Running::start(&Options::default()).await;
    running.scene("PUT", "workers-max-lowered\nold-data").await;
    let observed = async || {
        let world = running.simulator.world();
        let max = world.scaling(world.endpoints()[0].configuration()).workers_max;
        (max, running.graphql("{ myself { id } }").await.status)
    };
    running.clock.advance(jiff::SignedDuration::from_secs(119));
    assert_eq!(observed().await, (6, 200));
    running.clock.advance(jiff::SignedDuration::from_secs(1));
    assert_eq!(observed().await, (2, 429));
    running.scene("DELETE", "").await;
    assert_eq!(observed().await, (6, 200));
}

#[tokio::test]
async fn a_gpu_type_without_capacity_is_out_of_stock() {
    let running = Running::start(&Options::default()).await;
    let world = running.simulator.world();
    let gpu = GPUS.iter().position(|gpu| gpu.id == world.endpoints()[0].configuration().gpu.id).unwrap();
    while world.stock(gpu).is_none() {
        running.clock.advance(jiff::SignedDuration::from_hours(1));
    }
    let all = || (0..GPUS.len()).map(|gpu| world.stock(gpu)).collect::<Vec<_>>();
    let usual = all();
    running.scene("PUT", "no-capacity").await;
    assert_eq!(world.stock(gpu), None);
    assert_eq!(all().iter().zip(&usual).filter(|(now, before)| now != before).count(), 1);
    running.scene("DELETE", "").await;
    assert_eq!(all(), usual);
}
