//! Names of servers: one lookup of a name at a time, whose result all connections share that are opened meanwhile.
//!
//! The resolver of the system takes a thread for each lookup and remembers nothing. A scrape that opens thousands of connections would
//! send as many queries, and keep hundreds of threads waiting while no name server answers.

use std::collections::HashMap;
use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use parking_lot::Mutex;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use tokio::net::lookup_host;
use tokio::sync::watch;

/// Looks names up.
#[derive(Clone)]
pub(super) struct Resolver {
    /// Those in flight, by name.
    lookups: Arc<Mutex<HashMap<String, Lookup>>>,
    look_up: LookUp,
}

type LookUp = fn(String) -> BoxFuture<'static, io::Result<Vec<SocketAddr>>>;

type Lookup = watch::Receiver<Option<Result<Vec<SocketAddr>, LookupError>>>;

/// A name has no address, or no server knows it.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{0}")]
struct LookupError(Arc<str>);

impl Resolver {
    /// The resolver of the system.
    pub(super) fn of_system() -> Self {
        Self::new(|name| Box::pin(async move { Ok(lookup_host((name, 0)).await?.collect()) }))
    }

    fn new(look_up: LookUp) -> Self {
        Self { lookups: Arc::default(), look_up }
    }

    /// Joins the lookup of this name, or starts one. It continues without those that wait for it, so that the next ones join it.
    #[expect(
        clippy::disallowed_methods,
        reason = "a lookup outlasts the requests that wait for it, and no shutdown waits for a name server"
    )]
    fn join(&self, name: &str) -> Lookup {
        let mut lookups = self.lookups.lock();
        lookups.retain(|_, lookup| lookup.borrow().is_none() && lookup.has_changed().is_ok());
        if let Some(lookup) = lookups.get(name) {
            return lookup.clone();
        }
        let (sender, lookup) = watch::channel(None);
        let addresses = (self.look_up)(name.to_owned());
        tokio::spawn(async move {
            let result = addresses.await.map_err(|error| LookupError(error.to_string().into()));
            sender.send_replace(Some(result));
        });
        lookups.insert(name.to_owned(), lookup.clone());
        lookup
    }
}

impl fmt::Debug for Resolver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Resolver").finish_non_exhaustive()
    }
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let mut lookup = self.join(name.as_str());
        Box::pin(async move {
            let result = lookup.wait_for(Option::is_some).await.map(|result| result.clone());
            let addresses =
                result.ok().flatten().ok_or_else(|| LookupError("the lookup panicked".into()))??;
            Ok(Box::new(addresses.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use futures_util::future::join_all;
    use tokio::time::sleep;

    use super::*;

    static LOOKUPS: AtomicUsize = AtomicUsize::new(0);

    /// Takes a second, and fails the first time.
    fn slow(name: String) -> BoxFuture<'static, io::Result<Vec<SocketAddr>>> {
        let number = LOOKUPS.fetch_add(1, Ordering::SeqCst);
        Box::pin(async move {
            sleep(Duration::from_secs(1)).await;
            assert!(name != "panic");
            if number == 0 {
                Err(io::Error::other("no name server"))
            } else {
                Ok(vec![([192, 0, 2, 1], 0).into()])
            }
        })
    }

    #[tokio::test(start_paused = true)]
    async fn lookups_of_a_name_at_the_same_time_are_one() {
        let resolver = Resolver::new(slow);
        let resolve = |name: &str| resolver.resolve(name.parse().unwrap());
        let failed = join_all((0..1_000).map(|_| resolve("api.example"))).await;
        for result in failed {
            assert_eq!(result.err().unwrap().to_string(), "no name server");
        }
        assert_eq!(LOOKUPS.load(Ordering::SeqCst), 1);
        drop(resolve("api.example")); // a lookup that nobody waits for is joined
        sleep(Duration::from_millis(500)).await;
        assert_eq!(resolve("api.example").await.unwrap().collect::<Vec<_>>(), [([192, 0, 2, 1], 0).into()]);
        assert_eq!(LOOKUPS.load(Ordering::SeqCst), 2);
        drop(resolve("api.example"));
        sleep(Duration::from_secs(2)).await; // its result is not used later
        let (one, other) = tokio::join!(resolve("api.example"), resolve("jobs.example"));
        assert!(one.is_ok() && other.is_ok());
        assert_eq!(LOOKUPS.load(Ordering::SeqCst), 5);
        assert_eq!(resolve("panic").await.err().unwrap().to_string(), "the lookup panicked");
    }
}
