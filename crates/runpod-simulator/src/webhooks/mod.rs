//! Job webhooks: whoever asked for it is told of each job that ends, as Runpod does it: once, and up to twice more if the
//! answer is not 200. As on the real way, some are told twice, and some late.
//!
//! What is said of a job is in `payload`.

mod payload;

use std::fmt::{self, Debug, Formatter};
use std::str::FromStr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::{StreamExt, stream};
use rand::rngs::Xoshiro256PlusPlus;
use rand::{RngExt, SeedableRng};
use reqwest::{Client, StatusCode, Url};
use tokio::time::{MissedTickBehavior, interval, sleep};

use super::world::{Endpoint, FinishedJob};
use crate::simulator::Simulator;

/// How often is looked whether jobs have ended.
const ROUND: Duration = Duration::from_secs(1);

/// Runpod tries three times, ten seconds apart.
const TRIES: usize = 3;
const PAUSE: Duration = Duration::from_secs(10);

/// Webhooks under way together.
const AT_ONCE: usize = 32;

/// How long an answer is waited for.
const PATIENCE: Duration = Duration::from_secs(30);

/// What stands in the URL for the endpoint's id.
const PLACE: &str = "{endpoint_id}";

/// Whom to tell of finished jobs, and how badly.
#[derive(Debug, Clone)]
pub struct WebhookOptions {
    /// Where to.
    pub url: WebhookUrl,
    /// The share of jobs that are told twice though they were answered 200.
    pub duplicates: f64,
    /// The share of jobs that are told late, after others that ended later.
    pub disorder: f64,
    /// Characters of text in each output.
    pub output: usize,
    /// Between two tries.
    pub pause: Duration,
}

/// A URL with `{endpoint_id}` in it. `Debug` hides it: there may be a token in it.
#[derive(Clone)]
pub struct WebhookUrl(String);

/// The text is no URL of a webhook.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a URL; use for example http://127.0.0.1:10736/webhooks/jobs/{PLACE}?token=…")]
pub struct BadWebhookUrl;

/// How it went with the jobs of one round.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Delivered {
    /// Webhooks that were answered 200 in the end, those told twice counted twice.
    pub accepted: u64,
    /// Webhooks that were given up.
    pub refused: u64,
}

/// Who carries the webhooks.
#[derive(Debug)]
pub(super) struct Postman {
    options: WebhookOptions,
    client: Client,
    luck: Mutex<Xoshiro256PlusPlus>,
}

// === impl WebhookOptions ===

impl WebhookOptions {
    /// Every job once, in order, with a short output.
    pub fn new(url: WebhookUrl) -> Self {
        Self { url, duplicates: 0.0, disorder: 0.0, output: 200, pause: PAUSE }
    }
}

// === impl WebhookUrl ===

impl WebhookUrl {
    fn of(&self, endpoint: &str) -> String {
        self.0.replace(PLACE, endpoint)
    }
}

impl FromStr for WebhookUrl {
    type Err = BadWebhookUrl;

    fn from_str(text: &str) -> Result<Self, BadWebhookUrl> {
        let url = Self(text.to_owned());
        let parsed = Url::parse(&url.of("id")).map_err(|_malformed| BadWebhookUrl)?;
        if matches!(parsed.scheme(), "http" | "https") { Ok(url) } else { Err(BadWebhookUrl) }
    }
}

impl Debug for WebhookUrl {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("(hidden)")
    }
}

// === impl Simulator ===

impl Simulator {
    /// Tells of the jobs that have ended since the last time, and answers once all are told or given up.
    pub async fn deliver(&self) -> Delivered {
        let Some(postman) = &self.0.postman else { return Delivered::default() };
        let jobs = self.world().take_finished();
        let answers = stream::iter(postman.shuffle(jobs))
            .map(|(endpoint, job)| async move { postman.tell(&endpoint, &job).await })
            .buffer_unordered(AT_ONCE);
        answers
            .fold(Delivered::default(), |Delivered { accepted, refused }, fine| async move {
                Delivered { accepted: accepted + u64::from(fine), refused: refused + u64::from(!fine) }
            })
            .await
    }

    /// Tells of jobs as they end, for ever.
    pub(super) async fn tell_of_jobs(&self) {
        if self.0.postman.is_none() {
            std::future::pending::<()>().await;
        }
        let mut rounds = interval(ROUND);
        rounds.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            rounds.tick().await;
            let Delivered { refused, .. } = self.deliver().await;
            if refused > 0 {
                tracing::warn!(refused, "dropping webhooks that were not answered with 200");
            }
        }
    }
}

// === impl Postman ===

impl Postman {
    pub(super) fn new(options: WebhookOptions, seed: u64) -> Option<Self> {
        // Says Err if the exporter in this process was first: the provider is the same.
        drop(rustls::crypto::ring::default_provider().install_default());
        let client = Client::builder().timeout(PATIENCE).user_agent("simulated-runpod").no_proxy().build();
        let client =
            client.inspect_err(|error| tracing::error!(%error, "webhooks disabled: no HTTP client")).ok()?;
        let luck = Mutex::new(Xoshiro256PlusPlus::seed_from_u64(seed));
        Some(Self { options, client, luck })
    }

    /// The jobs as they are told: some twice, some late.
    fn shuffle(&self, jobs: Vec<(Arc<Endpoint>, FinishedJob)>) -> Vec<(Arc<Endpoint>, FinishedJob)> {
        let mut luck = self.luck.lock().unwrap_or_else(PoisonError::into_inner);
        let WebhookOptions { duplicates, disorder, .. } = &self.options;
        let count = jobs.len();
        let mut told = Vec::with_capacity(count);
        for (place, job) in jobs.into_iter().enumerate() {
            let mut later = || place + luck.random_range(0..=count);
            let (again, late) = (later(), later());
            if luck.random::<f64>() < *duplicates {
                told.push((again, job.clone()));
            }
            told.push((if luck.random::<f64>() < *disorder { late } else { place }, job));
        }
        told.sort_by_key(|(place, _)| *place);
        told.into_iter().map(|(_, job)| job).collect()
    }

    /// Tells of a job; answers whether it was heard.
    async fn tell(&self, endpoint: &Endpoint, job: &FinishedJob) -> bool {
        let configuration = endpoint.configuration();
        let url = self.options.url.of(&configuration.id);
        let body = payload::of(configuration, job, &url, self.options.output).to_string();
        for attempt in 0..TRIES {
            if attempt > 0 {
                sleep(self.options.pause).await;
            }
            let request =
                self.client.post(&url).header("Content-Type", "application/json").body(body.clone());
            if request.send().await.is_ok_and(|response| response.status() == StatusCode::OK) {
                return true;
            }
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_takes_the_id_and_hides_its_token() {
        let url: WebhookUrl = "http://host/{endpoint_id}?token=SECRET".parse().unwrap();
        assert_eq!(url.of("e1"), "http://host/e1?token=SECRET");
        assert!(!format!("{:?}", WebhookOptions::new(url)).contains("SECRET"));
        for bad in ["", "host", "ftp://host/{endpoint_id}", "/webhooks"] {
            assert!(bad.parse::<WebhookUrl>().is_err(), "{bad}");
        }
    }
}
