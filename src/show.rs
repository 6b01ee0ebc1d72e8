//! `logs`: the lines of an endpoint or a pod on the screen. How they are found and put in order is in `logs/`.

use std::io;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Runtime;
use tokio::time::Instant;

use crate::cli;
use crate::config::Account;
use crate::logs::{Pace, Printer, Show, ShowError, Target};
use crate::run::{Failure, open_files};
use crate::serve::{self, ServeError};
use crate::snapshot::PauseLog;
use crate::telemetry;
use clock::Clock;

/// How long it may take to find out who is meant.
const FIND: Duration = Duration::from_secs(30);

/// Shows the lines: those that are there, or all until a signal.
pub(crate) fn logs(runtime: &Runtime, flags: &cli::Logs, clock: Arc<dyn Clock>) -> Result<ExitCode, Failure> {
    telemetry::start(&flags.log.level, flags.log.format)?;
    let account = chosen(flags.accounts(open_files())?, flags.account.as_deref())?;
    let window = flags.window(clock.now());
    let name = Arc::clone(&account.name);
    runtime.block_on(async {
        let setup = |cause| ServeError::Setup { account: Arc::clone(&name), cause };
        let runpod = Arc::new(account.runpod(Arc::new(PauseLog), Arc::clone(&clock)).map_err(setup)?);
        let interrupted = serve::signal()?;
        let out = anstream::AutoStream::new(io::stdout(), anstream::AutoStream::choice(&io::stdout()));
        let mut printer = Printer::new(out, flags.json);
        let lines = async {
            let deadline = Instant::now() + FIND;
            let target = Target::find(&runpod, &name, &flags.target, deadline).await?;
            let (level, live, pace) = (flags.level, flags.follow, Pace::default());
            let show = Show { runpod: Arc::clone(&runpod), clock, window, level, live, pace };
            Box::pin(show.run(&target, |line| printer.print(line))).await
        };
        tokio::select! {
            shown = lines => shown.or_else(|error| match error {
                // A reader that has gone away, as `head` does, is no failure.
                ShowError::Write(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
                error => Err(error),
            })?,
            () = interrupted => {}
        }
        Ok(ExitCode::SUCCESS)
    })
}

/// The account that is meant.
fn chosen(accounts: Vec<Account>, name: Option<&str>) -> Result<Account, Failure> {
    let known: Vec<_> = accounts.iter().map(|account| account.name.to_string()).collect();
    let is_meant = |account: &Account| name.is_none_or(|name| *account.name == *name);
    let mut meant = accounts.into_iter().filter(is_meant);
    match (meant.next(), meant.next()) {
        (Some(account), None) => Ok(account),
        _ => Err(Failure::Account { known: known.join(", ") }),
    }
}
