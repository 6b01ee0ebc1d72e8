//! The HTTP clients of an account and their connections.

use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderValue};
use reqwest::{Client, ClientBuilder, RequestBuilder, redirect};
use url::Url;

use super::call::{Call, peer};
use super::proxy::Proxy;
use super::resolver::Resolver;
use super::tls;
use crate::error::{Reason, SetupError};
use crate::limits::Limits;
use crate::urls::Urls;

/// Unused connections stay open for this long, so that periodic requests do not pay for TLS handshakes. A connection that
/// the server closed earlier costs one retry.
const POOL_IDLE: Duration = Duration::from_mins(5);

/// Time without a sign of life after which a connection with requests in flight is lost: a network that was cut, a firewall that
/// has forgotten the connection, a laptop that was asleep. They are sent again on other connections, for which half of a usual
/// scrape is left. Otherwise they would wait for their timeouts, and over HTTP/2 so would those of the next scrapes.
const SILENCE: Duration = Duration::from_secs(5);

/// The part of it after which a server is requested to answer, over HTTP/2.
const PING_AFTER: Duration = Duration::from_secs(3);

/// Maximum number of requests of one HTTP client. A client has one HTTP/2 connection to a server, on which requests above the
/// server's limit wait without notice. RFC 9113, section 6.5.2, recommends a limit of at least 100, which is what servers have.
const STREAMS: usize = 100;

/// The connection of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Connection {
    /// One that is open, if there is one.
    Pooled,
    /// A new one, which is used once.
    Fresh,
}

/// Clients, each with its number of requests in flight.
type Clients = Arc<Mutex<Vec<(Client, usize)>>>;

/// HTTP clients with connections of their own, as many as the requests in flight need.
#[derive(Debug)]
pub(super) struct Pool {
    clients: Clients,
    /// What further clients are built from.
    template: Template,
    /// Opens a connection for each request.
    fresh: Client,
    proxies: Vec<(Url, Proxy)>,
}

/// A client for one request or stream, until this is dropped.
#[derive(Debug)]
pub(crate) struct Lease {
    client: Client,
    /// The position among the clients of the pool, of one of them.
    shared: Option<(Clients, usize)>,
}

/// What all clients have in common.
#[derive(Debug)]
struct Template {
    user_agent: HeaderValue,
    direct: bool,
    /// `None` without TLS: a system without root certificates is then enough.
    tls: Option<rustls::ClientConfig>,
    timeout: Duration,
    resolver: Resolver,
}

impl Template {
    fn build(&self, finish: fn(ClientBuilder) -> ClientBuilder) -> Result<Client, reqwest::Error> {
        let builder = Client::builder();
        let builder = if self.direct { builder.no_proxy() } else { builder };
        let builder = match &self.tls {
            Some(tls) => builder.tls_backend_preconfigured(tls.clone()),
            None => builder.tls_certs_only([]),
        };
        let headers = HeaderMap::from_iter([(ACCEPT, HeaderValue::from_static("application/json"))]);
        let builder = builder
            .user_agent(&self.user_agent)
            .default_headers(headers)
            .pool_idle_timeout(POOL_IDLE)
            .connect_timeout(self.timeout)
            .dns_resolver(self.resolver.clone())
            .http2_keep_alive_interval(PING_AFTER)
            .http2_keep_alive_timeout(SILENCE.saturating_sub(PING_AFTER))
            .redirect(redirect::Policy::none()); // a redirect would send the key to another server
        #[cfg(target_os = "linux")]
        let builder = builder.tcp_user_timeout(SILENCE);
        finish(builder).build()
    }
}

impl Pool {
    /// A pool with one client. If all URLs are on this machine, the proxy of the environment is ignored.
    pub(super) fn new(user_agent: &HeaderValue, limits: &Limits, urls: &Urls) -> Result<Self, SetupError> {
        // Fails if a provider was installed before, which is the same one or the choice of the program.
        drop(rustls::crypto::ring::default_provider().install_default());
        let direct = urls.are_loopback();
        let proxies = if direct { Vec::new() } else { proxies(urls)? };
        let secure = urls.all().into_iter().find(|url| url.scheme() == "https");
        let needs_certificates = secure.is_some() || proxies.iter().any(|(_, proxy)| proxy.is_https());
        let peer = || secure.map_or_else(|| "a proxy".into(), peer);
        let tls = needs_certificates.then(tls::configuration).transpose();
        let tls = tls.map_err(|cause| SetupError::Client { peer: peer(), cause: cause.into() })?;
        let template = Template {
            user_agent: user_agent.clone(),
            direct,
            tls,
            timeout: limits.timeout,
            resolver: Resolver::of_system(),
        };
        let failed = |cause: reqwest::Error| SetupError::Client { peer: peer(), cause: cause.into() };
        let first = template.build(|builder| builder).map_err(failed)?;
        let fresh = template.build(|builder| builder.pool_max_idle_per_host(0)).map_err(failed)?;
        Ok(Self { clients: Arc::new(Mutex::new(vec![(first, 0)])), template, fresh, proxies })
    }

    /// The proxies in use, each with the host that is reached through it.
    pub(super) fn proxies(&self) -> Vec<String> {
        let shown = |(url, proxy): &(Url, Proxy)| format!("{} through {proxy}", peer(url));
        self.proxies.iter().map(shown).collect()
    }

    /// A client for one request: the first one with a free stream, so that few connections are used and stay warm.
    pub(super) fn lease(&self, connection: Connection) -> Lease {
        let fresh = || Lease { client: self.fresh.clone(), shared: None };
        if connection == Connection::Fresh {
            return fresh();
        }
        let mut clients = self.clients.lock();
        let position = clients.iter().position(|(_, requests)| *requests < STREAMS).unwrap_or(clients.len());
        if position == clients.len() {
            match self.template.build(|builder| builder) {
                Ok(client) => clients.push((client, 0)),
                Err(error) => {
                    tracing::debug!(%error, "no further HTTP client");
                    return fresh();
                }
            }
        }
        let Some((client, requests)) = clients.get_mut(position) else { return fresh() };
        *requests = requests.saturating_add(1);
        Lease { client: client.clone(), shared: Some((Arc::clone(&self.clients), position)) }
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

impl Lease {
    /// The request of a call, without a key.
    pub(super) fn request(&self, call: &Call) -> RequestBuilder {
        match &call.body {
            None => self.client.get(call.url.clone()),
            Some(body) => {
                self.client.post(call.url.clone()).header(CONTENT_TYPE, "application/json").body(body.clone())
            }
        }
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        let Some((clients, position)) = &self.shared else { return };
        if let Some((_, requests)) = clients.lock().get_mut(*position) {
            *requests = requests.saturating_sub(1);
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

#[cfg(test)]
mod tests {
    use super::*;

    fn pool() -> Pool {
        let url = |path: &str| Url::parse(&format!("http://127.0.0.1:1{path}")).unwrap();
        let urls = Urls { graphql: url("/graphql"), jobs: url("/jobs"), rest: url("/rest") };
        Pool::new(&HeaderValue::from_static("test/1.0"), &Limits::default(), &urls).unwrap()
    }

    fn requests(pool: &Pool) -> Vec<usize> {
        pool.clients.lock().iter().map(|(_, requests)| *requests).collect()
    }

    #[test]
    fn there_are_as_many_connections_as_the_requests_need() {
        let pool = pool();
        let leases: Vec<_> = (0..250).map(|_| pool.lease(Connection::Pooled)).collect();
        let _fresh = pool.lease(Connection::Fresh);
        assert_eq!(requests(&pool), [100, 100, 50]);
        drop(leases);
        assert_eq!(requests(&pool), [0, 0, 0]);
        let _one = pool.lease(Connection::Pooled);
        assert_eq!(requests(&pool), [1, 0, 0], "the first has connections");
    }
}
