//! `config init`: writes a configuration file to start from.

use std::fs::{File, remove_file};
use std::io::Write as _;
use std::process::ExitCode;

use program::output::print;

use super::failure::Failure;
use crate::cli;
use crate::config::EXAMPLE;

pub(super) fn run(flags: &cli::ConfigInit) -> Result<ExitCode, Failure> {
    match &flags.file {
        None => print(EXAMPLE.as_bytes())?,
        Some(path) => {
            let failed = |cause| Failure::Write { path: path.clone(), cause };
            let mut file = File::create_new(path).map_err(failed)?;
            if let Err(cause) = file.write_all(EXAMPLE.as_bytes()) {
                // A part of a file would be in the way of the next attempt. If it cannot be removed, it is empty or incomplete.
                remove_file(path).unwrap_or_default();
                return Err(failed(cause));
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}
