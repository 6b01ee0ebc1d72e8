//! Basic authentication.

use super::*;

fn yaml(users: &[(&str, &str)]) -> String {
    let user =
        |(name, password): &(&str, &str)| format!("  {name}: \"{}\"\n", bcrypt::hash(password, 4).unwrap());
    format!("basic_auth_users:\n{}", users.iter().map(user).collect::<String>())
}

fn login(user: &str, password: &str) -> String {
    use base64::Engine as _;
    let encoded = base64::engine::general_purpose::STANDARD.encode(format!("{user}:{password}"));
    format!("Authorization: Basic {encoded}")
}

/// All routes: the paths of [`router`](runpod_exporter::testing::http::router), and one that does not exist.
const ROUTES: [&str; 16] = [
    "/",
    "/overview.css",
    "/docs/",
    "/api/v1/status",
    "/metrics",
    "/metrics/prometheus",
    "/probe",
    "/sd",
    "/health",
    "/-/healthy",
    "/ready",
    "/-/ready",
    "/-/reload",
    "/webhooks/jobs/abc",
    "/api/v1/jobs",
    "/nothing",
];

#[tokio::test]
async fn nothing_is_shown_without_a_login() {
    let yaml = yaml(&[("prometheus", "correct horse"), ("grafana", "battery staple")]);
    let exporter = Protected::start(&yaml, |_| {}, &["--web.enable-lifecycle"]).await;
    for path in ROUTES {
        for method in ["GET", "POST"] {
            let (status, text) = exporter.plain(&request(method, path, &[])).await.unwrap();
            assert_eq!(status, 401, "{method} {path}: {text}");
            assert!(text.contains("www-authenticate: Basic realm="), "{text}");
        }
    }
    for (line, expected) in [
        (login("prometheus", "correct horse"), 200),
        (login("grafana", "battery staple"), 200),
        (login("prometheus", "battery staple"), 401),
        (login("prometheus", ""), 401),
        (login("nobody", "correct horse"), 401),
        (login("prometheus", "correct horse").replace("Basic", "basic"), 200),
        ("Authorization: Bearer correct".to_owned(), 401),
        ("Authorization: Basic !".to_owned(), 401),
        ("Authorization: Basic".to_owned(), 401),
    ] {
        let (status, _) = exporter.plain(&request("GET", "/metrics", &[&line])).await.unwrap();
        assert_eq!(status, expected, "{line}");
    }
    assert!(!exporter.log().contains("correct horse"), "{}", exporter.log());
}

#[tokio::test]
async fn a_webhook_with_the_token_needs_no_login_and_without_it_is_refused() {
    let yaml = yaml(&[("prometheus", "correct horse")]);
    let token = "a-token-of-at-least-16";
    let write = |folder: &Path| std::fs::write(folder.join("token"), token).unwrap();
    let exporter = Protected::start(&yaml, write, &["--webhook.token-file=token"]).await;
    for path in ["/webhooks/jobs/abc", "/api/v1/jobs"] {
        let post = async |query: &str, headers: &[&str]| {
            let headers: Vec<_> = headers.iter().copied().chain(["Content-Length: 0"]).collect();
            exporter.plain(&request("POST", &format!("{path}{query}"), &headers)).await.unwrap().0
        };
        assert_eq!(post("", &[]).await, 401);
        assert_eq!(post("?token=wrong", &[]).await, 401);
        assert_eq!(post("", &[&login("prometheus", "correct horse")]).await, 401, "a login is not a token");
        let status = post(&format!("?token={token}"), &[]).await;
        assert!([400, 404].contains(&status), "{path}: {status}");
    }
}

#[tokio::test]
async fn users_change_without_a_restart() {
    let exporter = Protected::start(&yaml(&[("prometheus", "old")]), |_| {}, &[]).await;
    let status = async |exporter: &Protected, password: &str| {
        let request = request("GET", "/metrics", &[&login("prometheus", password)]);
        exporter.plain(&request).await.unwrap().0
    };
    assert_eq!(status(&exporter, "old").await, 200);
    std::fs::write(exporter.folder.path().join("web.yml"), yaml(&[("prometheus", "new")])).unwrap();
    exporter.until("new password", async |exporter| status(exporter, "new").await == 200).await;
    assert_eq!(status(&exporter, "old").await, 401, "a verified login is forgotten with its hash");
}
