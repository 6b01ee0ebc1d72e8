//! The environment variables. One that is set but blank counts as not set, because Compose files, unit files and CI set
//! variables to nothing.

use std::borrow::Cow;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use clap::builder::Resettable;
use clap::{Arg, Command};

use crate::config::Inputs;

/// The variables with a key or token.
const SECRETS: [&str; 2] = ["RUNPOD_API_KEY", "RUNPOD_WEBHOOK_TOKEN"];

/// Minimum length of a value that is removed from messages: shorter ones are parts of ordinary words.
const MIN_SECRET: usize = 4;

/// Replaces a key in a message.
const REDACTED: &str = "[redacted]";

/// The value of a variable; `None` if it is not set or blank. What is not UTF-8 becomes U+FFFD.
fn value(name: &str) -> Option<String> {
    read(name.as_ref()).filter(|value| !value.trim().is_empty())
}

/// A flag to repeat in a command that is pasted into the same shell: not if its value is the default or that of its variable.
pub(super) fn repeated(flag: &str, variable: &str, text: &str, default: &str) -> Option<String> {
    let is_known = text == default || value(variable).is_some_and(|value| value.trim() == text);
    (!is_known).then(|| format!("{flag}={text}"))
}

/// The variable of a flag, as errors print that, if the variable has this value.
pub(super) fn variable_with(command: &Command, flag: &str, text: &str) -> Option<String> {
    let is_it = |arg: &&Arg| arg.to_string() == flag && arg.get_env().is_some();
    let variable = |arg: &Arg| Some(arg.get_env()?.to_string_lossy().into_owned());
    let own = command.get_arguments().find(is_it).and_then(variable);
    let own = own.filter(|variable| read(variable.as_ref()).is_some_and(|value| value == text));
    own.or_else(|| command.get_subcommands().find_map(|command| variable_with(command, flag, text)))
}

/// Whether a variable is set and not blank.
pub(super) fn is_set(variable: &str) -> bool {
    value(variable).is_some()
}

/// The only place besides clap that reads the environment.
fn read(name: &OsStr) -> Option<String> {
    std::env::var_os(name).map(|value| value.to_string_lossy().into_owned())
}

/// The flags without the variables that are set but blank, also of the subcommands. Their help texts stay.
pub(super) fn without_blank(command: Command) -> Command {
    command.mut_args(ignoring_blank).mut_subcommands(without_blank)
}

fn ignoring_blank(arg: Arg) -> Arg {
    let blank = |name: &OsStr| read(name).is_some_and(|value| value.trim().is_empty());
    if arg.get_env().is_some_and(blank) { arg.env(Resettable::Reset) } else { arg }
}

/// The files and variables of the configuration.
pub(crate) fn inputs() -> Inputs {
    Inputs::new(working_directory(), value)
}

/// The working directory as the shell names it. Behind a symbolic link, relative paths follow the link when it changes.
fn working_directory() -> PathBuf {
    let resolved = std::env::current_dir().unwrap_or_default();
    let is_same = |path: &Path| path.is_absolute() && path.canonicalize().is_ok_and(|path| path == resolved);
    value("PWD").map(PathBuf::from).filter(|path| is_same(path)).unwrap_or(resolved)
}

/// A message without the keys and tokens of the environment, and without words that look like a key. Someone may have typed
/// one in place of a path or name.
pub fn redacted(message: String) -> String {
    let message = SECRETS.into_iter().filter_map(value).fold(message, |message, secret| {
        let secret = secret.trim();
        if secret.len() < MIN_SECRET || !message.contains(secret) {
            return message;
        }
        message.replace(secret, REDACTED)
    });
    match runpod::mask(&message) {
        Cow::Owned(masked) => masked,
        Cow::Borrowed(_) => message,
    }
}
