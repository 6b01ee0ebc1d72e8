//! Properties of the world.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use crate::scene::{ActiveScenes, SCENES};
use crate::world::{Counts, EndpointKind, Population, Size, World};
use clock::ManualClock;

/// An arbitrary start.
const START: Timestamp = Timestamp::constant(1_795_000_000, 0);

fn world(seed: u64, endpoints: usize) -> (World, ManualClock) {
    let clock = ManualClock::new(START);
    let size = Size { endpoints, pods: 8, clusters: 0 };
    (World::new(Population::Usual, seed, size, Arc::new(clock.clone())), clock)
}

fn all_counts(world: &World) -> Vec<Counts> {
    world.endpoints().iter().map(|endpoint| world.counts(endpoint)).collect()
}

/// Everything that can be read, as text.
fn everything(world: &World) -> String {
    let endpoints: Vec<_> = world
        .endpoints()
        .iter()
        .map(|endpoint| {
            let configuration = endpoint.configuration().clone();
            let load = (world.counts(endpoint), world.workers(endpoint), world.latency(endpoint));
            let settings = (world.scaling(&configuration), world.version(&configuration));
            (configuration, load, settings, world.finished_jobs(endpoint))
        })
        .collect();
    let members = world.clusters().iter().flat_map(|cluster| &cluster.pods);
    let pods: Vec<_> = world
        .pods()
        .iter()
        .chain(members)
        .map(|pod| (world.usage(pod), world.role(pod), world.status_changed_at(pod)))
        .collect();
    format!("{endpoints:?} {:?} {pods:?} {:?} {}", world.pods(), world.account(), world.spend_limit())
}

#[test]
fn the_same_seed_and_time_give_the_same_world() {
    let ((one, clock_one), (two, clock_two)) = (world(7, 12), world(7, 12));
    assert_eq!(everything(&one), everything(&two));
    clock_one.advance(SignedDuration::from_mins(17));
    clock_two.advance(SignedDuration::from_mins(17));
    assert_eq!(everything(&one), everything(&two));
    assert_ne!(everything(&one), everything(&world(8, 12).0));
}

#[test]
fn frequent_and_late_reads_return_the_same() {
    let ((early, clock_early), (late, clock_late)) = (world(3, 6), world(3, 6));
    for _ in 0..200 {
        clock_early.advance(SignedDuration::from_millis(7_300));
        everything(&early);
    }
    clock_late.advance(SignedDuration::from_millis(7_300 * 200));
    assert_eq!(everything(&early), everything(&late));
}

/// Two worlds with the same scenes at the same times. One of them is read in between.
#[test]
fn reads_do_not_change_a_scene() {
    for scene in SCENES {
        let worlds = [true, false].map(|is_read| {
            let clock = ManualClock::new(START);
            let size = Size { endpoints: 3, pods: 2, clusters: 1 };
            let world = World::new(Population::Healthy, 9, size, Arc::new(clock.clone()));
            let active = ActiveScenes::default();
            for scenes in [vec![scene], Vec::new(), vec![scene]] {
                for _ in 0..60 {
                    clock.advance(SignedDuration::from_millis(7_300));
                    if is_read {
                        everything(&world);
                    }
                }
                active.play(&world, scenes);
            }
            clock.advance(SignedDuration::from_mins(9));
            everything(&world)
        });
        assert!(worlds[0] == worlds[1], "{scene:?}");
    }
}

#[test]
fn jobs_are_conserved_and_counters_never_decrease() {
    let (world, clock) = world(5, 12);
    let mut before = all_counts(&world);
    for _ in 0..300 {
        clock.advance(SignedDuration::from_secs(15));
        let now = all_counts(&world);
        for (old, new) in before.iter().zip(&now) {
            let totals = new.totals;
            assert_eq!(totals.arrived, new.queued + new.in_progress + totals.finished());
            assert!(totals.completed >= old.totals.completed && totals.failed >= old.totals.failed);
            assert!(totals.retried >= old.totals.retried && totals.cancelled >= old.totals.cancelled);
            assert!(totals.timed_out >= old.totals.timed_out && totals.arrived >= old.totals.arrived);
            assert!(new.billed >= old.billed);
        }
        before = now;
    }
}

#[test]
fn workers_stay_within_their_limits() {
    let (world, clock) = world(11, 6);
    for _ in 0..400 {
        clock.advance(SignedDuration::from_secs(9));
        for endpoint in world.endpoints() {
            let (counts, scaling) =
                (world.counts(&endpoint).workers, world.scaling(endpoint.configuration()));
            let active = counts.placed() + counts.throttled + counts.unhealthy;
            assert!(active <= scaling.workers_max, "{}: {counts:?}", endpoint.configuration().name);
        }
    }
}

/// Each kind shows its typical behavior within an hour.
#[test]
fn each_endpoint_kind_is_observable() {
    let (world, clock) = world(1, 6);
    let endpoints = world.endpoints();
    let of = |kind| {
        let found = endpoints.iter().find(|endpoint| endpoint.configuration().kind == kind);
        world.counts(found.unwrap())
    };
    let (mut burst, mut cold, mut throttled, mut unhealthy, mut busy) = (0, 0, 0, 0, 0);
    let (mut asleep, mut queued) = (0, 0);
    for _ in 0..240 {
        clock.advance(SignedDuration::from_secs(15));
        burst = burst.max(of(EndpointKind::Bursty).workers.running);
        let sleeper = of(EndpointKind::ScaleToZero).workers;
        cold += sleeper.initializing;
        asleep += u32::from(sleeper.placed() == 0);
        let scarce = of(EndpointKind::Throttled);
        throttled += scarce.workers.throttled;
        queued = queued.max(scarce.queued);
        unhealthy += of(EndpointKind::Unhealthy).workers.unhealthy;
        busy += u32::from(of(EndpointKind::Steady).in_progress > 0);
    }
    assert!(burst >= 4, "bursts reached {burst} workers");
    assert!(cold > 0 && asleep > 100, "{cold} cold starts, asleep {asleep} of 240 times");
    assert!(throttled > 200 && queued >= 3, "{throttled} times throttled, up to {queued} jobs queued");
    assert!(unhealthy > 100, "{unhealthy} times unhealthy");
    assert!(busy > 200, "{busy} of 240 times busy");
    assert!(all_counts(&world).iter().all(|counts| counts.queued < 200), "a queue grows without limit");
}

#[test]
fn a_new_world_has_a_history() {
    let (world, _) = world(1, 6);
    for endpoint in world.endpoints() {
        let counts = world.counts(&endpoint);
        assert!(counts.totals.completed > 1_000, "{counts:?}");
    }
    let steady = &world.endpoints()[0];
    assert!(world.finished_jobs(steady).len() > 100);
    assert!(world.latency(steady).p99.is_some());
}

#[test]
fn the_balance_falls_with_the_spend() {
    let (world, clock) = world(1, 6);
    let before = world.account();
    clock.advance(SignedDuration::from_mins(30));
    let after = world.account();
    let paid = after.paid - before.paid;
    let expected = f64::midpoint(before.spend.total(), after.spend.total()) / 2.0;
    assert!((before.balance - after.balance - paid).abs() < 1e-9);
    assert!((0.5..2.0).contains(&(paid / expected)), "paid {paid}, expected about {expected}");
    assert!(after.spend.total() < world.spend_limit(), "{:?}", after.spend);
}

/// An exporter warns from four fifths of the limit on, and if the balance lasts less than a day.
#[test]
fn a_healthy_account_of_any_size_spends_less_than_its_limit() {
    let sizes =
        [0, 1, 3, 14, 40].map(|number| [(number, 0, 0), (0, number, 0), (0, 0, number), (number, 8, 2)]);
    for (endpoints, pods, clusters) in sizes.into_iter().flatten().chain([(6, 8, 0), (2, 2, 1), (14, 50, 9)])
    {
        for machines in [0, 3] {
            let clock = ManualClock::new(START);
            let size = Size { endpoints, pods, clusters };
            let world = World::new(Population::Healthy, 5, size, Arc::new(clock.clone()));
            world.set_machines(machines);
            for _ in 0..40 {
                let (account, limit) = (world.account(), world.spend_limit());
                let spend = account.spend.total();
                assert!(spend < 0.8 * limit, "{size:?}, {machines} machines: {spend} of {limit}");
                assert!(account.balance > 24.0 * spend, "{size:?}: {account:?}");
                clock.advance(SignedDuration::from_mins(3));
            }
        }
    }
}

/// Runpod's default limit, and more only for an account that needs it.
#[test]
fn the_spend_limit_of_the_usual_account_is_the_default() {
    let limit = |population, clusters| {
        let size = Size { endpoints: 6, pods: 8, clusters };
        World::new(population, 1, size, Arc::new(ManualClock::new(START))).spend_limit()
    };
    for population in [Population::Usual, Population::Healthy] {
        assert!((limit(population, 0) - 80.0).abs() < 1e-9);
        assert!(limit(population, 1) > 100.0);
    }
}

#[test]
fn after_a_week_the_account_was_recharged_and_catching_up_is_bounded() {
    let (world, clock) = world(1, 6);
    let before = all_counts(&world);
    clock.advance(SignedDuration::from_hours(24 * 7));
    assert!(world.account().balance > 0.0);
    for (old, new) in before.iter().zip(all_counts(&world)) {
        let new_jobs = new.totals.arrived - old.totals.arrived;
        assert!(new_jobs < 20_000, "more than the last hour was simulated: {new_jobs}");
    }
}

#[test]
fn endpoints_are_added_and_removed() {
    let (world, clock) = world(1, 3);
    let id = world.add_endpoint("mine");
    assert_eq!(world.endpoint(&id).unwrap().configuration().name, "mine");
    clock.advance(SignedDuration::from_mins(10));
    let before = world.account().paid;
    assert!(world.remove_endpoint(&id));
    assert!(!world.remove_endpoint(&id));
    assert!(world.endpoint(&id).is_none());
    assert_eq!(world.endpoints().len(), 3);
    assert!((world.account().paid - before).abs() < 1e-9, "the cost of a removed endpoint stays paid");
    assert_ne!(world.add_endpoint("mine"), id, "an id is not reused");
}

#[test]
fn a_clock_that_moves_backwards_changes_nothing() {
    let (world, clock) = world(1, 6);
    clock.advance(SignedDuration::from_mins(5));
    let before = all_counts(&world);
    clock.advance(SignedDuration::from_hours(-2));
    assert_eq!(all_counts(&world), before);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// For every order and time of reads.
    #[test]
    fn reads_change_nothing(
        seed in 0..1_000_u64,
        reads in proptest::collection::vec((0..6_usize, 0..90_000_i64, 0..4_u8), 1..60),
    ) {
        let ((read, clock_read), (unread, clock_unread)) = (world(seed, 6), world(seed, 6));
        for (index, milliseconds, what) in reads {
            clock_read.advance(SignedDuration::from_millis(milliseconds));
            clock_unread.advance(SignedDuration::from_millis(milliseconds));
            let endpoint = &read.endpoints()[index];
            match what {
                0 => drop(read.counts(endpoint)),
                1 => drop(read.workers(endpoint)),
                2 => drop(read.finished_jobs(endpoint)),
                _ => drop(read.account()),
            }
        }
        prop_assert_eq!(everything(&read), everything(&unread));
    }
}
