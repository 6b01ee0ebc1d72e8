//! Panics while a response is read: each is the error of its request.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use parking_lot::Mutex;
use reqwest::header::HeaderValue;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio::time::Instant;
use url::Url;

use super::decode::LARGE;
use super::{Call, Setup, Transport};
use crate::error::Reason;
use crate::key::{ApiKey, KeyRing};
use crate::limits::Limits;
use crate::observe::{Exchange, Observe};
use crate::operation::{Api, Operation, Outcome};
use crate::urls::Urls;
use clock::SystemClock;

/// Pieces of work that were prepared for a thread of their own.
static CARRIED: AtomicUsize = AtomicUsize::new(0);

/// The outcomes of all requests.
#[derive(Debug, Default)]
struct Outcomes(Mutex<Vec<Outcome>>);

impl Observe for Outcomes {
    fn exchanged(&self, exchange: Exchange<'_>) {
        self.0.lock().push(exchange.outcome);
    }
}

/// A server whose bodies have this size.
async fn server(size: usize) -> (Url, JoinSet<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = Url::parse(&format!("http://{}/", listener.local_addr().unwrap())).unwrap();
    let mut serving = JoinSet::new();
    serving.spawn(async move {
        loop {
            let (mut connection, _) = listener.accept().await.unwrap();
            let mut request = Vec::new();
            while matches!(connection.read_buf(&mut request).await, Ok(1..)) {
                let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {size}\r\n\r\n");
                connection.write_all(head.as_bytes()).await.unwrap_or_default();
                connection.write_all(&vec![b' '; size]).await.unwrap_or_default();
            }
        }
    });
    (url, serving)
}

fn transport(url: &Url, observer: Arc<Outcomes>) -> Transport {
    let setup = Setup {
        intercept: None,
        account: "default".into(),
        key: ApiKey::parse("rpa_SECRET").unwrap(),
        metrics_key: None,
        user_agent: HeaderValue::from_static("test/1.0"),
        urls: Urls { graphql: url.clone(), jobs: url.clone(), rest: url.clone() },
        limits: Limits::default(),
        observer,
        clock: Arc::new(SystemClock),
        carry: |work| {
            CARRIED.fetch_add(1, Ordering::SeqCst);
            work
        },
        ring: KeyRing::default(),
    };
    Transport::new(setup).unwrap()
}

fn failing() -> Result<(), Reason> {
    panic!("upstream line")
}

#[tokio::test]
async fn a_panic_is_the_error_of_its_request() {
    for (size, carried) in [(2, 0), (LARGE, 1), (LARGE * 3, 1)] {
        let (url, _serving) = server(size).await;
        let outcomes = Arc::new(Outcomes::default());
        let transport = transport(&url, Arc::clone(&outcomes));
        let call = Call::get(Api::Rest, Operation::Pods, url, Instant::now() + Duration::from_secs(10));
        let before = CARRIED.load(Ordering::SeqCst);
        let error = transport.get(&call, |_: &[u8]| failing()).await;
        let error = error.unwrap_err();
        assert!(matches!(error.reason, Reason::Panicked), "{error}");
        assert_eq!(error.outcome(), Outcome::Panicked);
        assert_eq!(*outcomes.0.lock(), [Outcome::Panicked], "no retry would help");
        assert_eq!(CARRIED.load(Ordering::SeqCst) - before, carried, "{size} bytes");
        // The next request has a place, a connection and no pause.
        assert_eq!(transport.get(&call, |body: &[u8]| Ok(body.len())).await.unwrap(), size);
        let opened = transport.open(&call, async { failing() }).await;
        assert!(matches!(opened.unwrap_err().reason, Reason::Panicked));
    }
}
