//! Senders of webhooks, each with a connection of its own and a fixed rate.

use std::time::Duration;

use reqwest::Client;
use tokio::task::JoinSet;
use tokio::time::{Instant, interval_at};

use crate::account::Outcome;
use crate::timings::Timings;

/// 1,000 webhooks a second together.
const SENDERS: u32 = 20;

const INTERVAL: Duration = Duration::from_millis(20);

/// The running senders.
pub(crate) struct Senders(JoinSet<Timings>);

impl Senders {
    /// Starts senders that end at this moment.
    pub(crate) fn start(exporter: &str, endpoints: &[String], end: Instant) -> Outcome<Self> {
        let mut senders = JoinSet::new();
        for number in 0..SENDERS {
            let urls: Vec<_> =
                endpoints.iter().map(|id| format!("http://{exporter}/webhooks/jobs/{id}")).collect();
            let client = Client::builder().no_proxy().build()?;
            senders.spawn(async move {
                let mut timings = Timings::default();
                // A sender that is late sends at once what it has not sent: the rate stays.
                let mut ticks = interval_at(Instant::now() + INTERVAL * number / SENDERS, INTERVAL);
                for (job, url) in urls.iter().cycle().enumerate() {
                    let due = ticks.tick().await;
                    if due >= end {
                        break;
                    }
                    timings.record(due, send(&client, url, &format!("{number}-{job}")).await);
                }
                timings
            });
        }
        Ok(Self(senders))
    }

    pub(crate) async fn join(self) -> Timings {
        self.0.join_all().await.into_iter().fold(Timings::default(), Timings::with)
    }
}

async fn send(client: &Client, url: &str, id: &str) -> Outcome<()> {
    let job = format!(
        "{{\"id\":\"{id}\",\"status\":\"COMPLETED\",\"delayTime\":824,\"executionTime\":3391,\"output\":{{\"usage\":{{\"input\":5,\"output\":7}}}}}}"
    );
    let response = client.post(url).body(job).send().await?.error_for_status()?.text().await?;
    if response == "counted\n" { Ok(()) } else { Err(response.into()) }
}
