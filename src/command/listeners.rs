//! The listeners of `serve`: what can be reached on each of them, and how. The server itself does not belong here: see
//! `http/server/`.

use std::io;
use std::sync::Arc;

use axum::Router;
use program::listen::{are_loopback, max_connections};
use program::output::raise_open_files;
use program::task::{Task, restarting};
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::http::{
    Access, Context, Encryption, Server, Timeouts, router, router_of_jobs, router_without_jobs,
};
use crate::instruments::Instruments;
use crate::web::Security;

/// The open listeners.
pub(super) struct Listeners {
    /// For people, Prometheus, and, unless they have listeners of their own, webhooks and pushes.
    pub(super) main: Vec<TcpListener>,
    /// For webhooks and pushes only.
    pub(super) jobs: Vec<TcpListener>,
    /// The proxy of simulated pods, in the demo.
    pub(super) simulated_pods: Option<Router>,
}

/// A listener, what can be reached there, and how.
struct Listening {
    listener: TcpListener,
    routes: Router,
    encryption: Encryption,
}

impl Listeners {
    /// Whether no other machine can send webhooks and pushes.
    pub(super) fn receive_only_local_jobs(&self) -> io::Result<bool> {
        are_loopback(if self.jobs.is_empty() { &self.main } else { &self.jobs })
    }

    /// What can be reached on each listener.
    fn with_routes(self, context: &Context, access: &Access) -> io::Result<Vec<Listening>> {
        let Self { main, jobs, simulated_pods } = self;
        let routes = if jobs.is_empty() { router } else { router_without_jobs };
        let main_routes = routes(context.clone(), access.clone()).merge(simulated_pods.unwrap_or_default());
        let job_access = Access { loopback: are_loopback(&jobs)?, only_jobs: true, ..access.clone() };
        let job_routes = router_of_jobs(context.clone(), job_access);
        let with = |listener, routes: &Router, for_webhooks| {
            let encryption = Encryption { security: access.security.clone(), for_webhooks };
            Listening { listener, routes: routes.clone(), encryption }
        };
        let main = main.into_iter().map(|listener| with(listener, &main_routes, false));
        let jobs = jobs.into_iter().map(|listener| with(listener, &job_routes, true));
        Ok(main.chain(jobs).collect())
    }
}

/// Says who can read what, if it is more than this machine.
pub(super) fn log_readers(security: &Security, loopback: bool) {
    if !loopback && !security.authenticates() {
        tracing::info!(
            "no login is required: anyone who can connect can read all metrics, the names of endpoints and pods, the balance and the documentation, but no key; set --web.config.file, or listen on 127.0.0.1"
        );
    }
}

/// Serves each listener, with a limit on its connections that leaves file descriptors for requests to Runpod.
pub(super) fn serve(
    listeners: Listeners,
    context: &Context,
    access: &Access,
    instruments: &Arc<Instruments>,
    stop: &CancellationToken,
) -> io::Result<JoinSet<()>> {
    let listeners = listeners.with_routes(context, access)?;
    let connections = max_connections(raise_open_files()) / listeners.len().max(1);
    let mut servers = JoinSet::new();
    for Listening { listener, routes, encryption } in listeners {
        let (address, webhooks_only) = (listener.local_addr()?, encryption.for_webhooks);
        tracing::info!(%address, connections, webhooks_only, "listening");
        let server = Server::new(routes, connections, Timeouts::default(), Arc::clone(instruments));
        let server = server.encrypted(encryption);
        let (server, listener, stop) = (Arc::new(server), Arc::new(listener), stop.clone());
        servers.spawn(restarting(Task::Http, move || {
            let (server, listener, stop) = (Arc::clone(&server), Arc::clone(&listener), stop.clone());
            async move { server.serve(&listener, stop).await }
        }));
    }
    Ok(servers)
}
