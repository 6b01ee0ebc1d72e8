//! The flags that switch collectors on and off.

use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches};

use crate::settings::{Collector, Collectors};

/// `--collector.NAME` and `--no-collector.NAME`, made from the list of collectors.
#[derive(Debug)]
pub(super) struct CollectorFlags(pub(super) Collectors);

impl CollectorFlags {
    fn on(collector: Collector) -> String {
        format!("collector.{}", collector.as_str())
    }

    fn off(collector: Collector) -> String {
        format!("no-collector.{}", collector.as_str())
    }
}

impl Args for CollectorFlags {
    fn augment_args(command: Command) -> Command {
        let list = Arg::new("collectors")
            .long("collectors")
            .env("RUNPOD_COLLECTORS")
            .value_name("NAMES")
            .value_delimiter(',')
            .value_parser(|name: &str| name.trim().parse::<Collector>())
            .help("The collectors that are switched on, separated by commas; where it is not given, those that are on by default");
        Collector::ALL.iter().copied().fold(command.arg(list), |command, collector| {
            let (on, off) = (Self::on(collector), Self::off(collector));
            let flag =
                |name: &str| Arg::new(name.to_owned()).long(name.to_owned()).action(ArgAction::SetTrue);
            command
                .arg(flag(&on).overrides_with(off.clone()).help(format!("Switch on: {}", collector.about())))
                .arg(flag(&off).overrides_with(on).help(format!("Switch off {}", collector.as_str())))
        })
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for CollectorFlags {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let listed = matches.get_many::<Collector>("collectors");
        let listed: Option<Vec<Collector>> = listed.map(|listed| listed.copied().collect());
        let is_on = |collector: &Collector| {
            let listed = listed.as_ref().map_or(collector.is_default(), |listed| listed.contains(collector));
            (listed || matches.get_flag(&Self::on(*collector))) && !matches.get_flag(&Self::off(*collector))
        };
        Ok(Self(Collector::ALL.iter().copied().filter(is_on).collect()))
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
        let Ok(Action::Serve(serve)) = Cli::from_args(args) else { panic!("no serve") };
        let on = serve.upstream.collectors.0;
        Collector::ALL.iter().copied().filter(|collector| on.has(*collector)).collect()
    }

    #[test]
    fn collectors_are_switched_one_by_one() {
        use Collector::{Account, Billing, Endpoints, Health, Pods, Volumes, Workers};
        let default = [Endpoints, Health, Workers, Pods, Account, Billing, Volumes];
        assert_eq!(collectors(&[]), default);
        let without = collectors(&["--no-collector.pods"]);
        assert_eq!(without, [Endpoints, Health, Workers, Account, Billing, Volumes]);
        assert_eq!(collectors(&["--collectors=pods,account"]), [Pods, Account]);
        assert_eq!(collectors(&["--collectors=pods", "--collector.account"]), [Pods, Account]);
        assert_eq!(collectors(&["--no-collector.pods", "--collector.pods"]), default);
        let every =
            ["requests", "latency", "market", "host", "logs"].map(|name| format!("--collector.{name}"));
        let all = collectors(&every.each_ref().map(String::as_str));
        assert_eq!(all, Collector::ALL);
    }
}
