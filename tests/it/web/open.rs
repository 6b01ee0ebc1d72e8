//! What a client without credentials gets from each route, by how the exporter is protected. The table is part of SECURITY.md.

use std::fmt::Write as _;

use runpod_simulator::Options;

use super::*;
use crate::generated::check_part;
use crate::support::{Upstream, write_secret};

/// Requests, with what an answer contains or does.
const REQUESTS: [(&str, &str, &str); 12] = [
    ("GET", "/metrics", "names, ids, states, costs; balance and spend"),
    ("GET", "/probe?account=default", "the same for one account"),
    ("GET", "/api/v1/status", "the same as JSON, with findings and error messages"),
    ("GET", "/", "the same as a page"),
    ("GET", "/sd", "names of the accounts"),
    ("GET", "/sd/pods?port=8888", "names, ids, images and addresses of running pods"),
    ("GET", "/docs/", "documentation of this version"),
    ("GET", "/health", "that the process runs"),
    ("GET", "/ready", "whether an account has answered, otherwise why not"),
    ("POST", "/-/reload", "reads the configuration again"),
    ("POST", "/webhooks/jobs/ENDPOINT", "counts a job that has finished"),
    ("POST", "/api/v1/jobs", "counts jobs that have finished"),
];

/// The status of each request. `host` is the header with the name of the exporter.
async fn statuses(address: SocketAddr, host: &str, endpoint: &str) -> Vec<u16> {
    let mut statuses = Vec::new();
    for (method, path, _) in REQUESTS {
        let path = path.replace("ENDPOINT", endpoint);
        let body = match &*path {
            "/api/v1/jobs" => format!(
                r#"{{"endpoint_id": "{endpoint}", "id": "a", "status": "COMPLETED", "latency_ms": 1}}"#
            ),
            _ if method == "POST" => {
                r#"{"id": "b", "status": "COMPLETED", "delayTime": 1, "executionTime": 1}"#.to_owned()
            }
            _ => String::new(),
        };
        let headers = [
            &format!("Host: {host}"),
            "Content-Type: application/json",
            &format!("Content-Length: {}", body.len()),
        ];
        let text = request(method, &path, &headers) + &body;
        let stream = TcpStream::connect(address).await.unwrap();
        statuses.push(exchange(stream, &text).await.unwrap().0);
    }
    statuses
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_credentials_a_route_answers_as_the_security_page_says() {
    let upstream = Upstream::start(Options { endpoints: 1, pods: 1, ..Options::default() }).await;
    let start = async |host: &str, yaml: &str, flags: &[&str]| {
        let write = |folder: &Path| write_secret(folder.join("token"), "a-token-of-at-least-16");
        let exporter = Protected::start_at(host, upstream.address, yaml, write, flags).await;
        let ready = async |exporter: &Protected| {
            let probe = request("GET", "/ready", &[]);
            // Behind a login, readiness is not shown.
            matches!(exporter.plain(&probe).await.unwrap().0, 200 | 401)
        };
        exporter.until("ready", ready).await;
        exporter
    };
    let open = start("", "", &[]).await;
    let local = start("127.0.0.1", "", &[]).await;
    let login = format!("basic_auth_users: {{a: \"{}\"}}\n", bcrypt::hash("b", 4).unwrap());
    let flags = ["--webhook.listen-address=JOBS", "--webhook.token-file=token"];
    let closed = start("", &login, &flags).await;
    let reached = async |address, host| statuses(address, host, &upstream.ids()[0]).await;
    let setups = [
        ("open", reached(open.main, "exporter.internal").await),
        ("local", reached(local.main, "localhost").await),
        ("other site", reached(local.main, "evil.example").await),
        ("login", reached(closed.main, "exporter.internal").await),
        ("webhooks", reached(closed.jobs, "exporter.internal").await),
    ];

    let mut table = String::from("| request | answer, if 200 |");
    for (name, _) in &setups {
        write!(table, " {name} |").unwrap();
    }
    writeln!(table, "\n|---|---|{}", "---|".repeat(setups.len())).unwrap();
    for (row, (method, path, contents)) in REQUESTS.iter().enumerate() {
        let path = path.split('?').next().unwrap();
        write!(table, "| `{method} {path}` | {contents} |").unwrap();
        for (_, statuses) in &setups {
            write!(table, " {} |", statuses[row]).unwrap();
        }
        table.push('\n');
    }
    check_part("SECURITY.md", "answers without credentials", &table);

    let [_, _, foreign, closed, jobs] = &setups;
    assert!(foreign.1.iter().chain(&closed.1).chain(&jobs.1).all(|status| *status >= 400), "{table}");
    assert_eq!(jobs.1.iter().filter(|status| **status != 404).count(), 2, "only jobs are accepted there");
}
