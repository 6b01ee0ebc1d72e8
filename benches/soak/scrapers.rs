//! Scrapers, each with a connection of its own and at a time of its own within the interval.

use std::time::Duration;

use reqwest::Client;
use tokio::task::JoinSet;
use tokio::time::{Instant, interval_at};

use crate::account::Outcome;
use crate::timings::Timings;

const SCRAPERS: u32 = 50;

const INTERVAL: Duration = Duration::from_secs(1);

/// The running scrapers.
pub(crate) struct Scrapers(JoinSet<Timings>);

impl Scrapers {
    /// Starts scrapers that end at this moment.
    pub(crate) fn start(exporter: &str, end: Instant) -> Outcome<Self> {
        let mut scrapers = JoinSet::new();
        for number in 0..SCRAPERS {
            let url = format!("http://{exporter}/metrics");
            let client = Client::builder().no_proxy().gzip(true).build()?;
            scrapers.spawn(async move {
                let mut timings = Timings::default();
                let mut ticks = interval_at(Instant::now() + INTERVAL * number / SCRAPERS, INTERVAL);
                while Instant::now() < end {
                    let due = ticks.tick().await;
                    timings.record(due, scrape(&client, &url).await);
                }
                timings
            });
        }
        Ok(Self(scrapers))
    }

    pub(crate) async fn join(self) -> Timings {
        self.0.join_all().await.into_iter().fold(Timings::default(), Timings::with)
    }
}

async fn scrape(client: &Client, url: &str) -> Outcome<()> {
    let page = client.get(url).send().await?.error_for_status()?.text().await?;
    let failed =
        page.lines().find(|line| line.starts_with("runpod_collector_success{") && line.ends_with(" 0"));
    match failed {
        Some(line) => Err(line.to_owned().into()),
        None if page.contains("runpod_up{account=\"default\"} 1\n") => Ok(()),
        None => Err("a page without runpod_up 1".into()),
    }
}
