//! Log streams: their form, where they start, and how they break.

use std::pin::pin;
use std::time::Duration;

use tokio::time::timeout;

use super::*;
use crate::rest::Resumption;

/// Longer than it takes to receive an existing line.
const TIMEOUT: Duration = Duration::from_secs(10);

/// The lines of an event, without the empty one.
type Event = Vec<String>;

impl Running {
    /// The first events of a stream, at most `most`, or all until it ends.
    async fn events(&self, path: &str, headers: &str, most: usize) -> Vec<Event> {
        let headers = format!("User-Agent: test\r\nAuthorization: Bearer key\r\n{headers}");
        let mut stream = self.open(&format!("GET /rest/v2/{path}"), &headers, "").await.unwrap();
        let mut text = String::new();
        let whole = |text: &str| text.matches("\n\n").count() >= most;
        let mut buffer = [0; 4_096];
        while !whole(&text) {
            match timeout(TIMEOUT, stream.read(&mut buffer)).await.unwrap() {
                Ok(0) | Err(_) => break,
                Ok(length) => text += &String::from_utf8_lossy(&buffer[..length]),
            }
        }
        let body = text.split("\r\n\r\n").skip(1).collect::<Vec<_>>().join("\r\n\r\n");
        // Chunk sizes are lines of their own.
        let lines = body.lines().filter(|line| line.is_empty() || line.contains(": "));
        let lines: Vec<&str> = lines.collect();
        let mut events: Vec<_> = lines.split(|line| line.is_empty()).collect();
        events.pop(); // an event without an empty line is incomplete
        let events = events.into_iter().filter(|event| event.len() == 2).take(most);
        events.map(|event| event.iter().map(|line| (*line).to_owned()).collect()).collect()
    }

    fn pod(&self, number: usize) -> String {
        self.simulator.world().pods()[number].id.clone()
    }
}

fn ids(events: &[Event]) -> Vec<&str> {
    events.iter().map(|event| event[0].strip_prefix("id: ").unwrap()).collect()
}

fn data(event: &Event) -> Value {
    serde_json::from_str(event[1].strip_prefix("data: ").unwrap()).unwrap()
}

#[tokio::test]
async fn lines_have_the_recorded_form() {
    let recorded = include_str!("../../../../../tests/fixtures/worker_logs_container.sse");
    let mut recorded = recorded.lines();
    let (id, line) = (recorded.next().unwrap(), recorded.next().unwrap());
    let keys = |line: &str| -> Vec<String> {
        let names = line.split('"').collect::<Vec<_>>();
        ["source", "line", "ts"].into_iter().filter(|name| names.contains(name)).map(str::to_owned).collect()
    };
    let running = Running::start(&Options::default()).await;
    let events = running.events(&format!("pods/{}/logs?tail=20", running.pod(0)), "", 20).await;
    assert_eq!(events.len(), 20);
    for event in &events {
        assert!(event[0].starts_with("id: ") && id.starts_with("id: "), "{event:?}");
        assert!(event[1].starts_with("data: {\"source\":\"") && line.starts_with("data: {\"source\":\""));
        assert_eq!(keys(&event[1]), keys(line));
        let data = data(event);
        assert_eq!(data["ts"].as_str(), event[0].strip_prefix("id: "));
        assert!(data["ts"].as_str().unwrap().parse::<Timestamp>().is_ok());
        assert!(["container", "system"].contains(&data["source"].as_str().unwrap()));
        assert!(data["line"].is_string() && data.as_object().unwrap().len() == 3);
    }
}

#[tokio::test]
async fn a_stream_starts_where_requested() {
    let running = Running::start(&Options::default()).await;
    let path = format!("pods/{}/logs", running.pod(0));
    let all = running.events(&format!("{path}?tail=50"), "", 50).await;
    assert_eq!(running.events(&format!("{path}?tail=5"), "", 5).await, all[45..]);
    assert_eq!(running.events(&path, "", 100).await[50..], all);
    let moment = ids(&all)[40].to_owned();
    let first = ids(&all).iter().position(|id| **id == moment).unwrap();
    let since = running.events(&format!("{path}?since={moment}&tail=1"), "", 50 - first).await;
    assert_eq!(since, all[first..], "since takes precedence over tail, and includes its timestamp");
    let header = format!("Last-Event-ID: {moment}\r\n");
    let resumed = running.events(&format!("{path}?since=2020-01-01T00:00:00Z"), &header, 50 - first).await;
    assert_eq!(resumed, since, "the cursor takes precedence over since");
    let options = RestOptions { resumption: Resumption::Behind, ..RestOptions::default() };
    let behind = Running::with_rest(options).await;
    let later = ids(&all).iter().position(|id| *id > &*moment).unwrap();
    assert_eq!(behind.events(&path, &header, 50 - later).await, all[later..]);
}

#[tokio::test]
async fn unknown_sources_and_invalid_parameters_are_refused() {
    let running = Running::start(&Options::default()).await;
    let (pod, endpoint) = (running.pod(0), running.first_endpoint());
    for (path, status) in [
        ("pods/none/logs".to_owned(), 404),
        (format!("serverless/{endpoint}/workers/none/logs"), 404),
        ("serverless/none/workers/none/logs".to_owned(), 404),
        (format!("pods/{pod}/logs?tail=5001"), 400),
        (format!("pods/{pod}/logs?tail=many"), 400),
        (format!("pods/{pod}/logs?since=yesterday"), 400),
        (format!("pods/{pod}/logs?source=kernel"), 400),
    ] {
        assert_eq!(running.rest(&path).await.status, status, "{path}");
    }
    for (fault, status) in [("not-found", 404), ("gone", 410), ("unauthorized", 401)] {
        running.simulator.faults().replace(vec![format!("rest.logs={fault}").parse().unwrap()]);
        assert_eq!(running.rest(&format!("pods/{pod}/logs")).await.status, status, "{fault}");
        assert_eq!(running.rest("pods").await.status, 200);
    }
}

#[tokio::test]
async fn a_stream_breaks_within_a_line_and_continues_with_the_clock() {
    let running = Running::start(&Options::default()).await;
    let path = format!("pods/{}/logs?tail=50", running.pod(0));
    running.simulator.faults().add("rest.logs=cut(7)*1".parse().unwrap());
    let cut = running.events(&path, "", usize::MAX).await;
    assert_eq!(cut.len(), 7);
    let path = format!("pods/{}/logs?tail=0", running.pod(0));
    let mut live = pin!(running.events(&path, "", 5));
    let live = loop {
        tokio::select! {
            live = &mut live => break live,
            () = tokio::time::sleep(Duration::from_millis(20)) => running.clock.advance(jiff::SignedDuration::from_secs(1)), // polling
        }
    };
    assert_eq!(live.len(), 5);
    assert!(ids(&live).is_sorted() && ids(&live)[0] > *ids(&cut).last().unwrap());
}

/// Lines do not depend on earlier reads, and workers log their jobs.
#[tokio::test]
async fn workers_log_their_jobs() {
    let running = Running::start(&Options::default()).await;
    running.advance_minutes(3);
    let world = running.simulator.world();
    let endpoint = Arc::clone(&world.endpoints()[0]);
    let workers = running.json(&format!("serverless/{}/workers", endpoint.configuration().id)).await;
    let mut finished = 0;
    for worker in array(&workers, "workers") {
        let id = worker["id"].as_str().unwrap();
        let log = world.worker_log(&endpoint, id).unwrap();
        assert!(log.is_sorted_by_key(|line| line.at));
        for position in 0..log.len() {
            let after = log[position].at;
            let rest: Vec<_> = log.iter().filter(|line| line.at > after).cloned().collect();
            assert_eq!(world.worker_log_after(&endpoint, id, Some(after)).unwrap(), rest);
        }
        finished += log.iter().filter(|line| line.text.contains("\"Finished.\"")).count();
        let path = format!("serverless/{}/workers/{id}/logs?tail=5000", endpoint.configuration().id);
        let events = running.events(&path, "", log.len()).await;
        let texts: Vec<_> =
            events.iter().map(|event| data(event)["line"].as_str().unwrap().to_owned()).collect();
        assert_eq!(texts, log.iter().map(|line| line.text.clone()).collect::<Vec<_>>());
    }
    assert!(finished > 10, "{finished}");
}
