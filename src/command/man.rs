//! `man`: prints a man page, or writes all of them.

use std::process::ExitCode;

use program::output::print;

use super::failure::Failure;
use crate::cli;

pub(super) fn run(flags: &cli::Man) -> Result<ExitCode, Failure> {
    let page = flags.page()?.map_err(|cause| match &flags.dir {
        Some(dir) => Failure::Write { path: dir.clone(), cause },
        None => cause.into(),
    })?;
    print(&page)?;
    Ok(ExitCode::SUCCESS)
}
