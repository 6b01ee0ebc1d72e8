//! A simulated week: a scrape every 30 seconds of nearly all collectors, and at each of them a tenth of the endpoints is
//! replaced. The clocks of the exporter, of tokio and of Runpod are advanced between two scrapes.

use std::sync::Arc;
use std::time::Duration;

use clock::{Clock, ManualClock, after};
use runpod_exporter::testing::config::Account;
use runpod_exporter::testing::scrape::Scope;
use runpod_exporter::testing::settings::{Collector, Reading};
use serde_json::json;
use tokio::runtime::Handle;
use tokio::time::{Instant, advance, pause, resume};

use crate::account::{Outcome, account_at, app_by};
use crate::upstream::{ENDPOINTS, Upstream, start};
use crate::usage::Usage;

/// The time between two scrapes in seconds.
const INTERVAL: u64 = 30;

/// The scrapes of a week.
pub(crate) const SCRAPES: u64 = 7 * 24 * 3_600 / INTERVAL;

/// The scrapes of an hour, whose maximum is one sample.
const HOUR: u64 = 3_600 / INTERVAL;

/// A stream of logs lasts in real time; the market has the same thousands of series in every account; and bills name every endpoint
/// that there was in their period, 40,000 at the end of the week, so that the response grows and not what the exporter keeps.
const LEFT_OUT: [Collector; 3] = [Collector::Logs, Collector::Market, Collector::Billing];

pub(crate) async fn run(scrapes: u64, file: &str) -> Outcome<()> {
    let mut upstream = Upstream::start().await?;
    let clock = ManualClock::new(start()?);
    let shown: Arc<dyn Clock> = Arc::new(clock.clone());
    let collectors = Collector::ALL.iter().copied().filter(|collector| !LEFT_OUT.contains(collector));
    let reading = Reading { collectors: collectors.collect(), each_worker: true, ..Reading::default() };
    let app = app_by(vec![Account { reading, ..account_at(upstream.address, "default")? }], shown)?;
    let (mut hours, mut failed): (Vec<Usage>, Vec<String>) = (Vec::new(), Vec::new());
    for scrape in 0..scrapes {
        let deadline = after(Instant::now(), Duration::from_secs(20));
        let page = app.scraper().scrape(Scope::default(), deadline).await?;
        let text = String::from_utf8(page.text()?.to_vec())?;
        failed.extend(failures(&text).map(|line| format!("scrape {scrape}: {line}")));
        drop(page);
        let used = Usage::of("self", &text, Handle::current().metrics().num_alive_tasks())?;
        if scrape % HOUR == 0 {
            hours.push(Usage::default());
        }
        if let Some(hour) = hours.last_mut() {
            *hour = hour.max(used);
        }
        clock.advance(Duration::from_secs(INTERVAL).try_into()?);
        pause();
        advance(Duration::from_secs(INTERVAL)).await;
        resume();
        upstream.advance(INTERVAL).await?;
    }
    let samples: Vec<_> = (0_u32..).zip(&hours).map(|(hour, used)| used.json(f64::from(hour))).collect();
    let figures = json!({"scrapes": scrapes, "interval": INTERVAL, "endpoints": ENDPOINTS, "failed": failed.len(), "samples": samples});
    std::fs::write(file, serde_json::to_string_pretty(&figures)?)?;
    judge(&hours, &failed)
}

/// What a page says has failed.
fn failures(page: &str) -> impl Iterator<Item = &str> {
    let is_failure = |line: &&str| {
        let success = ["runpod_collector_success{", "runpod_endpoint_up{", "runpod_up{"];
        success.iter().any(|name| line.starts_with(name)) && line.ends_with(" 0")
    };
    page.lines().filter(is_failure)
}

/// Fails if the last third uses more than the second one did. In the first one, what is kept for a day becomes complete.
fn judge(hours: &[Usage], failed: &[String]) -> Outcome<()> {
    let third = hours.len() / 3;
    let most = |part: &[Usage]| part.iter().copied().reduce(Usage::max).unwrap_or_default();
    let middle = most(hours.get(third..2 * third).unwrap_or_default());
    let last = most(hours.get(2 * third..).unwrap_or_default());
    let mut problems = last.growth(middle, 0);
    if let Some(first) = failed.first() {
        problems.push(format!("{} failures, the first: {first}", failed.len()));
    }
    if problems.is_empty() { Ok(()) } else { Err(problems.join("; ").into()) }
}
