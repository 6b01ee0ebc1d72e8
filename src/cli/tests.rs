//! Tests of the command line and its help.

use super::*;

const HEADINGS: &[&str] = &[
    heading::RUNPOD,
    heading::COLLECTORS,
    heading::WEB,
    heading::WEBHOOKS,
    heading::LOGS,
    heading::CONFIGURATION,
    heading::LOGGING,
    #[cfg(feature = "simulator")]
    runpod_simulator::cli::heading::ACCOUNT,
    #[cfg(feature = "simulator")]
    runpod_simulator::cli::heading::API,
];

/// The program and its commands, including the hidden one.
fn commands() -> Vec<Command> {
    let mut root = Cli::full_command();
    root.build();
    let commands = root.get_subcommands().filter(|command| command.get_name() != "help").cloned();
    commands.chain([root.clone()]).collect()
}

fn long_help(command: &Command) -> String {
    command.clone().render_long_help().to_string()
}

/// The lines of a section of `--help`.
fn section<'a>(help: &'a str, title: &str) -> Vec<&'a str> {
    let lines = help.lines().skip_while(|line| line.trim_end() != title).skip(1);
    lines
        .take_while(|line| line.is_empty() || line.starts_with(' '))
        .filter(|line| !line.is_empty())
        .collect()
}

fn parse(line: &str) -> Result<Action, EarlyExit> {
    Cli::from_args(line.split_whitespace().map(|word| word.replace('\'', "").into()))
}

#[test]
fn the_flags_are_consistent() {
    Cli::full_command().debug_assert();
}

#[test]
fn an_error_is_one_line() {
    for bad in [
        "--collector.pod",
        "--collectors=pods,queues",
        "--runpod.timeout=soon",
        "--log.format=xml",
        "serv",
        "--api-key=rpa_x",
        "logs x --collector.pods",
        "logs x --collector.workers.each",
        "check --collector.workers.each",
    ] {
        let result = parse(&format!("runpod-exporter {bad}"));
        let Err(EarlyExit::Usage(line)) = result else { panic!("{bad} was accepted: {result:?}") };
        assert!(!line.is_empty() && !line.contains('\n'), "{bad}: {line}");
    }
}

#[test]
fn every_visible_flag_has_one_line_of_text_and_a_heading() {
    for command in commands() {
        let name = command.get_name();
        for arg in command.get_arguments().filter(|arg| !arg.is_hide_set()) {
            let text = arg.get_help().map(ToString::to_string).unwrap_or_default();
            assert!((1..=help::LINE).contains(&text.chars().count()), "{name} {arg}: {text}");
            assert!(!text.ends_with('.') && !text.contains(['\n', '`']), "{name} {arg}: {text}");
            let own = !arg.get_long().is_some_and(|long| long.contains('.'));
            match arg.get_help_heading() {
                Some(heading) => assert!(HEADINGS.contains(&heading), "{name} {arg}: {heading}"),
                None => assert!(own, "{name} {arg} has no heading"),
            }
        }
        for arg in command.get_arguments() {
            let text = arg.get_long_help().map(ToString::to_string).unwrap_or_default();
            let variable = arg.get_env().map(|variable| format!("[env: {}]", variable.to_string_lossy()));
            assert!(variable.is_none_or(|variable| text.contains(&variable)), "{name} {arg}: {text}");
        }
    }
}

#[test]
fn a_command_shows_only_its_own_flags() {
    let shown = |name: &str| {
        let commands = commands();
        let command = commands.iter().find(|command| command.get_name() == name);
        let Some(command) = command else { panic!("no command {name}") };
        let visible = command.get_arguments().filter(|arg| !arg.is_hide_set());
        let mut headings = Vec::new();
        for heading in visible.filter_map(clap::Arg::get_help_heading).map(str::to_owned) {
            if !headings.contains(&heading) {
                headings.push(heading);
            }
        }
        headings
    };
    let serve = ["Runpod", "Collectors", "Web", "Webhooks", "Logs", "Configuration", "Logging"];
    let collects = ["Runpod", "Collectors", "Configuration", "Logging"];
    for (name, headings) in [
        ("runpod-exporter", &serve[..]),
        ("serve", &serve[..]),
        ("scrape", &collects[..]),
        ("check", &["Web", "Runpod", "Collectors", "Configuration", "Logging"]),
        ("logs", &["Runpod", "Configuration", "Logging"]),
        ("runbook", &[]),
        ("metrics", &[]),
        ("healthcheck", &["Web"]),
        #[cfg(feature = "simulator")]
        ("demo", &["Simulated account", "Simulated API", "Webhooks", "Web", "Logging"]),
        #[cfg(feature = "simulator")]
        ("simulate", &["Simulated account", "Simulated API", "Webhooks", "Logging"]),
    ] {
        assert_eq!(shown(name), headings, "{name}");
    }
}

#[test]
fn every_command_has_exit_codes_and_examples_that_parse() {
    for command in commands() {
        let (name, help) = (command.get_name(), long_help(&command));
        let codes = section(&help, "Exit codes:");
        for code in ["  0   ", "  1   ", "  64  "] {
            assert!(codes.iter().any(|line| line.starts_with(code)), "{name} has no code {code}: {codes:?}");
        }
        let examples = section(&help, "Examples:").join("\n").replace("\\\n", " ");
        let examples: Vec<_> =
            examples.lines().map(str::trim).filter(|line| !line.starts_with('#')).collect();
        assert!(!examples.is_empty(), "{name} has no example");
        for example in examples {
            let line = example.split(['|', '>']).next().unwrap_or_default().trim_end();
            assert!(line.starts_with("runpod-exporter"), "{name}: {example}");
            let result = parse(line);
            assert!(result.is_ok(), "{name}: {example}: {result:?}");
            let runs = line.split_whitespace().nth(1).filter(|word| !word.starts_with('-'));
            assert!(runs.is_none_or(|runs| runs == name), "{name}: {example} is of another command");
        }
        let details = command.get_after_long_help().map(ToString::to_string).unwrap_or_default();
        let widest = details.lines().map(|line| line.chars().count()).max();
        assert!(widest <= Some(80), "{name}: a terminal of 80 columns breaks a line: {details}");
    }
}

#[test]
fn check_explains_its_codes() {
    let commands = commands();
    let Some(check) = commands.iter().find(|command| command.get_name() == "check") else { panic!() };
    let help = long_help(check);
    assert_eq!(section(&help, "Exit codes:").len(), 5, "{help}");
    assert!(check.clone().render_help().to_string().contains(check::CODES));
}

#[test]
fn the_default_timeout_is_that_of_the_client() {
    let root = Cli::full_command();
    let flag = root.get_arguments().find(|flag| flag.get_long() == Some("runpod.timeout")).unwrap();
    let default = flag.get_default_values()[0].to_str().unwrap();
    assert_eq!(humantime::parse_duration(default).unwrap(), runpod::Limits::default().timeout);
}

/// As they are pasted: the names in capitals stand for names.
#[test]
fn every_command_in_the_documentation_parses() {
    let mut count = 0;
    for page in crate::docs::pages() {
        let Some((_, crate::docs::Content::Markdown(text))) = crate::docs::file(page) else {
            panic!("{page}")
        };
        let text = text.replace("\\\n", " ");
        let commands = text.lines().filter_map(|line| {
            line.strip_prefix("cargo run -- ")
                .map(|flags| format!("runpod-exporter {flags}"))
                .or_else(|| line.starts_with("runpod-exporter ").then(|| line.to_owned()))
        });
        for command in commands {
            let end = [" | ", " > ", " # "].iter().filter_map(|end| command.find(end)).min();
            let command = command.get(..end.unwrap_or(command.len())).unwrap_or_default();
            // The version is printed and not run.
            let result = parse(command);
            let is_version = command.ends_with("--version") && matches!(result, Err(EarlyExit::Help(_)));
            assert!(result.is_ok() || is_version, "{page}: {command}: {result:?}");
            count += 1;
        }
    }
    assert!(count > 50, "{count}");
}

#[test]
fn check_reads_one_source() {
    for line in
        ["runpod-exporter check --from=http://a:1 --fresh", "runpod-exporter check --from=a:1 --duration=5s"]
    {
        assert!(matches!(parse(line), Err(EarlyExit::Usage(_))), "{line}");
    }
    let from = |text: &str| {
        let Ok(Action::Check(check)) = parse(&format!("runpod-exporter check --from={text}")) else {
            panic!()
        };
        check.from()
    };
    let url = |text: &str| Some(ReadFrom::Exporter(text.parse().unwrap()));
    assert_eq!(from("exporter:10736").unwrap(), url("http://exporter:10736"));
    assert_eq!(from("https://exporter/runpod/").unwrap(), url("https://exporter/runpod/"));
    assert_eq!(from("-").unwrap(), Some(ReadFrom::Input));
    let error = from("http://user:SECRET@exporter").unwrap_err().to_string();
    assert!(error.contains("--from") && !error.contains("SECRET"), "{error}");
}
