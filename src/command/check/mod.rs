//! `check`: reports what is wrong, from samples of its own or from the status of a running exporter.
//!
//! Findings are made in `diagnosis/` and sorted in `status/`; this selects and prints them.

mod local;
mod remote;
mod report;
mod samples;
mod select;
mod source;
mod text;

use std::io::{self, IsTerminal as _};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use tokio_util::task::TaskTracker;
use url::Url;

use self::local::Knowledge;
use self::report::{Account, Report};
use self::samples::{FURTHER, Sampler};
use self::select::Wanted;
use self::source::{Nearby, Source};
use self::text::Style;
use super::check_error::CheckError;
use super::failure::Failure;
use super::replay::{Upstream, upstream};
use crate::app::App;
use crate::cli::{self, ReadFrom};
use crate::config::HttpClient;
use crate::format::duration;
use crate::settings::Mode;
use crate::status::Commands;
use clock::Clock;
use program::log;
use program::output::{print_to, raise_open_files, width};
use program::text::visible_json;

/// How many times as long as usual an account is watched whose state is not settled.
const LONGER: u32 = 4;

/// Timeout of reading the exporter that was given.
const GIVEN: Duration = Duration::from_secs(10);

/// Timeout of reading an exporter that may run on this machine.
const LOCAL: Duration = Duration::from_secs(2);

pub(super) async fn run(flags: cli::Check, clock: Arc<dyn Clock>) -> Result<ExitCode, Failure> {
    diagnosed(flags, clock).await.map_err(|failure| Failure::Unknown(Box::new(failure)))
}

async fn diagnosed(flags: cli::Check, clock: Arc<dyn Clock>) -> Result<ExitCode, Failure> {
    log::start(&flags.log.level, flags.log.format)?;
    let mut wanted = Wanted { names: flags.names.clone(), account: flags.account.clone() };
    let read = read(&flags, &mut wanted, clock).await?;
    let Read { mut document, source, several, nearby } = read;
    wanted.select(&mut document)?;
    let mut report = Report::of(&document).map_err(CheckError::from)?;
    if matches!(source, Source::Samples(_) | Source::Recording(_)) {
        report.forget_starts();
    }
    let text = if flags.json {
        json(&document)?
    } else {
        let commands =
            Commands { flags: flags.repeated(), several, is_replay: report.mode == Mode::Replay.as_str() };
        text::text(
            &report,
            &source,
            &Style { width: width(), commands, named: !wanted.names.is_empty(), nearby },
        )
    };
    print_to(anstream::stdout(), text.as_bytes())?;
    Ok(ExitCode::from(report.verdict().code()))
}

/// What was read, and from where.
struct Read {
    document: Value,
    source: Source,
    /// Whether commands have to name an account.
    several: bool,
    /// An exporter on this machine that was not read.
    nearby: Option<Nearby>,
}

/// Reads the exporter that was given, or takes samples, unless an exporter on this machine has seen more.
async fn read(flags: &cli::Check, wanted: &mut Wanted, clock: Arc<dyn Clock>) -> Result<Read, Failure> {
    match flags.from()? {
        Some(ReadFrom::Input) => of_exporter(remote::read_stdin(), "-", Source::Input),
        Some(ReadFrom::Exporter(url)) => of_exporter(
            remote::fetch(&url, &flags.client()?, GIVEN).await,
            url.as_str(),
            Source::Given(url.clone()),
        ),
        None => observed(flags, wanted, clock).await,
    }
}

fn of_exporter(
    document: Result<Value, remote::RemoteError>,
    url: &str,
    source: Source,
) -> Result<Read, Failure> {
    let failed =
        |cause: remote::RemoteError| CheckError::Remote { url: url.to_owned(), cause: cause.to_string() };
    let document = document.map_err(failed)?;
    let several = Report::of(&document).map_err(CheckError::from)?.accounts.len() > 1;
    Ok(Read { document, source, several, nearby: None })
}

async fn observed(flags: &cli::Check, wanted: &mut Wanted, clock: Arc<dyn Clock>) -> Result<Read, Failure> {
    let Upstream { mode, clock, intercept, recording } = upstream(flags.replay(), clock)?;
    let app = App::new(mode, clock, TaskTracker::new()).intercepted(intercept);
    app.apply(flags.settings(raise_open_files())?.accounts)?;
    app.scraper().expect_few_samples();
    let several = app.accounts().len() > 1;
    let clock = app.clock();
    let sampler = Sampler::new(app.scraper(), &**clock, flags.account.as_deref(), mode)?;
    if let Some(recording) = recording {
        let document = sampler.sample().await?;
        return Ok(Read { document, source: Source::Recording(recording), several, nearby: None });
    }
    let client = flags.client()?;
    let (first, local) = tokio::join!(sampler.sample(), local(flags, &client));
    let first = first?;
    let own = Report::of(&first).map_err(CheckError::from)?;
    let mut nearby = None;
    if let Some((url, None)) = local {
        nearby = Some(Nearby::Protected(url));
    } else if let Some((url, Some(document))) = local {
        let exporter = Report::of(&document).map_err(CheckError::from)?;
        match local::knowledge(&exporter, &own, clock.now()) {
            Knowledge::More => {
                // It may know the accounts under other names, which no other command accepts, and further accounts.
                let mut document = document;
                select::keep_accounts(&mut document, &local::names(&exporter, &own));
                wanted.account = None;
                return Ok(Read { document, source: Source::Local(url), several, nearby: None });
            }
            Knowledge::Less => nearby = Some(Nearby::Newer(url)),
            Knowledge::Other => {}
        }
    }
    if !is_worth_watching(&own) {
        return Ok(Read { document: first, source: Source::Samples(Duration::ZERO), several, nearby });
    }
    wait_message(&format!("watching the account for {} …", duration(flags.duration)), flags.duration);
    let (mut document, mut watched) = (sampler.observe(flags.duration).await?, flags.duration);
    let longest = flags.duration.saturating_mul(LONGER);
    let mut is_longer = false;
    while watched < longest && Report::of(&document).map_err(CheckError::from)?.is_unsettled() {
        let left = longest.saturating_sub(watched);
        if !is_longer {
            wait_message(&format!("undecided; watching for up to {} longer …", duration(left)), left);
            is_longer = true;
        }
        let more = flags.duration.checked_div(FURTHER).unwrap_or_default().min(left);
        document = sampler.observe_once(more).await?;
        watched = watched.saturating_add(more);
    }
    Ok(Read { document, source: Source::Samples(watched), several, nearby })
}

/// The exporter on this machine, with its document, if it is shown.
async fn local(flags: &cli::Check, client: &HttpClient) -> Option<(Url, Option<Value>)> {
    if flags.fresh {
        return None;
    }
    let scheme = if client.has_tls() { "https" } else { "http" };
    let url: Url = format!("{scheme}://{}", flags.local_address()).parse().ok()?;
    match remote::fetch(&url, client, LOCAL).await {
        Ok(document) => Some((url, Some(document))),
        Err(error) if error.is_about_access() => Some((url, None)),
        Err(_no_exporter) => None,
    }
}

/// Whether more samples can show more: there is an endpoint whose jobs can be counted.
fn is_worth_watching(report: &Report) -> bool {
    let mut accounts = report.accounts.iter();
    let can_count = |account: &Account| !account.endpoints.is_empty() || account.may_lack("endpoints");
    !report.accounts.iter().all(Account::is_unanswered) && accounts.any(can_count)
}

/// Says on a terminal why nothing is printed yet.
fn wait_message(text: &str, time: Duration) {
    let mut out = io::stderr();
    if !time.is_zero() && out.is_terminal() {
        print_to(&mut out, format!("{text}\n").as_bytes()).unwrap_or_default();
    }
}

/// The document.
fn json(document: &Value) -> Result<String, CheckError> {
    Ok(visible_json(&serde_json::to_string_pretty(document)?).into_owned() + "\n")
}
