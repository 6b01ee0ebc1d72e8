//! The flags of `completions`.

use std::io::{self, Write};

use clap::Args;
use clap_complete::{Generator as _, Shell};

use super::Cli;

/// The description in `--help`.
pub(super) const ABOUT: &str = "\
Print the completions of a shell: of commands, of flags, and of the values that a flag accepts.";

/// What follows the flags in `--help`.
pub(super) const DETAILS: &str = "\
Exit codes:
  0   Printed
  1   Cannot write to standard output
  64  Invalid flag, or no such shell

Examples:
  # Bash, for every user
  runpod-exporter completions bash > /etc/bash_completion.d/runpod-exporter

  # Zsh, in a folder of fpath
  runpod-exporter completions zsh > ~/.zfunc/_runpod-exporter

  # Fish
  runpod-exporter completions fish > \\
    ~/.config/fish/completions/runpod-exporter.fish";

/// Flags of `completions`.
#[derive(Debug, Args)]
pub struct Completions {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

impl Completions {
    /// Writes the completions.
    pub fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        let mut command = Cli::full_command();
        command.set_bin_name(command.get_name().to_owned());
        command.build();
        self.shell.try_generate(&command, out)
    }
}
