//! Names and ids that nobody would choose: commands of a terminal, the key, paths.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State;
use axum::http::{Method, Uri};
use clock::ManualClock;
use runpod::ApiKey;
use runpod_exporter::testing::config::Account;
use runpod_simulator::Options;
use serde_json::json;

use crate::command::{end, reading};
use crate::support::{Exporter, KEY, Upstream, account, noon, stub};

/// Names that a terminal would obey.
const COMMANDS: [&str; 5] = [
    "\u{1b}]52;c;cm0gLXJm\u{7}",
    "\u{1b}[2J\u{9b}31m",
    "one\nRunpod endpoint forged: healthy",
    "\u{202e}gpj.exe\u{2066}",
    "line\u{2028}separator\r",
];

fn is_obeyed(character: char) -> bool {
    let is_mark =
        matches!(character, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    is_mark || (character.is_control() && character != '\t' && character != '\n')
}

#[tokio::test]
async fn no_name_reaches_a_terminal_as_a_command_and_none_is_the_key() {
    let upstream = Upstream::start(Options::default()).await;
    for name in COMMANDS {
        upstream.simulator.world().add_endpoint(name);
    }
    upstream.simulator.world().add_endpoint(KEY);
    upstream.simulator.world().add_endpoint(&format!("my-{KEY}-backup"));
    upstream.fault("health=bad-gateway");
    for (args, format) in [
        (&["check", "--interval=0s"][..], "logfmt"),
        (&["check", "--json", "--interval=0s"], "json"),
        (&["check", "missing", "--interval=0s"], "logfmt"),
        (&["logs", "missing"], "json"),
        (&["scrape"], "logfmt"),
    ] {
        let mut command = reading(args, &upstream);
        command.args(["--log.level=trace", "--log.format", format]);
        let ended = end(command).await;
        // Programs read what is not a terminal: names are data there.
        let is_data = args == ["scrape"];
        assert!(is_data || !ended.stdout.contains(is_obeyed), "{args:?}: {}", ended.stdout);
        assert!(!ended.stderr.contains(is_obeyed), "{args:?}: {}", ended.stderr);
        assert!(!ended.stdout.contains("\nRunpod endpoint forged"), "{args:?}: {}", ended.stdout);
        for text in [&ended.stdout, &ended.stderr] {
            assert!(!text.contains(KEY), "{args:?}: {text}");
        }
        let has_names = !ended.stdout.is_empty() || ended.stderr.contains("known: ");
        assert!(
            !has_names || ended.stdout.contains("redacted") || ended.stderr.contains("redacted"),
            "{args:?}: {} {}",
            ended.stdout,
            ended.stderr
        );
    }
    let exporter = upstream.exporter().await;
    exporter.scrape().await;
    let page = exporter.get("/").send().await.unwrap().text().await.unwrap();
    assert!(!page.contains(is_obeyed), "{page}");
    for shown in [
        "\\u{1b}]52;c;cm0gLXJm\\u{7}",
        "one\\nRunpod endpoint forged",
        "<bdi>\\u{202e}gpj.exe\\u{2066}</bdi>",
    ] {
        assert!(page.contains(shown), "{shown}");
    }
    for path in ["/metrics", "/", "/api/v1/status", "/ready"] {
        let text = exporter.get(path).send().await.unwrap().text().await.unwrap();
        assert!(!text.contains(KEY), "{path}");
    }
}

/// The key of another account of the same exporter.
const OTHER: &str = "rpa_THE0KEY0OF0ANOTHER0ACCOUNT";

/// The same for a key without a prefix, as Runpod used to issue them.
const OLD: &str = "OLDKEYOFANOTHERACCOUNT";

#[tokio::test]
async fn no_account_shows_the_key_of_another() {
    let upstream = Upstream::start(Options::default()).await;
    for name in [OTHER, OLD, &format!("my-{OTHER}-{OLD}")] {
        upstream.simulator.world().add_endpoint(name);
    }
    let other = |name: &str, key: &str| Account {
        name: name.into(),
        key: ApiKey::parse(key).unwrap(),
        ..account(upstream.address)
    };
    let metrics_key = Some(("metrics".into(), ApiKey::parse(OLD).unwrap()));
    let accounts = vec![
        account(upstream.address),
        other("two", OTHER),
        Account { metrics_key, ..other("three", "rpa_THIRD") },
    ];
    let exporter = Exporter::of(accounts, Arc::new(ManualClock::new(noon()))).await;
    let page = exporter.scrape().await;
    assert_eq!(page.count("runpod_endpoint_info", &["endpoint_name=\"[redacted]\""]), 2);
    assert_eq!(page.count("runpod_endpoint_info", &["endpoint_name=\"my-[redacted]-[redacted]\""]), 1);
    for path in ["/metrics", "/", "/api/v1/status", "/ready"] {
        let text = exporter.get(path).send().await.unwrap().text().await.unwrap();
        assert!(!text.contains(OTHER) && !text.contains(OLD), "{path}");
    }
}

#[tokio::test]
async fn no_window_of_the_quota_is_named_like_a_key_and_they_are_few() {
    let count = Arc::new(AtomicUsize::new(0));
    let answer = move || {
        let n = count.fetch_add(1, Ordering::SeqCst);
        let names = [KEY.to_owned(), KEY.to_ascii_lowercase(), OTHER.to_owned(), OLD.to_owned()];
        let more = (0..6).map(|more| format!("w{n}-{more}")).chain(["x".repeat(33), "minute".to_owned()]);
        let windows = names.into_iter().chain(more).map(|name| format!("\"{name}\";r=5;q=9;t=9;w=60"));
        let header = windows.collect::<Vec<_>>().join(", ");
        async move { ([("RateLimit", header)], "[]") }
    };
    let (address, _server) = stub(Router::new().fallback(answer)).await;
    let clock = ManualClock::new(noon());
    let other = |name: &str, key| Account { name: name.into(), key, ..account(address) };
    let accounts = vec![
        account(address),
        other("two", ApiKey::parse(OTHER).unwrap()),
        other("three", ApiKey::parse(OLD).unwrap()),
    ];
    let exporter = Exporter::of(accounts, Arc::new(clock.clone())).await;
    for _ in 0..5 {
        clock.advance(jiff::SignedDuration::from_mins(20));
        let page = exporter.scrape().await;
        let windows = page.count("runpod_api_quota_remaining", &["account=\"default\""]);
        assert!((1..=8).contains(&windows), "{}", page.about("runpod_api_quota_remaining"));
        let shown = page.0.to_ascii_lowercase();
        for key in [KEY, OTHER, OLD] {
            assert!(
                !shown.contains(&key.to_ascii_lowercase()),
                "{}",
                page.about("runpod_api_quota_remaining")
            );
        }
    }
}

/// Everything that is requested from the stub.
type Requested = Arc<Mutex<Vec<String>>>;

async fn answer(State(requested): State<Requested>, method: Method, uri: Uri) -> String {
    let path = uri.path().to_owned();
    requested.lock().unwrap().push(format!("{method} {path}"));
    if path.ends_with("/health") {
        return json!({"jobs": {"inQueue": 3}, "workers": {"idle": 1}}).to_string();
    }
    let ids = [".", "..", "", "../../graphql", "a/b", "x\r\nHost: y", "\u{0}", " ", "a\\b", "good", "..."];
    let endpoints: Vec<_> = ids.iter().map(|id| json!({"id": id, "name": "n"})).collect();
    json!({"data": {"myself": {"id": "u", "endpoints": endpoints, "pods": []}}}).to_string()
}

#[tokio::test]
async fn an_id_that_is_not_a_segment_of_a_path_is_not_requested() {
    let requested = Requested::default();
    let routes = Router::new().fallback(answer).with_state(Arc::clone(&requested));
    let (address, _server) = stub(routes).await;
    let exporter = Exporter::start(account(address), Arc::new(ManualClock::new(noon()))).await;
    let page = exporter.scrape().await;
    let requested = requested.lock().unwrap().clone();
    let mut jobs: Vec<_> =
        requested.iter().filter(|request| request.contains("/v2/") && request.ends_with("/health")).collect();
    jobs.sort_unstable();
    jobs.dedup();
    assert_eq!(jobs, ["GET /v2/.../health", "GET /v2/good/health"], "{requested:?}");
    assert!(
        requested.iter().all(|request| !request.contains("..%2F") && !request.contains("//")),
        "{requested:?}"
    );
    assert_eq!(page.value("runpod_queue_depth", &["endpoint_id=\"good\""]), Some(3.0));
    assert_eq!(page.value("runpod_collector_success", &["collector=\"health\""]), Some(0.0));
}
