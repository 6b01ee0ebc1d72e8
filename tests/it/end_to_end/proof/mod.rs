//! End-to-end test of alerting: a scene in the simulator causes one Slack notification in the right color, and later its
//! resolution.
//!
//! `make proof` prints the timeline.

mod messages;
mod scenery;
mod timeline;

use self::messages::Open;
use self::scenery::Scenery;
use self::timeline::{Alerts, State};

/// An alert by its name and severity.
type Name = (&'static str, &'static str);

/// Scenes, and the alerts that result from them.
struct Act {
    name: &'static str,
    scenes: &'static [&'static str],
    /// Alerts that are notified.
    firing: &'static [Name],
    /// Alerts that fire and are never notified, because another one mutes them.
    muted: &'static [Name],
    /// Alerts that are muted in the end, but may be notified before: the exporter pauses after a refusal in real time.
    muted_late: &'static [Name],
}

const ACTS: [Act; 3] = [
    Act {
        name: "workers take no jobs, and auto-pay fails",
        scenes: &["idle-workers", "low-balance"],
        firing: &[("RunpodQueueStuck", "critical"), ("RunpodBalanceLow", "critical")],
        muted: &[("RunpodBalanceLow", "warning")],
        muted_late: &[],
    },
    Act {
        name: "workers take jobs again, auto-pay works, the endpoint cannot be read, and another client uses up the quota",
        scenes: &["unreadable-endpoint", "rationed"],
        firing: &[("RunpodEndpointUnreadable", "warning"), ("RunpodRateLimited", "warning")],
        muted: &[],
        muted_late: &[],
    },
    Act {
        name: "the key is revoked",
        scenes: &["rejected-key"],
        firing: &[("RunpodKeyRejected", "critical")],
        muted: &[("RunpodCollectorFailing", "warning")],
        muted_late: &[("RunpodAccountDown", "critical")],
    },
];

/// Whether an alert is in this state, for any labels.
fn is(alerts: &Alerts, (name, severity): Name, state: State) -> bool {
    alerts.iter().any(|(alert, now)| alert.name == name && alert.severity == severity && *now == state)
}

fn is_open(open: &Open, (name, severity): Name) -> bool {
    open.contains(&(name.to_owned(), severity.to_owned()))
}

#[tokio::test]
async fn scenes_are_notified_and_resolved() {
    let mut it = Scenery::build().await;
    it.wait().await;
    let nothing = it.alerts().await;
    assert!(nothing.values().all(|state| *state == State::Pending), "{nothing:?}");

    for Act { name, scenes, firing, muted, muted_late } in ACTS {
        it.play(name, scenes).await;
        it.see(name, |alerts, open| {
            let notified = firing.iter().all(|name| is_open(open, *name));
            notified && muted.iter().chain(muted_late).all(|name| is(alerts, *name, State::Muted))
        })
        .await;
    }
    let unwatched = ("RunpodAccountUnwatched", "critical");
    it.kill_exporter().await;
    it.see("that no exporter reads the account", |_, open| is_open(open, unwatched)).await;

    it.play("all problems are resolved", &[]).await;
    it.start_exporter().await;
    it.see("that no alert is left", |alerts, open| alerts.is_empty() && open.is_empty()).await;
    println!("{}", it.timeline);

    let notified = ACTS.iter().flat_map(|act| act.firing).chain([&unwatched]);
    let muted = ACTS.iter().flat_map(|act| act.muted);
    messages::check(&it.alertmanager, notified.copied().collect(), muted.copied().collect());
}
