//! The commands: each puts its parts together and runs them to the end.

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};
use tokio_util::task::TaskTracker;

use crate::catalog;
use crate::check;
use crate::cli::{self, Action, CatalogFormat};
use crate::clock::{Clock, SystemClock};
use crate::config::ConfigError;
use crate::instruments::{Instruments, Mode};
use crate::logs::{ShowError, TargetError};
use crate::metrics::chapters;
use crate::reload::{ReloadError, Reloader};
use crate::scrape::{NoPage, Scope};
use crate::serve::{self, ServeError};
use crate::status::Verdict;
use crate::telemetry::{self, BadFilter};

/// How long a health check waits: less than any orchestrator does.
const HEALTHCHECK: Duration = Duration::from_secs(3);

/// How long `scrape` waits.
const SCRAPE: Duration = Duration::from_secs(30);

/// What is shown to somebody who has neither key nor demo in mind yet.
const WAYS_IN: &str = "\
no API key.

  With a key:     RUNPOD_API_KEY=… runpod-exporter
                  or --runpod.api-key-file=FILE; create one under Settings, API Keys in the Runpod console;
                  read access to GraphQL and the endpoints is enough.
  Without a key:  runpod-exporter demo
                  a simulated account on this machine.";

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "each variant is the error that it carries")]
pub enum Failure {
    #[error("{WAYS_IN}")]
    NoKey,
    #[error(transparent)]
    Config(ConfigError),
    #[error(transparent)]
    Log(#[from] BadFilter),
    #[error(transparent)]
    Serve(#[from] ServeError),
    #[error("cannot start: {0}")]
    Start(#[from] std::io::Error),
    #[error("cannot encode the metrics; please report this")]
    NoPage,
    #[error("not healthy: {0}")]
    Unhealthy(String),
    #[error("--account: use one of the configured accounts: {known}")]
    Account { known: String },
    #[error(transparent)]
    Show(#[from] ShowError),
    /// `check` cannot tell: its other exit codes are about the endpoints.
    #[error("{0}")]
    NoLook(String),
}

impl From<ReloadError> for Failure {
    fn from(error: ReloadError) -> Self {
        match error {
            ReloadError::Config(error) => error.into(),
            ReloadError::Setup(error) => error.into(),
        }
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        match error {
            ConfigError::NoKey => Self::NoKey,
            error => Self::Config(error),
        }
    }
}

impl Failure {
    /// The exit code: 2 for what the user can mend on the command line, 1 for the rest.
    pub const fn code(&self) -> u8 {
        match self {
            Self::NoKey
            | Self::Config(_)
            | Self::Log(_)
            | Self::Account { .. }
            | Self::Show(ShowError::Target(TargetError::Unknown { .. } | TargetError::Ambiguous { .. })) => 2,
            Self::NoLook(_) => Verdict::Unknown.code(),
            Self::Show(_) | Self::Serve(_) | Self::Start(_) | Self::NoPage | Self::Unhealthy(_) => 1,
        }
    }
}

/// Does what was asked.
pub fn run(action: Action) -> Result<ExitCode, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    match action {
        Action::Serve(serve) => {
            telemetry::start(&serve.log.level, serve.log.format)?;
            let files = open_files();
            let (web, loki) = (serve.web()?, serve.loki()?);
            if serve.only_checks() {
                let accounts = serve.settings(files)?.accounts;
                let names: Vec<_> = accounts.iter().map(|account| &*account.name).collect();
                print(format!("the configuration is valid; accounts: {}\n", names.join(", ")).as_bytes())?;
                return Ok(ExitCode::SUCCESS);
            }
            runtime.block_on(async {
                let (tasks, file) = (TaskTracker::new(), serve.config_file());
                let load = Box::new(move || serve.settings(files));
                let reloader = Arc::new(Reloader::start(load, file, Mode::Serve, clock, tasks.clone())?);
                let listeners = serve::listen(&web).await?;
                let shutdown = serve::signal()?;
                serve::run(listeners, reloader, web, Mode::Serve, tasks, loki, shutdown).await?;
                Ok(ExitCode::SUCCESS)
            })
        }
        Action::Scrape(scrape) => {
            telemetry::start(&scrape.log.level, scrape.log.format)?;
            let files = open_files();
            runtime.block_on(async {
                let load = Box::new(move || scrape.settings(files));
                let reloader = Reloader::start(load, None, Mode::Serve, clock, TaskTracker::new())?;
                let page = reloader
                    .scraper()
                    .scrape(Scope::default(), Instant::now() + SCRAPE)
                    .await
                    .map_err(|NoPage| Failure::NoPage)?;
                print(&page.text())?;
                let whole = page.snapshot().accounts.iter().all(|account| account.answered());
                Ok(if whole { ExitCode::SUCCESS } else { ExitCode::FAILURE })
            })
        }
        Action::Logs(flags) => crate::show::logs(&runtime, &flags, clock),
        Action::Check(check) => {
            let looked = || -> Result<ExitCode, Failure> {
                telemetry::start(&check.log.level, check.log.format)?;
                let files = open_files();
                let (question, json) = (check.question(SCRAPE), check.json);
                runtime.block_on(async {
                    let load = Box::new(move || check.settings(files));
                    let reloader = Reloader::start(load, None, Mode::Serve, clock, TaskTracker::new())?;
                    let report = check::look(reloader.scraper(), &**reloader.clock(), &question).await;
                    let report = report.map_err(|error| Failure::NoLook(error.to_string()))?;
                    let text = if json {
                        check::json(&report).map_err(|error| Failure::NoLook(error.to_string()))?
                    } else {
                        check::text(&report)
                    };
                    print_to(anstream::stdout(), text.as_bytes())?;
                    Ok(ExitCode::from(report.verdict.code()))
                })
            };
            looked().map_err(|failure| Failure::NoLook(failure.to_string()))
        }
        Action::Metrics(cli::Metrics { format }) => {
            let instruments = Instruments::new(Mode::Serve).map_err(ServeError::from)?;
            let chapters = chapters(instruments.headers());
            let text = match format {
                CatalogFormat::Markdown => catalog::markdown(&chapters),
                CatalogFormat::Json => catalog::json(&chapters),
            };
            print(text.as_bytes())?;
            Ok(ExitCode::SUCCESS)
        }
        Action::Healthcheck { address } => runtime.block_on(async {
            let answer = timeout(HEALTHCHECK, is_healthy(&address)).await;
            let answer = answer.unwrap_or_else(|_elapsed| Err("timed out".to_owned()));
            answer.map(|()| ExitCode::SUCCESS).map_err(|why| Failure::Unhealthy(format!("{address}: {why}")))
        }),
        #[cfg(feature = "simulator")]
        Action::Demo(demo) => crate::demo::demo(&runtime, demo, clock),
        #[cfg(feature = "simulator")]
        Action::Simulate(simulate) => crate::demo::simulate(&runtime, simulate, clock),
    }
}

/// Raises the soft limit on open files to the hard one, as Go's runtime does, and gives it. A connection is a file.
pub(crate) fn open_files() -> Option<u64> {
    rlimit::increase_nofile_limit(u64::MAX).ok()
}

/// Writes to standard output. A reader that has gone away, as `head` does, is no failure.
pub(crate) fn print(bytes: &[u8]) -> std::io::Result<()> {
    print_to(std::io::stdout(), bytes)
}

fn print_to(mut out: impl std::io::Write, bytes: &[u8]) -> std::io::Result<()> {
    match out.write_all(bytes) {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        result => result,
    }
}

/// One HTTP/1.0 request by hand: the exporter's HTTP client is for Runpod alone, and this needs none of it.
async fn is_healthy(address: &str) -> Result<(), String> {
    let said = |error: std::io::Error| error.to_string();
    let mut stream = TcpStream::connect(address).await.map_err(said)?;
    stream.write_all(b"GET /-/healthy HTTP/1.0\r\n\r\n").await.map_err(said)?;
    let mut answer = Vec::new();
    stream.take(4096).read_to_end(&mut answer).await.map_err(said)?;
    let answer = String::from_utf8_lossy(&answer);
    let status = answer.split(' ').nth(1).unwrap_or("no status");
    if status == "200" { Ok(()) } else { Err(format!("status {status}")) }
}
