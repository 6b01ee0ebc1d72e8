//! Waits inside a scrape: each ends with the deadline of the scrape.
//!
//! Whether the deadlines are right is tested in `deadline/`; this finds a wait that is added without one.

use std::path::Path;

use super::sources::{code, files};

/// What runs in a scrape. Log streams belong to none.
const FOLDERS: [&str; 3] = ["crates/runpod/src", "src/gather", "src/scrape"];
const OUTSIDE: &str = "crates/runpod/src/logs";

/// Methods that wait for another task.
const WAITS: [&str; 14] = [
    "lock",
    "read",
    "write",
    "acquire",
    "acquire_owned",
    "acquire_many",
    "notified",
    "changed",
    "wait_for",
    "recv",
    "join_next",
    "join_next_with_id",
    "join_all",
    "closed",
];

/// Waits whose deadline is elsewhere.
const ALLOWED: [(&str, &str, &str); 3] = [
    ("crates/runpod/src/transport/resolver.rs", "wait_for", "a part of a request, which has a deadline"),
    ("crates/runpod/src/graphql/negotiate.rs", "lock", "the sender limits the whole request"),
    ("src/gather/lookups.rs", "join_next", "each task is a request with a deadline of its own"),
];

/// The methods of [`WAITS`] that a statement awaits without a deadline.
fn unlimited(code: &str) -> Vec<&'static str> {
    let statements = code.split([';', '{', '}']);
    let awaiting = statements.filter(|text| text.contains(".await") && !text.contains("timeout_at("));
    let calls = |text: &str, method: &str| {
        text.match_indices(&format!(".{method}(")).any(|(at, found)| {
            let rest = &text[at + found.len()..];
            let end = rest.find(')').map_or("", |end| &rest[end + 1..]);
            end.trim_start().starts_with(".await")
        })
    };
    let found = awaiting.flat_map(|text| WAITS.into_iter().filter(move |method| calls(text, method)));
    found.collect()
}

#[test]
fn every_wait_in_a_scrape_has_a_deadline() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut used = vec![false; ALLOWED.len()];
    let mut broken = Vec::new();
    for file in FOLDERS.iter().flat_map(|folder| files(&root.join(folder))) {
        let place = file.strip_prefix(root).unwrap();
        if place.starts_with(OUTSIDE) {
            continue;
        }
        for method in unlimited(&code(&file)) {
            let is = |(path, name, _): &(&str, &str, &str)| place == Path::new(path) && *name == method;
            match ALLOWED.iter().position(is) {
                Some(position) => used[position] = true,
                None => {
                    broken.push(format!("{}: .{method}().await outside of timeout_at()", place.display()));
                }
            }
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
    assert!(used.iter().all(|used| *used), "an exception is no longer needed: {ALLOWED:?}");
}

#[test]
fn a_wait_without_a_deadline_is_detected() {
    assert_eq!(unlimited("let guard = self.state.lock().await;"), ["lock"]);
    assert_eq!(unlimited("while let Some(x) = tasks.join_next().await { }"), ["join_next"]);
    assert_eq!(unlimited("timeout_at(deadline, self.places.acquire()).await"), [""; 0]);
    assert_eq!(unlimited("let guard = self.state.lock(); other.await"), [""; 0]);
}
