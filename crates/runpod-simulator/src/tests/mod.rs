//! The simulator over real sockets, and the plain HTTP client of these tests: a library would hide what is on the wire.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use jiff::Timestamp;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::{Options, Shape, Simulator};
use clock::ManualClock;

mod api;
mod faults;
mod jobs;
mod recorded;
mod rest;
mod scene;
mod schema;
mod webhooks;
mod world;

/// The faults that every API has and that only change the status.
const FAULTS_WITH_A_STATUS: [(&str, u16); 8] = [
    ("unauthorized", 401),
    ("front-door", 403),
    ("forbidden", 403),
    ("not-found", 404),
    ("gone", 410),
    ("rate-limited(7)", 429),
    ("bad-gateway", 502),
    ("echo-key", 500),
];

/// A simulator that listens.
struct Running {
    simulator: Simulator,
    clock: ManualClock,
    address: SocketAddr,
    stop: CancellationToken,
    server: JoinSet<io::Result<()>>,
}

/// An answer from the wire, without its chunked framing.
#[derive(Debug)]
struct Reply {
    status: u16,
    /// In lower case.
    head: String,
    body: Vec<u8>,
}

impl Running {
    async fn start(options: &Options) -> Self {
        let clock = ManualClock::new(Timestamp::constant(1_795_000_000, 0));
        let simulator = Simulator::new(options, Arc::new(clock.clone()));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let stop = CancellationToken::new();
        let mut server = JoinSet::new();
        let (serving, stopped) = (simulator.clone(), stop.clone().cancelled_owned());
        server.spawn(async move { serving.serve(listener, stopped).await });
        Self { simulator, clock, address, stop, server }
    }

    async fn with_shape(shape: Shape) -> Self {
        Self::start(&Options { shape, ..Options::default() }).await
    }

    fn first_endpoint(&self) -> String {
        self.simulator.world().endpoints()[0].configuration().id.clone()
    }

    async fn health(&self, id: &str) -> Reply {
        self.get(&format!("/v2/{id}/health")).await
    }

    async fn get(&self, path: &str) -> Reply {
        self.send(&format!("GET {path}"), "User-Agent: test\r\nAuthorization: Bearer key\r\n", "")
            .await
            .unwrap()
    }

    async fn graphql(&self, query: &str) -> Reply {
        self.post(&serde_json::json!({ "query": query }).to_string()).await
    }

    async fn post(&self, body: &str) -> Reply {
        let headers = "User-Agent: test\r\nAuthorization: Bearer key\r\nContent-Type: application/json\r\n";
        self.send("POST /graphql", headers, body).await.unwrap()
    }

    /// The data of a GraphQL query that has to succeed.
    async fn data(&self, query: &str) -> Value {
        let reply = self.graphql(query).await;
        let mut json = reply.json();
        assert_eq!(reply.status, 200, "{json}");
        assert_eq!(json.get("errors"), None);
        json["data"].take()
    }

    async fn send(&self, line: &str, headers: &str, body: &str) -> io::Result<Reply> {
        let mut stream = self.open(line, headers, body).await?;
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).await?;
        Reply::read(&bytes)
    }

    /// Sends a request without waiting for the answer.
    async fn open(&self, line: &str, headers: &str, body: &str) -> io::Result<TcpStream> {
        let mut stream = TcpStream::connect(self.address).await?;
        let length = body.len();
        let fixed = format!("Host: simulator\r\nConnection: close\r\nContent-Length: {length}\r\n");
        stream.write_all(format!("{line} HTTP/1.1\r\n{fixed}{headers}\r\n{body}").as_bytes()).await?;
        Ok(stream)
    }
}

impl Reply {
    fn read(bytes: &[u8]) -> io::Result<Self> {
        let end = bytes.windows(4).position(|window| window == b"\r\n\r\n");
        let end = end.ok_or(io::ErrorKind::UnexpectedEof)?;
        let head = String::from_utf8_lossy(&bytes[..end]).to_lowercase();
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_default();
        let body = &bytes[end + 4..];
        let body = if head.contains("transfer-encoding: chunked") { unchunk(body)? } else { body.to_vec() };
        Ok(Self { status, head, body })
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }
}

/// The body without its chunked framing; an error if the last chunk is missing.
fn unchunk(mut rest: &[u8]) -> io::Result<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let line =
            rest.windows(2).position(|window| window == b"\r\n").ok_or(io::ErrorKind::UnexpectedEof)?;
        let size = usize::from_str_radix(&String::from_utf8_lossy(&rest[..line]), 16).unwrap();
        let chunk = rest.get(line + 2..line + 2 + size).ok_or(io::ErrorKind::UnexpectedEof)?;
        if size == 0 {
            return Ok(body);
        }
        body.extend_from_slice(chunk);
        rest = &rest[line + 4 + size..];
    }
}
