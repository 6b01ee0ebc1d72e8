//! One connection: HTTP/1.1 over a guarded stream, until it ends, makes room, or the server stops.

use std::convert::Infallible;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, Response};
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use rustls::ServerConfig;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::sleep;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tokio_util::sync::CancellationToken;
use tower_service::Service as _;

use super::Timeouts;
use super::activity::Activity;
use super::guarded::Guarded;
use crate::instruments::{Cut, Instruments};

/// Size of the buffer for the head of a request in bytes. A head that does not fit is answered with 431.
const MAX_HEAD: usize = 64 * 1024;

/// What a connection needs.
pub(super) struct Connection {
    pub(super) activity: Arc<Activity>,
    pub(super) routes: Router,
    pub(super) timeouts: Timeouts,
    pub(super) instruments: Arc<Instruments>,
}

impl Connection {
    /// Serves the requests of a client, over TLS if there is a configuration of it.
    pub(super) async fn serve(
        self,
        stream: TcpStream,
        tls: Option<Arc<ServerConfig>>,
        stop: CancellationToken,
    ) {
        stream.set_nodelay(true).unwrap_or_default(); // without it, the response is only slower
        let (activity, instruments) = (Arc::clone(&self.activity), Arc::clone(&self.instruments));
        let guarded = Guarded::new(stream, activity, self.timeouts.write, instruments);
        match tls {
            None => self.answer_all(guarded, stop).await,
            Some(tls) => {
                if let Some(stream) = self.handshake(guarded, tls, &stop).await {
                    self.answer_all(stream, stop).await;
                }
            }
        }
    }

    /// Agrees on TLS with a client, in the time that it has for the head of its first request.
    async fn handshake(
        &self,
        stream: Guarded,
        tls: Arc<ServerConfig>,
        stop: &CancellationToken,
    ) -> Option<TlsStream<Guarded>> {
        tokio::select! {
            biased; // what has arrived is read before the time limit counts
            stream = TlsAcceptor::from(tls).accept(stream) => match stream {
                Ok(stream) => Some(stream),
                Err(error) => {
                    tracing::debug!(%error, "no TLS with a client");
                    self.instruments.connection_cut(Cut::TlsHandshake);
                    None
                }
            },
            () = self.activity.evicted() => None,
            is_slow = self.activity.overdue(&self.timeouts) => {
                if is_slow {
                    self.instruments.connection_cut(Cut::SlowRequest);
                }
                None
            }
            () = stop.cancelled() => None,
        }
    }

    async fn answer_all(
        self,
        stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static,
        stop: CancellationToken,
    ) {
        let Self { activity, routes, timeouts, instruments } = self;
        let requests = Arc::clone(&activity);
        let service = service_fn(move |request| answer(Arc::clone(&requests), routes.clone(), request));
        let connection =
            http1::Builder::new().max_buf_size(MAX_HEAD).serve_connection(TokioIo::new(stream), service);
        tokio::pin!(connection);
        // A connection that breaks is not an event: clients break them all the time.
        tokio::select! {
            biased; // what has arrived is read before the time limit counts
            _ended = connection.as_mut() => return,
            () = activity.evicted() => return,
            is_slow = activity.overdue(&timeouts) => {
                if is_slow {
                    instruments.connection_cut(Cut::SlowRequest);
                }
                return;
            }
            () = stop.cancelled() => {}
        }
        connection.as_mut().graceful_shutdown();
        loop {
            tokio::select! {
                _ended = connection.as_mut() => return,
                () = sleep(timeouts.stop) => if activity.is_waiting() { return },
            }
        }
    }
}

/// Answers a request. The activity lasts until the body of the response is written or dropped.
async fn answer(
    activity: Arc<Activity>,
    mut routes: Router,
    request: Request<Incoming>,
) -> Result<Response<Body>, Infallible> {
    let (receiving, answering) = activity.requested();
    // Of all adapters this one keeps the length of a body.
    let request = request.map(|body| {
        Body::new(body.map_err(move |error| {
            let _lasting = &receiving;
            error
        }))
    });
    let response = routes.call(request).await?;
    Ok(response.map(|body| {
        Body::new(body.map_err(move |error| {
            let _lasting = &answering;
            error
        }))
    }))
}
