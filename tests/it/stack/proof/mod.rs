//! The proof that the parts make a whole: what happens in the world is told in Slack, once, in the right colour, and taken back.
//!
//! `make proof` prints what happened.

mod scenery;
mod timeline;

use self::scenery::Scenery;
use self::timeline::{Alerts, State};

/// Whether an alert is in this state, whatever it is about.
fn is(alerts: &Alerts, name: &str, severity: &str, state: State) -> bool {
    alerts.iter().any(|(alert, now)| alert.name == name && alert.severity == severity && *now == state)
}

/// Something that happens, and what comes of it.
struct Act {
    name: &'static str,
    scenes: &'static [&'static str],
    /// Alerts that are told, and alerts that fire and are not, for another one says it all.
    firing: &'static [(&'static str, &'static str)],
    muted: &'static [(&'static str, &'static str)],
}

const ACTS: [Act; 3] = [
    Act {
        name: "no GPU is to be had, and the card is not charged any more",
        scenes: &["no-capacity", "low-balance"],
        firing: &[
            ("RunpodNoReadyWorkers", "critical"),
            ("RunpodQueueStuck", "critical"),
            ("RunpodWorkersThrottled", "critical"),
            ("RunpodBalanceLow", "warning"), // workers that do not run cost nothing: it lasts for a while
        ],
        muted: &[("RunpodQueueDeep", "warning"), ("RunpodWorkersThrottled", "warning")],
    },
    Act {
        name: "GPUs are back and cost money again; the endpoint cannot be read",
        scenes: &["unreadable-endpoint", "low-balance"],
        firing: &[("RunpodEndpointUnreadable", "warning"), ("RunpodBalanceLow", "critical")],
        muted: &[("RunpodBalanceLow", "warning")],
    },
    Act {
        name: "the key is revoked",
        scenes: &["rejected-key"],
        firing: &[("RunpodKeyRejected", "critical"), ("RunpodAccountDown", "critical")],
        muted: &[("RunpodCollectorFailing", "warning")],
    },
];

#[tokio::test]
async fn what_happens_in_the_world_is_told_and_taken_back() {
    let mut it = Scenery::build().await;
    it.rest().await;
    let nothing = it.alerts().await;
    assert!(nothing.values().all(|state| *state == State::Pending), "{nothing:?}");

    for Act { name, scenes, firing, muted } in ACTS {
        it.play(name, scenes).await;
        it.see(name, |alerts| {
            firing.iter().all(|(name, severity)| is(alerts, name, severity, State::Firing))
                && muted.iter().all(|(name, severity)| is(alerts, name, severity, State::Muted))
        })
        .await;
    }
    it.kill_exporter().await;
    it.see("that the exporter is down", |alerts| is(alerts, "RunpodExporterDown", "critical", State::Firing))
        .await;
    it.play("all is mended", &[]).await;
    it.start_exporter().await;
    it.see("that all is well again", Alerts::is_empty).await;
    println!("{}", it.timeline);
}
