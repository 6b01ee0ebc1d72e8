//! Sends webhooks about finished jobs of a world.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use futures_util::{StreamExt, stream};
use parking_lot::Mutex;
use rand::rngs::Xoshiro256PlusPlus;
use rand::{RngExt, SeedableRng};
use reqwest::{Client, StatusCode};
use tokio::time::{MissedTickBehavior, interval, sleep};

use super::options::{PAUSES, WebhookOptions};
use super::payload;
use crate::job_record::OUTPUT;
use crate::world::{Endpoint, FinishedJob, World};

/// How often finished jobs are sent.
const INTERVAL: Duration = Duration::from_secs(1);

/// Maximum number of webhooks in flight.
const CONCURRENCY: usize = 32;

/// Timeout of one attempt.
const TIMEOUT: Duration = Duration::from_secs(30);

/// The result of sending finished jobs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Delivered {
    /// Webhooks that were answered with 200. A job that was sent twice counts twice.
    pub accepted: u64,
    /// Webhooks that failed in every attempt.
    pub refused: u64,
}

/// A job with its endpoint.
type EndpointJob = (Arc<Endpoint>, FinishedJob);

/// Sends webhooks about finished jobs: those of simulated clients to the URL of the options, those of other clients to the URL
/// that came with the job.
#[derive(Debug)]
pub(crate) struct WebhookSender {
    /// For simulated clients; `None` if they want no webhooks.
    options: Option<WebhookOptions>,
    /// Created for the first webhook; `None` if that failed.
    client: OnceLock<Option<Client>>,
    rng: Mutex<Xoshiro256PlusPlus>,
    /// The source of the ids of traces, so that they do not change the order of the jobs.
    traces: Mutex<Xoshiro256PlusPlus>,
}

impl WebhookSender {
    pub(crate) fn new(options: Option<WebhookOptions>, seed: u64) -> Self {
        let rng = Mutex::new(Xoshiro256PlusPlus::seed_from_u64(seed));
        let traces = Mutex::new(Xoshiro256PlusPlus::seed_from_u64(!seed));
        Self { options, client: OnceLock::new(), rng, traces }
    }

    /// Sends jobs as they finish. This never returns.
    pub(crate) async fn run(&self, world: &World) {
        let mut awaited = world.awaited_results();
        let mut ticks = interval(INTERVAL);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            if self.options.is_none() {
                // Without the world there is nothing left to send.
                drop(awaited.wait_for(|jobs| *jobs > 0).await);
            }
            ticks.tick().await;
            let Delivered { refused, .. } = self.deliver(world).await;
            if refused > 0 {
                tracing::warn!(refused, "dropping webhooks that were not answered with 200");
            }
        }
    }

    /// Sends the jobs that finished since the last call. Returns once every webhook has succeeded or failed.
    pub(crate) async fn deliver(&self, world: &World) -> Delivered {
        let simulated = self.options.as_ref().map(|options| {
            let jobs = self.shuffle(options, world.take_finished()).into_iter();
            jobs.map(|(endpoint, job)| {
                let url = options.url.of(&endpoint.configuration().id);
                (endpoint, job, url)
            })
        });
        let sent = world.take_results().into_iter().filter_map(|(endpoint, job)| {
            let url = job.request.as_ref()?.webhook.clone()?;
            Some((endpoint, job, url))
        });
        let answers = stream::iter(simulated.into_iter().flatten().chain(sent))
            .map(|(endpoint, job, url)| async move { self.send(&endpoint, &job, &url).await })
            .buffer_unordered(CONCURRENCY);
        answers
            .fold(Delivered::default(), |Delivered { accepted, refused }, success| async move {
                Delivered { accepted: accepted + u64::from(success), refused: refused + u64::from(!success) }
            })
            .await
    }

    /// The jobs in the order in which they are sent: some twice, some late.
    fn shuffle(&self, options: &WebhookOptions, jobs: Vec<EndpointJob>) -> Vec<EndpointJob> {
        let mut rng = self.rng.lock();
        let WebhookOptions { duplicates, disorder, .. } = options;
        let count = jobs.len();
        let mut shuffled = Vec::with_capacity(count);
        for (place, job) in jobs.into_iter().enumerate() {
            let mut later = || place + rng.random_range(0..=count);
            let (again, late) = (later(), later());
            if rng.random::<f64>() < *duplicates {
                shuffled.push((again, job.clone()));
            }
            shuffled.push((if rng.random::<f64>() < *disorder { late } else { place }, job));
        }
        shuffled.sort_by_key(|(place, _)| *place);
        shuffled.into_iter().map(|(_, job)| job).collect()
    }

    /// The header with which Runpod reports the trace of a job.
    fn traceparent(&self) -> String {
        let mut traces = self.traces.lock();
        let (trace, span): (u128, u64) = (traces.random(), traces.random());
        format!("00-{:032x}-{:016x}-01", trace | 1, span | 1) // no id is 0
    }

    /// Sends the webhook of a job. Returns whether it succeeded.
    async fn send(&self, endpoint: &Endpoint, job: &FinishedJob, url: &str) -> bool {
        let Some(client) = self.client.get_or_init(client) else { return false };
        let options = self.options.as_ref();
        let (output, pauses) = options.map_or((OUTPUT, PAUSES), |options| (options.output, options.pauses));
        let body = payload::of(endpoint.configuration(), job, url, output).to_string();
        let traceparent = self.traceparent();
        for pause in std::iter::once(Duration::ZERO).chain(pauses) {
            sleep(pause).await;
            let request = client.post(url).header("Content-Type", "application/json");
            let request = request.header("traceparent", &traceparent).body(body.clone());
            if request.send().await.is_ok_and(|response| response.status() == StatusCode::OK) {
                return true;
            }
        }
        false
    }
}

fn client() -> Option<Client> {
    // Fails if the exporter in the same process has installed it already, which has the same effect.
    drop(rustls::crypto::ring::default_provider().install_default());
    let client = Client::builder().timeout(TIMEOUT).user_agent("simulated-runpod").no_proxy().build();
    client.inspect_err(|error| tracing::error!(%error, "webhooks disabled: no HTTP client")).ok()
}
