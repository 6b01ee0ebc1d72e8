//! The configuration file that `config init` writes: every setting, commented out.

/// Its text.
pub(crate) const EXAMPLE: &str = include_str!("example.yml");

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::accounts::refresh;
    use super::super::{Inputs, Webhook, file};
    use super::*;
    use crate::settings::{Collector, Refresh, Signal};

    /// The settings without their `#`. Of two that exclude each other, the first.
    fn uncommented() -> String {
        let settings = EXAMPLE.lines().filter_map(|line| line.strip_prefix('#')).filter(|line| {
            let key = line.trim_start_matches([' ', '-']).split(':').next().unwrap_or_default();
            let is_setting =
                line.contains(':') && key.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
            is_setting && !line.contains("# instead of")
        });
        settings.flat_map(|line| [line, "\n"]).collect()
    }

    fn parsed(text: &str) -> file::File {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("runpod.yml");
        std::fs::write(&path, text).unwrap();
        file::read(&path, &Inputs::default()).unwrap()
    }

    #[test]
    fn it_changes_nothing_as_it_is() {
        assert_eq!(format!("{:?}", parsed(EXAMPLE)), format!("{:?}", file::File::default()));
    }

    #[test]
    fn its_intervals_and_thresholds_are_the_defaults() {
        let file = parsed(&uncommented());
        let intervals = refresh(&file.refresh, &Refresh::default());
        for collector in Collector::ALL.iter().copied() {
            assert_eq!(intervals.every(collector), collector.row().every, "{}", collector.as_str());
        }
        let thresholds = file.thresholds.thresholds().unwrap();
        for (signal, levels) in thresholds.of_endpoint("chat", "abc") {
            if signal != Signal::LatencyP95 {
                assert_eq!(levels, signal.defaults(), "{}", signal.as_str());
            }
        }
        assert_eq!(thresholds.of_balance(), Signal::BalanceRunway.defaults());
        let webhook = file.webhook.over(Webhook::default(), Path::new(""), &Inputs::default());
        assert!(webhook.unwrap_err().to_string().contains("webhook.token"), "the file does not exist");
    }
}
