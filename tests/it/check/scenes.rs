//! What `check` says about each scene: the expected exit code, and the finding that it names first.

use runpod_simulator::scene::{SCENES, Scene};

/// What is expected of a scene.
pub(super) struct Expected {
    pub(super) scene: &'static Scene,
    /// The exit code with the status of an exporter that has watched the scene.
    pub(super) watched: i32,
    /// The exit code of a check that has seen nothing before.
    pub(super) cold: i32,
    /// Why a check of its own cannot see it.
    pub(super) invisible: Option<&'static str>,
}

/// The scenes with their exit codes: watched, cold.
const CODES: [(&str, i32, i32, Option<&str>); 28] = [
    ("healthy", 0, 0, None),
    ("no-capacity", 2, 2, None),
    ("crash-loop", 2, 2, None),
    ("idle-workers", 2, 1, None),
    ("no-workers", 2, 2, None),
    ("cold-start", 0, 0, None),
    ("deep-queue", 1, 1, None),
    ("throttled", 0, 0, None),
    ("unhealthy-workers", 1, 1, None),
    ("slow", 0, 0, Some("latency")),
    ("failing-handler", 1, 1, None),
    ("every-job-fails", 2, 0, Some("rare failures")),
    ("workers-max-zero", 2, 2, None),
    ("workers-max-lowered", 0, 0, Some("a maximum that was lowered")),
    ("standby-without-minimum", 0, 0, None),
    ("release", 0, 0, None),
    ("idle-pod", 0, 0, Some("idle pods")),
    ("stopped-pod", 0, 0, None),
    ("incomplete-cluster", 0, 0, None),
    ("low-balance", 1, 1, None),
    ("no-balance", 2, 2, None),
    ("near-spend-limit", 0, 0, None),
    ("rejected-key", 3, 3, None),
    ("metrics-forbidden", 0, 0, None),
    ("retired-graphql", 0, 0, None),
    ("rationed", 0, 0, None),
    ("unreadable-endpoint", 2, 2, None),
    ("old-data", 1, 0, Some("old data")),
];

/// What is expected of each scene.
pub(super) fn expected() -> Vec<Expected> {
    assert_eq!(CODES.len(), SCENES.len(), "a scene has no exit code");
    CODES
        .iter()
        .map(|(name, watched, cold, invisible)| Expected {
            scene: Scene::named(name).unwrap(),
            watched: *watched,
            cold: *cold,
            invisible: *invisible,
        })
        .collect()
}

/// The findings that a text explains with what to do, in order: the first one is the cause.
pub(super) fn causes(text: &str) -> Vec<&str> {
    let name = |line: &'_ str| -> bool { line.starts_with("  ") && !line.starts_with("   ") };
    let is_name = |name: &&str| {
        name.contains('_') && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
    };
    text.lines()
        .filter(|line| name(line))
        .filter_map(|line| line.trim().split([':', ',']).next())
        .filter(is_name)
        .collect()
}
