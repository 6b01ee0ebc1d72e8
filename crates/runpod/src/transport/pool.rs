//! The HTTP clients of an account and their connections.

use std::time::Duration;

use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderValue};
use reqwest::{Client, ClientBuilder, RequestBuilder, redirect};
use url::Url;

use super::call::{Call, peer};
use super::proxy::Proxy;
use crate::error::{Reason, SetupError};
use crate::limits::Limits;
use crate::urls::Urls;

/// Unused connections stay open for this long, so that periodic requests do not pay for TLS handshakes. A connection that
/// the server closed earlier costs one retry.
const POOL_IDLE: Duration = Duration::from_mins(5);

/// HTTP/2 servers allow about this many streams on one connection, and a client opens one connection to a server. For more
/// requests in flight, the pool has more clients.
const STREAMS_PER_CONNECTION: usize = 100;

/// The connection of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Connection {
    /// One that is open, if there is one.
    Pooled,
    /// A new one, which is used once.
    Fresh,
}

/// HTTP clients with connections of their own.
#[derive(Debug)]
pub(super) struct Pool {
    clients: Vec<Client>,
    /// Opens a connection for each request.
    fresh: Client,
    proxies: Vec<(Url, Proxy)>,
}

impl Pool {
    /// Enough clients for the concurrency. If all URLs are on this machine, the proxy of the environment is ignored.
    pub(super) fn new(user_agent: &HeaderValue, limits: &Limits, urls: &Urls) -> Result<Self, SetupError> {
        // Fails if a provider was installed before, which is the same one or the choice of the program.
        drop(rustls::crypto::ring::default_provider().install_default());
        let direct = urls.are_loopback();
        let proxies = if direct { Vec::new() } else { proxies(urls)? };
        let secure = urls.all().into_iter().find(|url| url.scheme() == "https");
        let needs_certificates = secure.is_some() || proxies.iter().any(|(_, proxy)| proxy.is_https());
        let headers = HeaderMap::from_iter([(ACCEPT, HeaderValue::from_static("application/json"))]);
        let client = |finish: fn(ClientBuilder) -> ClientBuilder| {
            let builder = Client::builder();
            let builder = if direct { builder.no_proxy() } else { builder };
            // Without TLS, a system without root certificates is enough.
            let builder = if needs_certificates { builder } else { builder.tls_certs_only([]) };
            let builder = builder
                .user_agent(user_agent)
                .default_headers(headers.clone())
                .pool_idle_timeout(POOL_IDLE)
                .connect_timeout(limits.timeout)
                .redirect(redirect::Policy::none()); // a redirect would send the key to another server
            let peer = secure.map_or_else(|| "a proxy".into(), peer);
            finish(builder).build().map_err(|cause| SetupError::Client { peer, cause })
        };
        let count = limits.concurrency.div_ceil(STREAMS_PER_CONNECTION).max(1);
        let clients = (0..count).map(|_| client(|builder| builder)).collect::<Result<_, _>>()?;
        let fresh = client(|builder| builder.pool_max_idle_per_host(0))?;
        Ok(Self { clients, fresh, proxies })
    }

    /// The request of a call, without a key.
    pub(super) fn request(&self, call: &Call, connection: Connection) -> RequestBuilder {
        let pooled = || self.clients.get(call.shard.checked_rem(self.clients.len())?);
        let client = match connection {
            Connection::Pooled => pooled().unwrap_or(&self.fresh),
            Connection::Fresh => &self.fresh,
        };
        match &call.body {
            None => client.get(call.url.clone()),
            Some(body) => {
                client.post(call.url.clone()).header(CONTENT_TYPE, "application/json").body(body.clone())
            }
        }
    }

    /// The reason, with the proxy of the request if it may be the cause.
    pub(super) fn explain(&self, call: &Call, reason: Reason) -> Reason {
        let Reason::Connect { cause } = &reason else { return reason };
        let origin = call.url.origin();
        match self.proxies.iter().find(|(url, _)| url.origin() == origin) {
            Some((_, proxy)) => Reason::Connect { cause: format!("{cause}; {proxy}").into() },
            None => reason,
        }
    }
}

/// The proxy of each URL that has one.
fn proxies(urls: &Urls) -> Result<Vec<(Url, Proxy)>, SetupError> {
    let mut proxies = Vec::new();
    for url in urls.all() {
        proxies.extend(Proxy::of(url)?.map(|proxy| (url.clone(), proxy)));
    }
    Ok(proxies)
}
