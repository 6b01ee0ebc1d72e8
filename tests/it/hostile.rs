//! Names and ids that nobody would choose: commands of a terminal, the key, paths.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State;
use axum::http::{Method, Uri};
use clock::ManualClock;
use runpod_simulator::Options;
use serde_json::json;

use crate::command::{command, end};
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
        let mut command = command(args);
        command
            .env("RUNPOD_API_KEY", KEY)
            .env("RUNPOD_GRAPHQL_URL", format!("http://{}/graphql", upstream.address))
            .env("RUNPOD_JOBS_URL", format!("http://{}/v2", upstream.address))
            .env("RUNPOD_REST_URL", format!("http://{}/rest/v2", upstream.address))
            .args(["--log.level=trace", "--log.format", format]);
        let ended = end(command).await;
        // Programs read what is not a terminal: names are data there.
        let is_data = args == ["scrape"];
        assert!(is_data || !ended.stdout.contains(is_obeyed), "{args:?}: {}", ended.stdout);
        assert!(!ended.stderr.contains(is_obeyed), "{args:?}: {}", ended.stderr);
        assert!(!ended.stdout.contains("\nRunpod endpoint forged"), "{args:?}: {}", ended.stdout);
        for text in [&ended.stdout, &ended.stderr] {
            assert!(!text.contains(KEY), "{args:?}: {text}");
        }
        let has_names = !ended.stdout.is_empty() || ended.stderr.contains("known");
        assert!(
            !has_names || ended.stdout.contains("redacted") || ended.stderr.contains("redacted"),
            "{args:?}: {} {}",
            ended.stdout,
            ended.stderr
        );
    }
    let exporter = upstream.exporter().await;
    for path in ["/metrics", "/", "/api/v1/status", "/ready"] {
        let text = exporter.get(path).send().await.unwrap().text().await.unwrap();
        assert!(!text.contains(KEY), "{path}");
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
async fn an_id_that_is_no_segment_of_a_path_is_not_requested() {
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
