//! The flags that select collectors, and those that collectors need.

use std::path::PathBuf;

use clap::error::ErrorKind;
use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches};

use super::upstream::ReadFlags;
use super::{heading, value};
use crate::config::{self, ConfigError};
use crate::settings::{Collector, Collectors, Reading};

/// The flags of every command that reads more than logs.
#[derive(Debug, Args)]
pub(super) struct CollectorFlags {
    /// File with an API key for Runpod's metrics (collector latency)
    ///
    /// Only needed if the API key may not read them.
    #[arg(
        long = "runpod.metrics-key-file",
        env = "RUNPOD_METRICS_KEY_FILE",
        value_name = "FILE",
        value_parser = value::path(),
        help_heading = heading::RUNPOD
    )]
    metrics_key_file: Option<PathBuf>,
    #[command(flatten)]
    pub(super) switches: Switches,
}

impl CollectorFlags {
    /// What is read, with or without per-worker series.
    pub(super) fn read(&self, each_worker: bool) -> Result<ReadFlags, ConfigError> {
        self.reading(self.switches.enabled.clone(), each_worker)
    }

    /// The same with all collectors, unless flags select some.
    pub(super) fn read_all(&self, each_worker: bool) -> Result<ReadFlags, ConfigError> {
        let all = || Collector::ALL.iter().copied().collect();
        let collectors = if self.switches.are_given { self.switches.enabled.clone() } else { all() };
        self.reading(collectors, each_worker)
    }

    fn reading(&self, collectors: Collectors, each_worker: bool) -> Result<ReadFlags, ConfigError> {
        let collectors = config::collectors(collectors)?;
        let reading = Reading { collectors, each_worker, ..Reading::default() };
        Ok(ReadFlags { reading, metrics_key_file: self.metrics_key_file.clone() })
    }
}

/// The flag that adds series, for the commands that print series.
#[derive(Debug, Args)]
#[command(next_help_heading = heading::COLLECTORS)]
pub(super) struct SeriesFlags {
    /// Also export per-worker series
    ///
    /// Their number grows without bound as workers come and go.
    #[arg(long = "collector.workers.each", env = "RUNPOD_EACH_WORKER", value_parser = value::switch)]
    pub(super) each_worker: bool,
}

/// `--collectors`, and `--collector.NAME` and `--no-collector.NAME` for each collector.
#[derive(Debug)]
pub(super) struct Switches {
    pub(super) enabled: Collectors,
    /// Whether a flag or the variable selects any.
    are_given: bool,
}

impl Switches {
    fn on(collector: Collector) -> String {
        format!("collector.{}", collector.as_str())
    }

    fn off(collector: Collector) -> String {
        format!("no-collector.{}", collector.as_str())
    }

    /// The text in `--help`: a table, instead of two flags for each collector.
    fn help() -> String {
        let row = |[name, default, reads]: [&str; 3]| format!("{name:9}  {default:7}  {reads}\n");
        let rows = Collector::ALL.iter().map(|collector| {
            let default = if collector.is_default() { "on" } else { "off" };
            row([collector.as_str(), default, collector.about()])
        });
        let table = row(["NAME", "DEFAULT", "READS"]) + &rows.collect::<String>();
        format!(
            "Collectors to enable, separated by commas, instead of those that are on by default\n\n\
             --collector.NAME enables one more and --no-collector.NAME disables one.\n\n{}",
            table.trim_end()
        )
    }
}

impl Args for Switches {
    fn augment_args(command: Command) -> Command {
        let list = Arg::new("collectors")
            .long("collectors")
            .env("RUNPOD_COLLECTORS")
            .value_name("NAMES")
            .value_delimiter(',')
            .value_parser(value::element::<Collector>)
            .help_heading(heading::COLLECTORS)
            .help("Collectors to enable; or --[no-]collector.NAME")
            .long_help(Self::help());
        Collector::ALL.iter().copied().fold(command.arg(list), |command, collector| {
            let (on, off) = (Self::on(collector), Self::off(collector));
            let flag = |name: &str| {
                Arg::new(name.to_owned()).long(name.to_owned()).action(ArgAction::SetTrue).hide(true)
            };
            command.arg(flag(&on).overrides_with(off.clone())).arg(flag(&off).overrides_with(on))
        })
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for Switches {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let listed = matches.get_many::<Option<Collector>>("collectors");
        let listed: Option<Vec<Collector>> = listed.map(|listed| listed.copied().flatten().collect());
        let listed = listed.filter(|listed| !listed.is_empty());
        if listed.is_none() && matches.value_source("collectors") == Some(ValueSource::CommandLine) {
            let error = "no collector is named; use for example --collectors=endpoints,health";
            return Err(clap::Error::raw(ErrorKind::ValueValidation, format!("--collectors: {error}\n")));
        }
        let is_on = |collector: &Collector| {
            let listed = listed.as_ref().map_or(collector.is_default(), |listed| listed.contains(collector));
            (listed || matches.get_flag(&Self::on(*collector))) && !matches.get_flag(&Self::off(*collector))
        };
        let is_switched = |collector: &Collector| {
            matches.get_flag(&Self::on(*collector)) || matches.get_flag(&Self::off(*collector))
        };
        let are_given = listed.is_some() || Collector::ALL.iter().any(is_switched);
        Ok(Self { enabled: Collector::ALL.iter().copied().filter(is_on).collect(), are_given })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Action, Cli};
    use super::*;

    fn collectors(args: &[&str]) -> Vec<Collector> {
        let args = std::iter::once("runpod-exporter").chain(args.iter().copied()).map(Into::into);
        let Ok(Action::Serve(serve)) = Cli::from_args(args) else { panic!("not serve") };
        let on = serve.collectors.switches.enabled;
        Collector::ALL.iter().copied().filter(|collector| on.has(*collector)).collect()
    }

    #[test]
    fn collectors_are_enabled_and_disabled_one_by_one() {
        use Collector::{Account, Billing, Clusters, Endpoints, Health, Pods, Volumes, Workers};
        let default = [Endpoints, Health, Workers, Pods, Clusters, Account, Billing, Volumes];
        assert_eq!(collectors(&[]), default);
        let without = collectors(&["--no-collector.pods"]);
        assert_eq!(without, [Endpoints, Health, Workers, Clusters, Account, Billing, Volumes]);
        assert_eq!(collectors(&["--collectors=pods,account"]), [Pods, Account]);
        assert_eq!(collectors(&["--collectors=pods", "--collector.account"]), [Pods, Account]);
        assert_eq!(collectors(&["--no-collector.pods", "--collector.pods"]), default);
        let every = ["requests", "latency", "batches", "market", "host", "logs"]
            .map(|name| format!("--collector.{name}"));
        let all = collectors(&every.each_ref().map(String::as_str));
        assert_eq!(all, Collector::ALL);
    }

    #[test]
    fn every_collector_has_both_flags_and_one_row() {
        let help = Switches::help();
        let rows: Vec<_> = help.lines().skip_while(|line| !line.starts_with("NAME")).skip(1).collect();
        assert_eq!(rows.len(), Collector::ALL.len(), "{help}");
        for (collector, row) in Collector::ALL.iter().copied().zip(rows) {
            let (name, default) = (collector.as_str(), if collector.is_default() { "on" } else { "off" });
            assert_eq!(row, format!("{name:9}  {default:7}  {}", collector.about()));
            assert!(name.len() <= 9, "{name} is wider than its column");
            assert!(row.len() <= 70, "a terminal of 80 columns breaks the row: {row}");
            assert!(collectors(&[&format!("--collector.{name}")]).contains(&collector));
            assert!(!collectors(&[&format!("--no-collector.{name}")]).contains(&collector));
        }
    }
}
