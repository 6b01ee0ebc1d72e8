//! Accounts with more endpoints than anyone has.

use std::fmt::Write as _;
use std::net::SocketAddr;

use axum::Router;
use axum::routing::post;
use clock::ManualClock;
use runpod_exporter::testing::config::Webhook;
use runpod_exporter::testing::scrape::Threads;
use tokio::task::JoinSet;

use super::*;
use crate::support::{bind, noon, receiving, stub};

/// A GraphQL server whose list of endpoints is this long, and where nothing else exists.
async fn server(endpoints: usize) -> (SocketAddr, JoinSet<()>) {
    let mut list = String::new();
    for n in 0..endpoints {
        write!(list, "{}{{\"id\":\"e{n}\",\"name\":\"n{n}\"}}", if n == 0 { "" } else { "," }).unwrap();
    }
    let body: Arc<str> = format!("{{\"data\":{{\"myself\":{{\"endpoints\":[{list}],\"pods\":[]}}}}}}").into();
    let answer = move || {
        let body = String::from(&*body);
        async move { body }
    };
    stub(Router::new().route("/graphql", post(answer))).await
}

/// As in `serve`, gatherings have threads of their own.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_account_of_any_size_is_answered_in_time_and_blocks_no_page() {
    let (address, _server) = server(30_000).await;
    let clock = Arc::new(ManualClock::new(noon()));
    let threads = Threads::own().unwrap();
    let receiver = receiving(Webhook::default(), true);
    let exporter = Exporter::with_threads(threads, bind().await.0, vec![account(address)], clock, receiver);
    let scrapes = async {
        for round in ["first", "second", "third"] {
            let page = in_time(&exporter, "/metrics", 1.0, round).await;
            assert_eq!(page.count("runpod_up", &[]), 1, "{round}");
            assert_eq!(page.value("runpod_scrape_truncated", &[]), Some(1.0), "{round}");
        }
    };
    let pages = async {
        loop {
            let started = Instant::now();
            assert_eq!(exporter.get("/health").send().await.unwrap().status(), 200);
            assert!(started.elapsed() < MARGIN, "/health took {:?}", started.elapsed());
            tokio::time::sleep(Duration::from_millis(20)).await; // polling
        }
    };
    tokio::select! {
        () = scrapes => {}
        () = pages => {}
    }
    let page = in_time(&exporter, "/metrics", 1.0, "last").await;
    assert!(page.value("runpod_exporter_late_scrapes_total", &[]).unwrap() >= 3.0);
}
