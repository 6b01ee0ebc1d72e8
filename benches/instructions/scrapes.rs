//! The scrapes whose instructions `make bench-instructions` counts: written as text with gzip, and with a clock that stands still.
//! The simulated Runpod is another process, so that its instructions are not counted.
//!
//! `instructions upstream ENDPOINTS` prints its address and answers until it is killed; `instructions scrapes COUNT ENDPOINTS
//! ADDRESS` scrapes it.

#[path = "../support/account.rs"]
mod account;

use std::io::Write as _;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use clock::ManualClock;
use jiff::Timestamp;
use runpod_exporter::testing::exposition::{Encoding, Format, encode};
use runpod_exporter::testing::metrics;
use runpod_exporter::testing::scrape::Scope;
use runpod_simulator::rest::RestOptions;
use runpod_simulator::{Options, Simulator};
use tokio::net::TcpListener;
use tokio::time::Instant;

use crate::account::{Outcome, account_at, app_by};

/// Longer than any scrape takes in an emulated processor.
const TIMEOUT: Duration = Duration::from_mins(30);

#[tokio::main(flavor = "current_thread")]
async fn main() -> Outcome<()> {
    rlimit::increase_nofile_limit(u64::MAX)?; // each connection needs a file
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["upstream", endpoints] => upstream(endpoints.parse()?).await,
        ["scrapes", count, endpoints, address] => {
            scrapes(count.parse()?, endpoints.parse()?, address.parse()?).await
        }
        _ => Err("arguments: upstream ENDPOINTS, or scrapes COUNT ENDPOINTS ADDRESS".into()),
    }
}

fn clock() -> Arc<ManualClock> {
    Arc::new(ManualClock::new(Timestamp::UNIX_EPOCH + jiff::SignedDuration::from_hours(500_000)))
}

async fn upstream(endpoints: usize) -> Outcome<()> {
    let rest = RestOptions { quota: "off".parse()?, ..RestOptions::default() };
    let options = Options { endpoints, pods: endpoints / 5, rest, ..Options::default() };
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    writeln!(std::io::stdout(), "{}", listener.local_addr()?)?;
    Ok(Simulator::new(&options, clock()).serve(listener, std::future::pending()).await?)
}

/// Called before each scrape and after the last one. Callgrind writes a file and starts to count again when it is called.
#[inline(never)]
fn mark(number: usize) {
    std::hint::black_box(number);
}

async fn scrapes(count: usize, endpoints: usize, upstream: SocketAddr) -> Outcome<()> {
    let mut account = account_at(upstream, "default")?;
    account.limits.timeout = TIMEOUT;
    let app = app_by(vec![account], clock())?;
    let mut size = 0;
    for number in 0..count {
        mark(number);
        let page = app.scraper().scrape(Scope::default(), Instant::now() + TIMEOUT).await?;
        let [account] = page.result().accounts.as_slice() else { return Err("not one account".into()) };
        // A request that timed out would make the scrape cheaper.
        let read = account.snapshot.endpoints.iter().filter(|endpoint| endpoint.up == Some(true)).count();
        let failed = account.snapshot.collectors.iter().filter(|report| report.error.is_some()).count();
        if (read, failed) != (endpoints, 0) {
            return Err(
                format!("{read} of {endpoints} endpoints were read, and {failed} collectors failed").into()
            );
        }
        size = encode(metrics::families(), page.result(), (Format::Text, Encoding::Gzip), size)?.len();
    }
    mark(count);
    writeln!(std::io::stdout(), "{size} bytes")?;
    Ok(())
}
