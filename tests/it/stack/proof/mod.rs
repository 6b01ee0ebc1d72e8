//! The proof that the parts make a whole: what happens in the world is told in Slack, once, in the right colour, and taken back.
//!
//! `make proof` prints what happened.

mod messages;
mod scenery;
mod timeline;

use self::messages::is_about;
use self::scenery::Scenery;
use self::timeline::{Alerts, State};

/// An alert by its name and severity.
type Name = (&'static str, &'static str);

/// Something that happens, and what comes of it.
struct Act {
    name: &'static str,
    scenes: &'static [&'static str],
    /// Alerts that are told.
    firing: &'static [Name],
    /// Alerts that fire and are never told, for another one says it all.
    muted: &'static [Name],
    /// Alerts that are muted in the end, and that may have been told, for they may come first.
    muted_late: &'static [Name],
}

const ACTS: [Act; 3] = [
    Act {
        name: "workers take no jobs, and the card is not charged any more",
        scenes: &["idle-workers", "low-balance"],
        firing: &[("RunpodQueueStuck", "critical"), ("RunpodBalanceLow", "critical")],
        muted: &[("RunpodBalanceLow", "warning")],
        muted_late: &[("RunpodQueueDeep", "warning")],
    },
    Act {
        name: "workers take jobs again, the card is charged, and the endpoint cannot be read",
        scenes: &["unreadable-endpoint"],
        firing: &[("RunpodEndpointUnreadable", "warning")],
        muted: &[],
        muted_late: &[],
    },
    Act {
        name: "the key is revoked",
        scenes: &["rejected-key"],
        firing: &[("RunpodKeyRejected", "critical"), ("RunpodAccountDown", "critical")],
        muted: &[("RunpodCollectorFailing", "warning")],
        muted_late: &[],
    },
];

/// Whether an alert is in this state, whatever it is about.
fn is(alerts: &Alerts, (name, severity): Name, state: State) -> bool {
    alerts.iter().any(|(alert, now)| alert.name == name && alert.severity == severity && *now == state)
}

#[tokio::test]
async fn what_happens_in_the_world_is_told_and_taken_back() {
    let mut it = Scenery::build().await;
    it.rest().await;
    let nothing = it.alerts().await;
    assert!(nothing.values().all(|state| *state == State::Pending), "{nothing:?}");

    for Act { name, scenes, firing, muted, muted_late } in ACTS {
        it.play(name, scenes).await;
        it.see(name, |alerts, open| {
            let told = firing.iter().all(|name| open.iter().any(|told| is_about(told, *name)));
            told && muted.iter().chain(muted_late).all(|name| is(alerts, *name, State::Muted))
        })
        .await;
    }
    let down = ("RunpodExporterDown", "critical");
    it.kill_exporter().await;
    it.see("that the exporter is down", |_, open| open.iter().any(|told| is_about(told, down))).await;

    it.play("all is mended", &[]).await;
    it.start_exporter().await;
    it.see("that all is well again", |alerts, open| alerts.is_empty() && open.is_empty()).await;
    println!("{}", it.timeline);

    let told = ACTS.iter().flat_map(|act| act.firing).chain([&down]);
    let muted = ACTS.iter().flat_map(|act| act.muted);
    messages::check(&it.alertmanager, told.copied().collect(), muted.copied().collect());
}
