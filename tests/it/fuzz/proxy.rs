//! Passes requests to the simulator, and damages some of the responses.

use std::collections::{HashMap, VecDeque};
use std::hash::{BuildHasher as _, BuildHasherDefault, DefaultHasher, Hash};
use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Method, Response, StatusCode, Uri};
use futures_util::{StreamExt as _, stream};
use parking_lot::Mutex;
use rand::SeedableRng as _;
use rand::rngs::Xoshiro256PlusPlus;
use tokio::task::JoinSet;
use tokio::time::{Duration, sleep};

use super::damage::{Damage, choose};
use crate::support::{client, stub};

/// How many damages a failure names.
const NAMED: usize = 40;

/// The fuzzer, as a server.
pub(super) struct Proxy {
    pub(super) address: SocketAddr,
    shared: Arc<Shared>,
    _server: JoinSet<()>,
}

/// What happens to the responses.
enum Mode {
    /// Some are damaged, by this seed.
    Damage(u64),
    /// Those below this path are refused.
    Without(&'static str),
}

struct Shared {
    upstream: SocketAddr,
    client: reqwest::Client,
    mode: Mode,
    /// How often each request was sent.
    requests: Mutex<HashMap<u64, u64>>,
    /// The last damages, and their number.
    log: Mutex<(VecDeque<String>, u64)>,
}

impl Proxy {
    /// Damages responses.
    pub(super) async fn damaging(upstream: SocketAddr, seed: u64) -> Self {
        Self::start(upstream, Mode::Damage(seed)).await
    }

    /// Answers 410 below a path.
    pub(super) async fn without(upstream: SocketAddr, path: &'static str) -> Self {
        Self::start(upstream, Mode::Without(path)).await
    }

    async fn start(upstream: SocketAddr, mode: Mode) -> Self {
        let shared = Arc::new(Shared {
            upstream,
            client: client(),
            mode,
            requests: Mutex::default(),
            log: Mutex::default(),
        });
        let routes = Router::new().fallback(pass).with_state(Arc::clone(&shared));
        let (address, server) = stub(routes).await;
        Self { address, shared, _server: server }
    }

    /// The last damages.
    pub(super) fn recent(&self) -> String {
        self.shared.log.lock().0.iter().flat_map(|line| ["\n  ", line]).collect()
    }

    /// The number of damages.
    pub(super) fn damages(&self) -> u64 {
        self.shared.log.lock().1
    }
}

impl Shared {
    /// The generator for a request: by its content and how often it was sent, and not by the order of concurrent requests,
    /// so that a seed repeats a failure.
    fn generator(&self, seed: u64, request: impl Hash) -> Xoshiro256PlusPlus {
        let hasher = BuildHasherDefault::<DefaultHasher>::new();
        let request = hasher.hash_one(request);
        let mut requests = self.requests.lock();
        let times = requests.entry(request).or_default();
        *times += 1;
        Xoshiro256PlusPlus::seed_from_u64(hasher.hash_one((seed, request, *times)))
    }
}

async fn pass(
    State(shared): State<Arc<Shared>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    sent: Bytes,
) -> Response<Body> {
    let url = format!("http://{}{uri}", shared.upstream);
    let mut request = shared.client.request(method, url).body(sent.clone());
    for name in ["authorization", "content-type", "user-agent"] {
        if let Some(value) = headers.get(name) {
            request = request.header(name, value);
        }
    }
    let response = request.send().await.unwrap();
    let (status, headers) = (response.status(), response.headers().clone());
    let body = response.bytes().await.unwrap();
    let damage = match &shared.mode {
        Mode::Damage(seed) => choose(&mut shared.generator(*seed, (&uri, &sent)), &body),
        Mode::Without(path) if uri.path().starts_with(path) => {
            let mut gone = Response::new(Body::empty());
            *gone.status_mut() = StatusCode::GONE;
            return gone;
        }
        Mode::Without(_) => None,
    };
    if let Some(damage) = &damage {
        let mut log = shared.log.lock();
        log.1 += 1;
        if log.0.len() == NAMED {
            log.0.pop_front();
        }
        let what = match damage {
            Damage::Body(_, what) => what.clone(),
            other => format!("{other:?}"),
        };
        log.0.push_back(format!("{} {what}", uri.path()));
    }
    let whole = |status, body: Bytes| {
        let mut response = Response::new(Body::from(body));
        *response.status_mut() = status;
        for (name, value) in &headers {
            if name.as_str().contains("ratelimit") || name == "content-type" {
                response.headers_mut().insert(name.clone(), value.clone());
            }
        }
        response
    };
    match damage {
        None => whole(status, body),
        Some(Damage::Body(body, _)) => whole(status, body.into()),
        Some(Damage::Late(delay)) => {
            sleep(delay).await;
            whole(status, body)
        }
        Some(Damage::Dripping) => {
            let drops = stream::iter(body).then(async |byte| {
                sleep(Duration::from_millis(1)).await;
                Ok::<_, std::io::Error>(Bytes::from(vec![byte]))
            });
            Response::new(Body::from_stream(Box::pin(drops)))
        }
        Some(Damage::Cut(at)) => {
            let parts = [Ok(body.slice(..at)), Err(std::io::Error::other("cut"))];
            Response::new(Body::from_stream(stream::iter(parts)))
        }
        Some(Damage::Head { status, header: (name, value) }) => {
            let mut response = whole(status, body);
            response.headers_mut().insert(name, value);
            response
        }
    }
}
