//! `logs`: prints the log lines of an endpoint or pod.

mod nothing;

use std::io::{self, Write as _};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clock::{Clock, after};
use tokio::time::Instant;

use self::nothing::Filters;
use super::failure::Failure;
use super::one_account::choose;
use crate::advice::PauseLog;
use crate::app;
use crate::cli;
use crate::logs::{FollowOptions, LogReader, LogReaderError, Printer, Target};
use program::log;
use program::output::raise_open_files;
use program::signal;
use program::text::visible;
use runpod::KeyRing;

/// Timeout of finding the target.
const FIND_TIMEOUT: Duration = Duration::from_secs(30);

/// Prints the existing lines, and with `--follow` new lines until a signal.
pub(super) async fn run(flags: &cli::Logs, clock: Arc<dyn Clock>) -> Result<ExitCode, Failure> {
    log::start(&flags.log.level, flags.log.format)?;
    let accounts = flags.accounts(raise_open_files())?;
    let ring = KeyRing::default();
    ring.set(app::keys(&accounts));
    let account = choose(accounts, flags.account.as_deref())?;
    let window = flags.window(clock.now());
    let runpod = Arc::new(app::client(&account, ring, Arc::new(PauseLog), Arc::clone(&clock))?);
    let interrupted = signal::shutdown()?;
    let out = anstream::AutoStream::new(io::stdout(), anstream::AutoStream::choice(&io::stdout()));
    let mut printer = Printer::new(out, flags.json);
    let lines = async {
        let deadline = after(Instant::now(), FIND_TIMEOUT);
        let target = Target::find(&runpod, &account.name, &flags.target, deadline).await?;
        let (level, live, options) = (flags.level, flags.follow, FollowOptions::default());
        let reader = LogReader { runpod: Arc::clone(&runpod), clock, window, level, live, options };
        let read = Box::pin(reader.run(&target, |line| printer.print(line))).await?;
        Ok::<_, LogReaderError>((target, read))
    };
    let result = tokio::select! {
        result = lines => result,
        () = interrupted => return Ok(ExitCode::SUCCESS),
    };
    match result {
        Ok((target, read)) => {
            let (level, source, since) =
                (flags.level, flags.source, flags.since.as_ref().map(ToString::to_string));
            let filters = Filters { level, source, since: since.as_deref() };
            if let Some(reason) = nothing::reason(&target, read, filters) {
                writeln!(io::stderr(), "runpod-exporter: {}", visible(&reason)).unwrap_or_default();
            }
            Ok(ExitCode::SUCCESS)
        }
        // A reader that closed the pipe, as `head` does, is not a failure.
        Err(LogReaderError::Write(error)) if error.kind() == io::ErrorKind::BrokenPipe => {
            Ok(ExitCode::SUCCESS)
        }
        Err(error) => Err(error.into()),
    }
}
