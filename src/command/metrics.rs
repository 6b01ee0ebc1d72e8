//! `metrics`: prints the catalog.

use std::process::ExitCode;

use super::failure::Failure;
use crate::catalog;
use crate::cli::{CatalogFormat, Metrics};
use crate::metrics::chapters;
use program::output::print;

pub(super) fn run(flags: &Metrics) -> Result<ExitCode, Failure> {
    let chapters = chapters();
    let text = match flags.format {
        CatalogFormat::Markdown => catalog::markdown(&chapters),
        CatalogFormat::Json => catalog::json(&chapters),
    };
    print(text.as_bytes())?;
    Ok(ExitCode::SUCCESS)
}
