//! What pages of other sites can do, and what each response says to browsers.

use super::*;

#[tokio::test]
async fn pages_of_other_sites_change_nothing_and_read_nothing() {
    let flags = ["--web.enable-lifecycle", "--web.external-url=https://exporter.example/"];
    let exporter = Protected::start("", |_| {}, &flags).await;
    let reload =
        async |headers: &[&str]| exporter.plain(&request("POST", "/-/reload", headers)).await.unwrap().0;
    for (expected, headers) in [
        (200, vec![]),
        (200, vec!["Origin: http://localhost"]),
        (200, vec!["Sec-Fetch-Site: same-origin", "Origin: http://localhost"]),
        (200, vec!["Sec-Fetch-Site: none"]),
        (200, vec!["Host: exporter.example", "Origin: https://exporter.example"]),
        (403, vec!["Origin: http://evil.example"]),
        (403, vec!["Origin: http://localhost:3000"]),
        (403, vec!["Origin: null"]),
        (403, vec!["Sec-Fetch-Site: cross-site"]),
        (403, vec!["Sec-Fetch-Site: same-site", "Origin: http://localhost"]),
    ] {
        assert_eq!(reload(&headers).await, expected, "{headers:?}");
    }
    for path in ["/api/v1/jobs", "/webhooks/jobs/abc"] {
        let headers = ["Origin: http://evil.example", "Content-Length: 0"];
        assert_eq!(exporter.plain(&request("POST", path, &headers)).await.unwrap().0, 403);
    }
    // A name that an attacker resolves to this machine.
    for (expected, host) in [
        (200, "localhost:10736"),
        (200, "127.0.0.1"),
        (200, "[::1]:10736"),
        (200, "exporter.localhost"),
        (200, "EXPORTER.example"),
        (403, "evil.example"),
        (403, "127.0.0.1.evil.example"),
        (403, "localhost.evil.example:80"),
        (403, "192.168.1.7"),
        (400, "evil.example/localhost"),
        (400, "local host"),
    ] {
        let line = format!("Host: {host}");
        let (status, text) = exporter.plain(&request("GET", "/metrics", &[&line])).await.unwrap();
        assert_eq!(status, expected, "{host}: {text}");
    }
    let absolute = "GET http://evil.example/metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    assert_eq!(exporter.plain(absolute).await.unwrap().0, 403);
}

#[tokio::test]
async fn reloading_over_http_has_to_be_allowed() {
    let exporter = Protected::start("", |_| {}, &[]).await;
    let (status, text) = exporter.plain(&request("POST", "/-/reload", &[])).await.unwrap();
    assert_eq!(status, 403);
    assert!(text.contains("--web.enable-lifecycle"), "{text}");
}

#[tokio::test]
async fn every_response_has_the_security_headers() {
    let yaml = "http_server_config:\n  headers:\n    Strict-Transport-Security: max-age=60\n    X-Frame-Options: deny\n";
    let exporter = Protected::start(yaml, |_| {}, &[]).await;
    for path in [
        "/",
        "/docs/",
        "/api/v1/status",
        "/metrics",
        "/probe?account=none",
        "/sd",
        "/health",
        "/ready",
        "/no",
    ] {
        let (_, text) = exporter.plain(&request("GET", path, &[])).await.unwrap();
        for line in [
            "x-content-type-options: nosniff",
            "strict-transport-security: max-age=60",
            "x-frame-options: deny",
            "cache-control: ",
        ] {
            assert!(text.contains(line), "{path}: {line}: {text}");
        }
    }
    for path in ["/", "/docs/", "/api/v1/status", "/no"] {
        let (_, text) = exporter.plain(&request("GET", path, &[])).await.unwrap();
        for header in ["content-security-policy: default-src 'none'", "referrer-policy: no-referrer"] {
            assert!(text.contains(header), "{path}: {header}: {text}");
        }
    }
}

#[tokio::test]
async fn the_rate_of_requests_is_limited() {
    let exporter = Protected::start("rate_limit: {interval: 1h, burst: 2}\n", |_| {}, &[]).await;
    let mut statuses = Vec::new();
    for _ in 0..4 {
        statuses.push(exporter.plain(&request("GET", "/health", &[])).await.unwrap().0);
    }
    assert_eq!(statuses, [200, 200, 429, 429]);
}

#[tokio::test]
async fn the_log_says_who_can_read_what() {
    let readable = |log: &str| log.contains("no login is required");
    let exporter = Protected::start("", |_| {}, &[]).await;
    assert!(!readable(&exporter.log()), "{}", exporter.log());
    let exporter = Protected::start("", |_| {}, &["--web.listen-address=:0"]).await;
    assert!(readable(&exporter.log()), "{}", exporter.log());
}
