//! The flags of `man`.

use std::fs::create_dir_all;
use std::io;
use std::path::PathBuf;

use clap::{Args, Command};
use clap_mangen::{Man as Page, generate_to};

use super::{Cli, value};

/// The description in `--help`.
pub(super) const ABOUT: &str = "\
Print the man page of the program or of a command, or write all of them.

The packages install them: `man runpod-exporter-check`.";

/// What follows the flags in `--help`.
pub(super) const DETAILS: &str = "\
Exit codes:
  0   Printed or written
  1   Cannot write
  64  Invalid flag, or no such command

Examples:
  # Read a page
  runpod-exporter man check | man -l -

  # Write all pages
  runpod-exporter man --dir=/usr/local/share/man/man1";

/// Flags of `man`.
#[derive(Debug, Args)]
pub struct Man {
    /// Name of a command; without one, the page of the program
    command: Vec<String>,
    /// Write the pages of the program and of all commands to this folder
    #[arg(long, value_name = "DIR", value_parser = value::path(), conflicts_with = "command")]
    pub dir: Option<PathBuf>,
}

/// No command has this name.
#[derive(Debug, thiserror::Error)]
#[error("no command {name}; use one of {known}")]
pub struct UnknownCommand {
    name: String,
    known: String,
}

impl Man {
    /// The page as roff; empty if it was written to a folder instead.
    pub fn page(&self) -> Result<io::Result<Vec<u8>>, UnknownCommand> {
        // The pages of `help` would repeat the others.
        let mut command = Cli::full_command().disable_help_subcommand(true);
        command.build();
        if let Some(dir) = &self.dir {
            return Ok(create_dir_all(dir).and_then(|()| generate_to(command, dir)).map(|()| Vec::new()));
        }
        for name in &self.command {
            let known = command.get_subcommands().filter(|known| !known.is_hide_set());
            let known: Vec<_> = known.map(Command::get_name).collect();
            let unknown = || UnknownCommand { name: name.clone(), known: known.join(", ") };
            command = command.find_subcommand(name).cloned().ok_or_else(unknown)?;
        }
        let mut page = Vec::new();
        Ok(Page::new(command).render(&mut page).map(|()| page))
    }
}
