//! The text of each flag. Its doc comment is written once: the first paragraph is the one line of `-h`, and `--help`
//! appends the second. Clap would print the default and the variable as paragraphs of their own, and both in `-h` too,
//! where they push the text onto further lines.

use clap::builder::StyledStr;
use clap::{Arg, Command};

/// The longest line of text for a flag in `-h`.
pub(super) const LINE: usize = 80;

/// Replaces the texts of all flags, also those of the commands below.
pub(super) fn texts(command: Command) -> Command {
    command.mut_args(with_texts).mut_subcommands(texts)
}

fn with_texts(arg: Arg) -> Arg {
    // Doc comments are Markdown, a terminal is not.
    let plain = |text: &StyledStr| text.to_string().replace('`', "");
    let Some(short) = arg.get_help().map(plain) else { return arg };
    let long = arg.get_long_help().map_or_else(|| short.clone(), plain);
    let default = default(&arg);
    let variable =
        arg.get_env().map(|name| format!(" [env: {}]", name.to_string_lossy())).unwrap_or_default();

    let mut paragraphs = long.splitn(3, "\n\n");
    let mut text =
        [paragraphs.next(), paragraphs.next()].into_iter().flatten().collect::<Vec<_>>().join(". ");
    text = text + &default + &variable;
    if let Some(rest) = paragraphs.next() {
        text = text + "\n\n" + rest;
    }
    let fits = short.chars().count() + default.chars().count() <= LINE;
    let line = if fits { short + &default } else { short };
    // Clap allows hiding a default only where there can be one.
    arg.help(line).long_help(text).hide_default_value(!default.is_empty()).hide_env(!variable.is_empty())
}

fn default(arg: &Arg) -> String {
    let values: Vec<_> = arg.get_default_values().iter().map(|value| value.to_string_lossy()).collect();
    if values.is_empty() { String::new() } else { format!(" [default: {}]", values.join(" ")) }
}
