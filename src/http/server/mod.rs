//! Serves connections with limits that no client can exceed: time for the head of a request, time without a request, time to
//! read the response, and the number of open connections.
//!
//! When the maximum number of connections is open, a new one replaces one that waits for its client. So clients that never
//! complete a request cannot keep out those that do.

mod activity;
mod connection;
mod guarded;

use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use rustls::ServerConfig;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use self::activity::Activities;
use self::connection::Connection;
use crate::instruments::{Cut, Instruments};
use crate::web::Security;
use program::task::{Task, named};

/// Pause after the system could not accept a connection, for example because all file descriptors are in use.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Maximum time that a connection that was replaced takes to close.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(1);

/// The response to a connection that is refused.
const REFUSAL: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nRetry-After: 1\r\nContent-Length: 21\r\n\r\ntoo many connections\n";

/// The time limits of a connection.
#[derive(Debug, Clone, Copy)]
pub struct Timeouts {
    /// From the first byte of a request, or from the beginning of the connection, to the end of its head.
    pub head: Duration,
    /// From a response to the next request. Longer than usual scrape intervals, so that Prometheus keeps its connection.
    pub idle: Duration,
    /// From the moment when a client reads more slowly than the response is written to the end of the response.
    pub write: Duration,
    /// After the stop, for a client that has not completed its request.
    pub stop: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            head: Duration::from_secs(10),
            idle: Duration::from_mins(3),
            write: Duration::from_secs(30),
            stop: Duration::from_secs(1),
        }
    }
}

/// Serves the connections of one listener.
#[derive(Debug)]
pub struct Server {
    routes: Router,
    timeouts: Timeouts,
    instruments: Arc<Instruments>,
    activities: Arc<Activities>,
    places: Arc<Semaphore>,
    encryption: Option<Encryption>,
}

/// How the connections of a listener are encrypted, if they are.
#[derive(Debug, Clone)]
pub struct Encryption {
    /// The current settings; a reload replaces them for new connections.
    pub security: watch::Receiver<Arc<Security>>,
    /// Whether the clients send webhooks, and so have no certificate.
    pub for_webhooks: bool,
}

impl Encryption {
    fn config(&self) -> Option<Arc<ServerConfig>> {
        let security = self.security.borrow();
        let tls = security.tls.as_ref()?;
        Some(if self.for_webhooks { tls.without_client_certificates() } else { tls.config() })
    }
}

impl Server {
    /// A server that has at most `connections` open.
    pub fn new(
        routes: Router,
        connections: usize,
        timeouts: Timeouts,
        instruments: Arc<Instruments>,
    ) -> Self {
        let places = Arc::new(Semaphore::new(connections.max(1)));
        Self { routes, timeouts, instruments, activities: Arc::default(), places, encryption: None }
    }

    /// The same with TLS where the settings have it.
    #[must_use]
    pub fn encrypted(self, encryption: Encryption) -> Self {
        Self { encryption: Some(encryption), ..self }
    }

    /// Serves until `stop`, and then until the requests in flight are answered.
    pub async fn serve(&self, listener: &TcpListener, stop: CancellationToken) {
        let mut connections = JoinSet::new();
        let mut is_failing = false;
        loop {
            let accepted = tokio::select! {
                accepted = listener.accept() => accepted,
                Some(_) = connections.join_next() => continue,
                () = stop.cancelled() => break,
            };
            match accepted {
                Ok((stream, _)) => {
                    is_failing = false;
                    if let Some(place) = self.place(&stream).await {
                        connections.spawn(named(Task::Http, self.connection(stream, place, stop.clone())));
                    }
                }
                Err(error) if is_about_one_client(&error) => {}
                Err(error) => {
                    if !std::mem::replace(&mut is_failing, true) {
                        tracing::error!(%error, "cannot accept connections; will retry");
                    }
                    self.activities.evict();
                    sleep(ACCEPT_PAUSE).await;
                }
            }
        }
        while connections.join_next().await.is_some() {}
    }

    /// A place for a connection. If all are taken, the connection that has waited longest for a request makes room.
    async fn place(&self, stream: &TcpStream) -> Option<OwnedSemaphorePermit> {
        let places = || Arc::clone(&self.places);
        if let Ok(place) = places().try_acquire_owned() {
            return Some(place);
        }
        if self.activities.evict() {
            self.instruments.connection_cut(Cut::Evicted);
            if let Ok(Ok(place)) = timeout(CLOSE_TIMEOUT, places().acquire_owned()).await {
                return Some(place);
            }
        }
        self.instruments.connection_cut(Cut::Refused);
        // The client may be gone, or not reading.
        stream.try_write(REFUSAL).unwrap_or_default();
        None
    }

    fn connection(
        &self,
        stream: TcpStream,
        place: OwnedSemaphorePermit,
        stop: CancellationToken,
    ) -> impl Future<Output = ()> + use<> {
        let connection = Connection {
            activity: self.activities.open(),
            routes: self.routes.clone(),
            timeouts: self.timeouts,
            instruments: Arc::clone(&self.instruments),
        };
        let tls = self.encryption.as_ref().and_then(Encryption::config);
        async move {
            connection.serve(stream, tls, stop).await;
            drop(place);
        }
    }
}

/// Whether the error is about the connection that was to be accepted, and not about the listener.
fn is_about_one_client(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}
