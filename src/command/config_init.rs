//! `config init`: writes a configuration file to start from.

use std::fs::File;
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
            let written = File::create_new(path).and_then(|mut file| file.write_all(EXAMPLE.as_bytes()));
            written.map_err(|cause| Failure::Write { path: path.clone(), cause })?;
        }
    }
    Ok(ExitCode::SUCCESS)
}
