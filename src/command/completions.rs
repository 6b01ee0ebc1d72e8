//! `completions`: prints the completions of a shell.

use std::process::ExitCode;

use program::output::print;

use super::failure::Failure;
use crate::cli;

pub(super) fn run(flags: &cli::Completions) -> Result<ExitCode, Failure> {
    let mut script = Vec::new();
    flags.write(&mut script)?;
    print(&script)?;
    Ok(ExitCode::SUCCESS)
}
