//! The scenarios: what happens in a simulated account, and when.

/// Something that happens.
#[derive(Debug, Clone, Copy)]
pub(super) enum Event {
    /// These scenes begin, and all others end.
    Play(&'static [&'static str]),
    /// A fault begins, in the syntax of the command line.
    Fault(&'static str),
    /// All faults end.
    Recover,
    /// The exporter is restarted.
    Restart,
}

/// What happens in a simulated account.
#[derive(Debug, Clone)]
pub(super) struct Scenario {
    pub(super) name: &'static str,
    pub(super) about: &'static str,
    pub(super) endpoints: usize,
    /// The scenes at the start. Without any, the account has its usual problems.
    pub(super) start: &'static [&'static str],
    pub(super) minutes: i64,
    /// The events, each with its minute.
    pub(super) events: Vec<(i64, Event)>,
}

const HEALTHY: &[&str] = &["healthy"];

/// The scenarios apart from those of single scenes.
pub(super) fn scenarios() -> Vec<Scenario> {
    let scenario = |name, about, endpoints, minutes, events: &[(i64, Event)]| Scenario {
        name,
        about,
        endpoints,
        start: HEALTHY,
        minutes,
        events: events.to_vec(),
    };
    vec![
        Scenario {
            start: &[],
            ..scenario("demo", "the demo with its usual problems, for 30 minutes", 10, 30, &[])
        },
        scenario("healthy-demo", "a healthy account with ten endpoints, for two hours", 10, 120, &[]),
        scenario(
            "job-api-down",
            "the job API answers 502 for 20 minutes, with 100 endpoints",
            100,
            60,
            &[(10, Event::Fault("jobs=bad-gateway")), (30, Event::Recover)],
        ),
        scenario(
            "graphql-down",
            "GraphQL answers 502 for 20 minutes",
            10,
            60,
            &[(10, Event::Fault("graphql=bad-gateway")), (30, Event::Recover)],
        ),
        scenario(
            "runpod-down",
            "every API of Runpod answers 502 for 20 minutes",
            10,
            60,
            &[
                (10, Event::Fault("graphql=bad-gateway")),
                (10, Event::Fault("jobs=bad-gateway")),
                (10, Event::Fault("rest=bad-gateway")),
                (30, Event::Recover),
            ],
        ),
        scenario(
            "job-api-rate-limited",
            "the job API answers 429 for 20 minutes",
            10,
            60,
            &[(10, Event::Fault("jobs=rate-limited(10)")), (30, Event::Recover)],
        ),
        scenario(
            "rate-limited",
            "every API of Runpod answers 429 for 30 minutes",
            10,
            70,
            &[
                (10, Event::Fault("graphql=rate-limited(10)")),
                (10, Event::Fault("jobs=rate-limited(10)")),
                (10, Event::Fault("rest=rate-limited(10)")),
                (40, Event::Recover),
            ],
        ),
        scenario(
            "key-revoked-in-incident",
            "the key is revoked in the middle of an incident and replaced after 20 minutes",
            10,
            90,
            &[
                (10, Event::Play(&["idle-workers"])),
                (35, Event::Play(&["idle-workers", "rejected-key"])),
                (55, Event::Play(&["idle-workers"])),
                (65, Event::Play(HEALTHY)),
            ],
        ),
        scenario(
            "restart",
            "the exporter of a healthy account is restarted",
            10,
            60,
            &[(20, Event::Restart)],
        ),
        scenario(
            "restart-in-incident",
            "the exporter is restarted in the middle of an incident",
            10,
            80,
            &[(10, Event::Play(&["idle-workers"])), (35, Event::Restart), (50, Event::Play(HEALTHY))],
        ),
        scenario(
            "balance-gone",
            "auto-pay fails; the balance of three hours is used up and refilled an hour later",
            6,
            290,
            &[(10, Event::Play(&["low-balance"])), (250, Event::Play(HEALTHY))],
        ),
    ]
}

/// The scenario of a scene: ten healthy minutes, the scene, and recovery.
pub(super) fn of_scene(name: &'static str, about: &'static str) -> Scenario {
    // These problems must last before they are reported.
    let lasts = match name {
        "idle-pod" | "standby-without-minimum" | "release" => 110,
        _ => 40,
    };
    let scenes = Box::leak(Box::new([name]));
    Scenario {
        name,
        about,
        endpoints: 6,
        start: HEALTHY,
        minutes: 10 + lasts + 40,
        events: vec![(10, Event::Play(scenes)), (10 + lasts, Event::Play(HEALTHY))],
    }
}
