//! The HTTP clients of an account and their connections.

use std::time::Duration;

use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderValue};
use reqwest::{Client, RequestBuilder, redirect};

use super::call::Call;
use crate::error::Reason;
use crate::limits::Limits;

/// Unused connections stay open for this long, so that periodic requests do not pay for TLS handshakes. A connection that
/// the server closed earlier costs one retry.
const POOL_IDLE: Duration = Duration::from_mins(5);

/// HTTP/2 servers allow about this many streams on one connection, and a client opens one connection to a server. For more
/// requests in flight, the pool has more clients.
const STREAMS_PER_CONNECTION: usize = 100;

/// HTTP clients with connections of their own.
#[derive(Debug)]
pub(super) struct Pool(Vec<Client>);

impl Pool {
    /// Enough clients for the concurrency. `direct` ignores the proxy of the environment.
    pub(super) fn new(
        user_agent: &HeaderValue,
        limits: &Limits,
        direct: bool,
    ) -> Result<Self, reqwest::Error> {
        // Fails if a provider was installed before, which is the same one or the choice of the program.
        drop(rustls::crypto::ring::default_provider().install_default());
        let headers = HeaderMap::from_iter([(ACCEPT, HeaderValue::from_static("application/json"))]);
        let client = |_| {
            let builder = Client::builder();
            let builder = if direct { builder.no_proxy() } else { builder };
            builder
                .user_agent(user_agent)
                .default_headers(headers.clone())
                .pool_idle_timeout(POOL_IDLE)
                .connect_timeout(limits.timeout)
                .redirect(redirect::Policy::none()) // a redirect would send the key to another server
                .build()
        };
        let clients = limits.concurrency.div_ceil(STREAMS_PER_CONNECTION).max(1);
        Ok(Self((0..clients).map(client).collect::<Result<_, _>>()?))
    }

    /// The request of a call, without a key.
    pub(super) fn request(&self, call: &Call) -> Result<RequestBuilder, Reason> {
        let client = self.0.get(call.shard % self.0.len().max(1));
        let Some(client) = client else { return Err(Reason::Connect { cause: "no client".into() }) };
        Ok(match &call.body {
            None => client.get(call.url.clone()),
            Some(body) => {
                client.post(call.url.clone()).header(CONTENT_TYPE, "application/json").body(body.clone())
            }
        })
    }
}
