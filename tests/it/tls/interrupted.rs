//! HTTP/2 streams and connections that end in the middle: each request succeeds on a connection of its own.

use std::collections::HashMap;
use std::sync::Mutex;

use bytes::Bytes;
use h2::server::{Connection, SendResponse};
use h2::{Reason, RecvStream};
use reqwest::Client;

use super::*;

/// How the first attempt of a request ends, or the first connection.
#[derive(Debug, Clone, Copy, PartialEq)]
enum End {
    /// The stream is reset before the response.
    Stream(Reason),
    /// The stream is reset in the middle of the body.
    Body(Reason),
    /// The connection is closed with GOAWAY.
    GoAway(Reason),
    /// The connection is dropped.
    Connection,
    /// Nothing is sent any more, and what arrives is not read, as if the network were cut.
    Silence,
}

/// A server that interrupts the first attempt of each request, and every later one on the same connection; or its first
/// connection.
#[derive(Clone)]
struct Server {
    upstream: SocketAddr,
    end: End,
    client: Client,
    /// The connection of the first attempt, by path and body.
    seen: Arc<Mutex<HashMap<(String, Bytes), usize>>>,
}

type Tls = tokio_rustls::server::TlsStream<TcpStream>;

impl Server {
    /// Answers the requests of one connection.
    async fn serve(self, number: usize, stream: Tls) {
        let Ok(mut connection): Result<Connection<_, Bytes>, _> = h2::server::handshake(stream).await else {
            return;
        };
        let (mut answers, mut count) = (JoinSet::new(), 0);
        while let Some(Ok((request, respond))) = connection.accept().await {
            let (parts, body) = request.into_parts();
            let target = parts.uri.path_and_query().unwrap().to_string();
            let is_get = parts.method == reqwest::Method::GET;
            count += 1;
            // All requests in flight are lost, also those that this server has not seen: another loss would be the second.
            let is_end = number == 0 && count == 3;
            match self.end {
                End::Connection if is_end => return,
                End::Silence if is_end => std::future::pending().await,
                End::GoAway(reason) if is_end => connection.abrupt_shutdown(reason),
                _ => {
                    let (server, headers) = (self.clone(), parts.headers);
                    answers.spawn(async move {
                        server.answer(number, target, headers, body, respond, is_get).await;
                    });
                }
            }
        }
    }

    fn is_interrupted(&self, number: usize, target: &str, body: &Bytes) -> bool {
        let mut seen = self.seen.lock().unwrap();
        let first = *seen.entry((target.to_owned(), body.clone())).or_insert(number);
        first == number
    }

    async fn answer(
        &self,
        number: usize,
        target: String,
        headers: reqwest::header::HeaderMap,
        mut body: RecvStream,
        mut respond: SendResponse<Bytes>,
        is_get: bool,
    ) {
        let mut sent = Vec::new();
        while let Some(Ok(piece)) = body.data().await {
            sent.extend_from_slice(&piece);
        }
        let sent = Bytes::from(sent);
        let is_interrupted = self.is_interrupted(number, &target, &sent);
        if let (true, End::Stream(reason)) = (is_interrupted, self.end) {
            respond.send_reset(reason);
            return;
        }
        let url = format!("http://{}{target}", self.upstream);
        let request = if is_get { self.client.get(url) } else { self.client.post(url).body(sent) };
        let answer = request.headers(headers).send().await.unwrap();
        let mut response = axum::http::Response::new(());
        *response.status_mut() = answer.status();
        let answer = answer.bytes().await.unwrap();
        let mut out = respond.send_response(response, false).unwrap();
        if let (true, End::Body(reason)) = (is_interrupted, self.end) {
            let half = answer.slice(..answer.len() / 2);
            out.send_data(half, false).unwrap();
            sleep(Duration::from_millis(20)).await; // the reset must not overtake the data
            out.send_reset(reason);
            return;
        }
        out.send_data(answer, true).unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_interrupted_request_is_sent_again_on_another_connection() {
    for end in [
        End::Stream(Reason::REFUSED_STREAM),
        End::Stream(Reason::CANCEL),
        End::Stream(Reason::INTERNAL_ERROR),
        End::Stream(Reason::ENHANCE_YOUR_CALM),
        End::Body(Reason::CANCEL),
        End::Body(Reason::INTERNAL_ERROR),
        End::GoAway(Reason::NO_ERROR),
        End::GoAway(Reason::PROTOCOL_ERROR),
        End::Connection,
        End::Silence,
    ] {
        let upstream = Upstream::start(Options { endpoints: 5, ..Options::default() }).await;
        let certificate = Certificate::new(&["h2"]);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let server = Server { upstream: upstream.address, end, client: client(), seen: Arc::default() };
        let acceptor = certificate.acceptor.clone();
        let mut accepting = JoinSet::new();
        accepting.spawn(async move {
            let mut connections = JoinSet::new();
            for number in 0.. {
                let (stream, _) = listener.accept().await.unwrap();
                let (server, acceptor) = (server.clone(), acceptor.clone());
                connections.spawn(async move {
                    if let Ok(stream) = acceptor.accept(stream).await {
                        server.serve(number, stream).await;
                    }
                });
            }
        });
        let mut command = scrape_command(&format!("https://localhost:{port}"));
        command.env("SSL_CERT_FILE", &certificate.authority);
        let (page, log) = output(command).await;
        assert_eq!(page.value("runpod_up", &[]), Some(1.0), "{end:?}: {log}");
        assert_eq!(page.sum("runpod_endpoint_up", &[]), 5.0, "{end:?}: {log}");
        assert_eq!(page.sum("runpod_collector_success", &[]), default_collectors(), "{end:?}: {log}");
    }
}
