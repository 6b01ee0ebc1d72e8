//! `record`, and `--replay` of the other commands.

use std::path::Path;

use axum::Router;
use axum::response::Html;
use axum::routing::any;
use runpod_simulator::Options;
use tempfile::{TempDir, tempdir};

use crate::command::{Ended, command, end, listening, reading, reading_from, terminate};
use crate::support::{Upstream, client, stub};

/// A recording of a simulated account, made with these flags.
async fn recorded(flags: &[&str]) -> (TempDir, Ended) {
    let upstream = Upstream::start(Options::default()).await;
    let folder = tempdir().unwrap();
    let flags = [&["record", folder.path().to_str().unwrap()], flags].concat();
    let ended = end(reading(&flags, &upstream)).await;
    (folder, ended)
}

fn replay(folder: &Path) -> String {
    format!("--replay={}", folder.display())
}

#[tokio::test]
async fn record_reports_what_it_requested_and_replaced() {
    let (folder, Ended { code, stdout, stderr }) = recorded(&[]).await;
    assert_eq!(code, 0, "{stdout}{stderr}");
    for part in [
        "jobs     health           200",
        "rest     openapi          200",
        "rest     logs             200",
        "rest     account_limits   200",
        "ids ",
        "Look through the files",
    ] {
        assert!(stdout.contains(part), "{part}: {stdout}");
    }
    assert!(!stdout.contains("does not know"), "the simulator has no unknown values: {stdout}");
    let index = std::fs::read_to_string(folder.path().join("recording.json")).unwrap();
    assert!(!index.contains("127.0.0.1"), "{index}");

    let Ended { code, stdout, stderr } = end(command(&["scrape", &replay(folder.path())])).await;
    assert_eq!(code, 0, "{stderr}");
    assert!(stderr.contains("Runpod is not read") && !stderr.contains("has no answer"), "{stderr}");
    assert!(
        stdout.contains("runpod_up{account=\"default\"} 1") && stdout.contains("mode=\"replay\""),
        "{stdout}"
    );
    assert!(!stdout.contains("collector_success{account=\"default\",collector=\"requests\"} 0"), "{stdout}");

    let Ended { code, stdout, .. } = end(command(&["check", &replay(folder.path())])).await;
    assert!(code < 3, "{stdout}");
    assert!(
        stdout.contains(&format!("from one sample of the recording {}", folder.path().display())),
        "{stdout}"
    );
}

/// A portal in front of the network answers everything with a page of its own.
#[tokio::test]
async fn a_recording_without_a_usable_answer_is_an_error_with_its_reason() {
    let portal = Router::new().fallback(any(|| async { Html("<html>Please log in</html>") }));
    let (address, _server) = stub(portal).await;
    let folder = tempdir().unwrap();
    let Ended { code, stdout, stderr } =
        end(reading_from(&["record", folder.path().to_str().unwrap()], address)).await;
    assert_eq!(code, 1, "{stdout}{stderr}");
    assert!(stdout.contains("0 failed"), "all have status 200: {stdout}");
    let error = stderr.lines().last().unwrap_or_default();
    assert!(error.contains("the recording has no usable answer: ") && error.contains("doctor"), "{stderr}");
}

/// The list of GPU types needs no key, and does not make up for a wrong one.
#[tokio::test]
async fn a_recording_with_a_rejected_key_is_an_error() {
    let upstream = Upstream::start(Options::default()).await;
    let folder = tempdir().unwrap();
    let mut record = reading(&["record", folder.path().to_str().unwrap()], &upstream);
    record.env("RUNPOD_API_KEY", "rpa_of_nobody");
    let Ended { code, stdout, stderr } = end(record).await;
    assert_eq!(code, 1, "{stdout}{stderr}");
    assert!(stdout.contains("graphql  gpus             200"), "{stdout}");
    assert!(stderr.contains("no usable answer") && stderr.contains("API key rejected (401)"), "{stderr}");
}

#[tokio::test]
async fn serve_says_on_its_page_that_it_is_a_recording() {
    let (folder, _) = recorded(&["--collectors=endpoints,health"]).await;
    let nowhere = Upstream::start(Options::default()).await;
    let before = nowhere.simulator.traffic().report();
    let running = listening(&["serve", &replay(folder.path())], &nowhere).await;
    let get = async |path: &str| {
        client().get(format!("http://{}{path}", running.address)).send().await.unwrap().text().await.unwrap()
    };
    assert!(get("/metrics").await.contains("mode=\"replay\""));
    assert!(get("/").await.contains("<strong>Recording</strong>"));
    assert!(get("/api/v1/status").await.contains("\"mode\":\"replay\""));
    assert!(get("/sd/pods?port=8000").await.contains("stand-ins"), "no stranger is scraped");
    assert_eq!(nowhere.simulator.traffic().report(), before, "nothing is sent");
    terminate(running).await;
}

#[tokio::test]
async fn a_request_without_an_answer_names_the_folder_and_the_request() {
    let (folder, Ended { code, stdout, .. }) = recorded(&["--collectors=endpoints,health"]).await;
    assert_eq!(code, 0, "{stdout}");
    let Ended { code, stdout, stderr } =
        end(command(&["scrape", "--collectors=endpoints,billing", &replay(folder.path())])).await;
    assert_eq!(code, 0, "{stderr}");
    let message = format!("the recording {} has no answer to GET /billing", folder.path().display());
    assert!(stderr.contains(&message), "{stderr}");
    assert!(
        stdout.contains("runpod_collector_success{account=\"default\",collector=\"billing\"} 0"),
        "{stdout}"
    );
}

#[tokio::test]
async fn what_cannot_be_recorded_or_replayed_is_an_error() {
    let (folder, _) = recorded(&["--collectors=endpoints,health"]).await;
    let path = folder.path().to_str().unwrap();
    let upstream = Upstream::start(Options::default()).await;
    let Ended { code, stderr, .. } = end(reading(&["record", path], &upstream)).await;
    assert!(code == 64 && stderr.contains("is not empty"), "{stderr}");
    let file = folder.path().join("recording.json");
    let Ended { code, stderr, .. } = end(reading(&["record", file.to_str().unwrap()], &upstream)).await;
    assert!(code == 64 && stderr.contains("recording.json is not a folder"), "{stderr}");
    let empty = tempdir().unwrap();
    let empty = empty.path().to_str().unwrap();
    let Ended { code, stderr, .. } = end(command(&["record", empty])).await;
    assert!(code == 64 && stderr.contains("no API key"), "{stderr}");
    let Ended { code, stderr, .. } = end(reading(&["record", empty, "--account=other"], &upstream)).await;
    assert!(code == 64 && stderr.contains("--account: use one of"), "{stderr}");
    assert!(std::fs::read_dir(empty).unwrap().next().is_none());
    let Ended { code, stderr, .. } = end(command(&["scrape", "--replay", empty])).await;
    assert!(
        code == 64 && stderr.contains("it has no recording.json; make one with runpod-exporter record DIR"),
        "{stderr}"
    );
    let Ended { code, stderr, .. } = end(command(&["scrape", "--replay", path, "--config.file=x.yml"])).await;
    assert!(code == 64 && stderr.contains("remove --config.file"), "{stderr}");
    let checked = end(command(&["serve", "--config.check", "--replay", empty])).await;
    assert!(checked.code == 64 && checked.stderr.contains("is not a recording"), "{}", checked.stderr);
    let index = folder.path().join("recording.json");
    let text = std::fs::read_to_string(&index).unwrap();
    for (change, to, error) in [
        ("\"format\": 1", "\"format\": 99", "format 1"),
        ("graphql/", "../graphql/", "outside of the recording"),
        ("{", "", "recording.json is not the index of a recording: "),
    ] {
        std::fs::write(&index, text.replacen(change, to, 1)).unwrap();
        let Ended { code, stderr, .. } = end(command(&["check", "--replay", path])).await;
        assert!(code == 64 && stderr.contains(error), "{error}: {stderr}");
    }
}

#[tokio::test]
async fn an_api_that_does_not_answer_is_in_the_report() {
    let mut closed = Upstream::start(Options::default()).await;
    closed.address = "127.0.0.1:1".parse().unwrap();
    let folder = tempdir().unwrap();
    let Ended { code, stdout, .. } =
        end(reading(&["record", folder.path().to_str().unwrap()], &closed)).await;
    assert_eq!(code, 1, "{stdout}");
    assert!(stdout.contains("graphql  endpoints        connect"), "{stdout}");
    let Ended { code, stderr, .. } = end(command(&["scrape", &replay(folder.path())])).await;
    assert!(
        code == 1 && stderr.contains("a failure (connect) in place of an answer to POST / of graphql"),
        "{stderr}"
    );
}
