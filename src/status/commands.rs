//! Commands in recommendations, completed so that they can be pasted.

/// How a command begins. A recommendation ends with its command.
const PROGRAM: &str = "runpod-exporter ";

/// What a pasted command needs.
#[derive(Debug, Clone, Default)]
pub(crate) struct Commands {
    /// The flags that name the configuration and the APIs. Empty on the page: its readers are on other machines.
    pub(crate) flags: Vec<String>,
    /// Whether several accounts are configured, so that a command has to name one.
    pub(crate) several: bool,
    /// Whether a recording is read, which has none of what a command would read.
    pub(crate) is_replay: bool,
}

impl Commands {
    /// Splits a recommendation into its text and its command, which names what it is about.
    pub(crate) fn split(&self, recommendation: &str, account: &str) -> (String, Option<String>) {
        let Some(at) = recommendation.find(PROGRAM) else { return (recommendation.to_owned(), None) };
        let (text, command) = recommendation.split_at(at);
        if self.is_replay {
            return (format!("{}.", text.trim_end().trim_end_matches(':')), None);
        }
        (text.trim_end().to_owned(), Some(self.complete(command, account)))
    }

    /// The command with the account and the flags.
    fn complete(&self, command: &str, account: &str) -> String {
        let mut command = command.trim_end().to_owned();
        if self.several {
            command.extend([" --account=".to_owned(), quoted(account)]);
        }
        for flag in &self.flags {
            command.extend([" ".to_owned(), quoted(flag)]);
        }
        command
    }
}

/// A word as a shell reads it.
fn quoted(word: &str) -> String {
    let is_plain = |c: char| {
        c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/' | ':' | '=' | ',' | '@' | '+')
    };
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_has_the_account_and_the_flags() {
        let commands =
            Commands { flags: vec!["--config.file=runpod.yml".to_owned()], several: true, is_replay: false };
        let (text, command) = commands.split("Find out why: runpod-exporter logs e1", "Bob's team");
        assert_eq!(text, "Find out why:");
        assert_eq!(
            command.as_deref(),
            Some("runpod-exporter logs e1 --account='Bob'\\''s team' --config.file=runpod.yml")
        );
        assert_eq!(commands.split("Roll back.", "a"), ("Roll back.".to_owned(), None));
        let replay = Commands { is_replay: true, ..commands };
        let why = "Find out why: runpod-exporter logs e1";
        assert_eq!(replay.split(why, "a"), ("Find out why.".to_owned(), None));
        assert_eq!(Commands::default().complete("runpod-exporter logs e1", "a"), "runpod-exporter logs e1");
        assert_eq!([quoted(""), quoted("a b"), quoted("http://a:1/v2")], ["''", "'a b'", "http://a:1/v2"]);
    }
}
