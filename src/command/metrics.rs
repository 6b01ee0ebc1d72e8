//! `metrics`: prints the catalog.

use std::process::ExitCode;

use super::failure::Failure;
use super::output::print;
use crate::app::StartError;
use crate::catalog;
use crate::cli::{CatalogFormat, Metrics};
use crate::instruments::Instruments;
use crate::metrics::chapters;
use crate::settings::Mode;

pub(super) fn run(flags: &Metrics) -> Result<ExitCode, Failure> {
    let instruments = Instruments::new(Mode::Serve).map_err(StartError::from)?;
    let chapters = chapters(instruments.headers());
    let text = match flags.format {
        CatalogFormat::Markdown => catalog::markdown(&chapters),
        CatalogFormat::Json => catalog::json(&chapters),
    };
    print(text.as_bytes())?;
    Ok(ExitCode::SUCCESS)
}
