//! How the program ends: signals, requests in flight, and closed streams.

use super::*;

#[tokio::test]
async fn a_scrape_in_flight_is_answered_before_exit_with_code_0() {
    let upstream = Upstream::start(Options { delay: Duration::from_millis(400), ..Options::default() }).await;
    let running = listening(&[], &upstream).await;
    first_scrape(&running).await;
    let address = running.address.clone();
    upstream.simulator.traffic().reset();
    let http = client();
    let scrape = http.get(format!("http://{address}/metrics")).send();
    let stop = async {
        upstream.simulator.traffic().until(|report| report.jobs.in_flight > 0).await;
        terminate(running).await
    };
    let (scrape, ended) = tokio::join!(scrape, stop);
    assert!(scrape.unwrap().text().await.unwrap().contains("runpod_up{account=\"default\"} 1\n"));
    assert_eq!(ended.code, 0, "{}", ended.stderr);
}

/// Docker kills ten seconds after SIGTERM.
#[tokio::test]
async fn the_end_does_not_wait_for_clients_that_complete_no_request_or_for_an_upstream_that_hangs() {
    let upstream = Upstream::start(Options::default()).await;
    let running = listening(&[], &upstream).await;
    first_scrape(&running).await;
    upstream.fault("jobs=hang");
    let mut clients = Vec::new();
    for sent in [
        "",
        "GET /metrics HTTP/1.1\r\nHost:",
        "POST /api/v1/jobs HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n{",
    ] {
        let mut client = TcpStream::connect(&running.address).await.unwrap();
        client.write_all(sent.as_bytes()).await.unwrap();
        clients.push(client);
    }
    let mut scrape = TcpStream::connect(&running.address).await.unwrap();
    scrape
        .write_all(
            b"GET /metrics HTTP/1.1\r\nHost: localhost\r\nX-Prometheus-Scrape-Timeout-Seconds: 60\r\n\r\n",
        )
        .await
        .unwrap();
    upstream.simulator.traffic().until(|report| report.jobs.in_flight > 0).await;
    let begin = Instant::now();
    let ended = terminate(running).await;
    assert!(begin.elapsed() < Duration::from_secs(8), "{:?}", begin.elapsed());
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    assert!(ended.stderr.contains("shut down with requests in flight"), "{}", ended.stderr);
}

#[tokio::test]
async fn a_second_signal_ends_at_once() {
    let upstream = Upstream::start(Options::default()).await;
    let running = listening(&[], &upstream).await;
    first_scrape(&running).await;
    upstream.fault("jobs=hang");
    let http = client();
    let scrape = http.get(format!("http://{}/metrics", running.address)).send();
    let end = async {
        upstream.simulator.traffic().until(|report| report.jobs.in_flight > 0).await;
        sigterm(&running.child).await;
        let log = || std::fs::read_to_string(running.stderr.path()).unwrap();
        while !log().contains("shutting down") {
            sleep(Duration::from_millis(20)).await; // polling another process
        }
        let begin = Instant::now();
        // Signals right after the first one are about the same request to end.
        let Running { mut child, stdout, stderr, .. } = running;
        let status = loop {
            sigterm(&child).await;
            match timeout(Duration::from_millis(20), child.wait()).await {
                Ok(status) => break status.unwrap(),
                Err(_elapsed) => {}
            }
        };
        let read = |file: &NamedTempFile| std::fs::read_to_string(file.path()).unwrap();
        let ended = Ended { code: status.code().unwrap(), stdout: read(&stdout), stderr: read(&stderr) };
        (begin.elapsed(), ended)
    };
    let (scrape, (took, ended)) = tokio::join!(scrape, end);
    assert!(scrape.is_err());
    assert!(took < Duration::from_secs(2), "{took:?}");
    assert_eq!(ended.code, 1, "{}", ended.stderr);
    assert!(ended.stderr.contains("second signal; ending at once"), "{}", ended.stderr);
}

/// A log that nobody reads any more must not fail what is logged.
#[tokio::test]
async fn the_exporter_serves_on_after_standard_error_was_closed() {
    let upstream = Upstream::start(Options::default()).await;
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let address = format!("127.0.0.1:{port}");
    let mut command = reading(&["--log.level=trace", &format!("--web.listen-address={address}")], &upstream);
    let mut child = command.spawn().unwrap();
    drop(child.stderr.take());
    let (http, begin) = (client(), Instant::now());
    let get = async |path: &str| http.get(format!("http://{address}{path}")).send().await;
    while !get("/ready").await.is_ok_and(|response| response.status() == 200) {
        assert!(begin.elapsed() < LONG, "never ready");
        sleep(Duration::from_millis(20)).await; // polling another process
    }
    let page = get("/metrics").await.unwrap().text().await.unwrap();
    let page = Exposition::new(page);
    assert_eq!(page.value("runpod_up", &[]), Some(1.0));
    assert_eq!(page.sum("runpod_exporter_panics_total", &[]), 0.0);
}
