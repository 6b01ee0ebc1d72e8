//! `--config.check` accepts what `serve` starts with, and reports what `serve` fails with.

use std::process::Stdio;
use std::time::Duration;

use tempfile::TempDir;
use tokio::process::Command;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

/// How a program has ended: its code and message. `None`: it serves.
type Ending = Option<(i32, String)>;

struct Case {
    folder: TempDir,
    arguments: Vec<String>,
    variables: Vec<(&'static str, String)>,
}

impl Case {
    fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_runpod-exporter"));
        command.args(&self.arguments).current_dir(self.folder.path()).env_clear().kill_on_drop(true);
        command
            .env("RUNPOD_GRAPHQL_URL", "http://127.0.0.1:1/graphql")
            .env("RUNPOD_REST_URL", "http://127.0.0.1:1/v2");
        command.env("RUNPOD_JOBS_URL", "http://127.0.0.1:1/v2").stdin(Stdio::null());
        command.envs(self.variables.iter().map(|(name, value)| (*name, value)));
        let listens = |(name, value): &(&str, String)| *name == "RUNPOD_EXPORTER_LISTEN" && !value.is_empty();
        let has_address = self.arguments.iter().any(|argument| argument.starts_with("--web.listen-address"));
        if !has_address && !self.variables.iter().any(listens) {
            command.arg("--web.listen-address=127.0.0.1:0");
        }
        command
    }

    async fn check(&self) -> Ending {
        let output = self.command().arg("--config.check").output().await.unwrap();
        let code = output.status.code().unwrap();
        (code != 0).then(|| (code, message(&String::from_utf8(output.stderr).unwrap())))
    }

    /// Runs until it listens or ends.
    async fn serve(&self) -> Ending {
        let log = self.folder.path().join("log");
        let mut child = self.command().stderr(std::fs::File::create(&log).unwrap()).spawn().unwrap();
        let begin = Instant::now();
        loop {
            let text = std::fs::read_to_string(&log).unwrap();
            if let Some(status) = child.try_wait().unwrap() {
                let text = std::fs::read_to_string(&log).unwrap();
                return Some((status.code().unwrap(), message(&text)));
            }
            if text.contains("message=listening") {
                return None;
            }
            assert!(begin.elapsed() < Duration::from_secs(30), "neither listening nor ended: {text}");
            sleep(Duration::from_millis(10)).await;
        }
    }
}

/// The error in an output, without log lines.
fn message(output: &str) -> String {
    output.lines().filter(|line| line.starts_with("runpod-exporter: ")).collect()
}

/// A folder with valid and invalid files, and arguments.
fn case(arguments: &[&str], variables: &[(&'static str, &str)]) -> Case {
    let folder = TempDir::new().unwrap();
    for (name, text) in [
        ("key", "rpa_fine\n"),
        ("quoted", "\"rpa_fine\"\n"),
        ("login", "name:password\n"),
        ("lines", "one\ntwo\n"),
        ("token", "a-token-of-some-length\n"),
        ("runpod.yml", "accounts:\n  - name: a\n    api_key_file: key\nwebhook:\n  token_file: token\n"),
        ("no-token.yml", "accounts:\n  - name: a\n    api_key_file: key\nwebhook:\n  token_file: nowhere\n"),
        ("broken.yml", "accounts: [\n"),
        ("health.yml", "accounts:\n  - name: a\n    api_key_file: key\n    collectors: [health]\n"),
    ] {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    let mut variables: Vec<_> = variables.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
    let has_key =
        arguments.iter().any(|argument| argument.contains("key-file") || argument.contains("config.file"));
    if !has_key && !variables.iter().any(|(name, _)| *name == "RUNPOD_API_KEY") {
        variables.push(("RUNPOD_API_KEY", "rpa_fine".to_owned()));
    }
    Case { folder, arguments: arguments.iter().map(|argument| (*argument).to_owned()).collect(), variables }
}

#[tokio::test]
async fn check_and_serve_agree() {
    let mut cases = JoinSet::new();
    for (valid, arguments, variables) in [
        (true, &[][..], &[][..]),
        (true, &["--config.file=runpod.yml"], &[]),
        (true, &["--runpod.api-key-file=key", "--webhook.token-file=token"], &[]),
        (true, &["--web.listen-address=localhost:0", "--web.listen-address=127.0.0.1:0"], &[]),
        (
            true,
            &[
                "--collector.logs",
                "--logs.loki-url=https://loki.example",
                "--logs.loki-basic-auth-file=login",
            ],
            &[],
        ),
        (true, &[], &[("RUNPOD_EXPORTER_LISTEN", "")]),
        (false, &[], &[("RUNPOD_API_KEY", " ")]),
        (false, &[], &[("RUNPOD_API_KEY", "\"rpa_fine\"")]),
        (false, &["--runpod.api-key-file=quoted"], &[]),
        (false, &["--runpod.api-key-file=nowhere"], &[]),
        (false, &["--runpod.api-key-file=."], &[]),
        (false, &["--runpod.metrics-key-file=lines", "--runpod.api-key-file=key"], &[]),
        (false, &["--config.file=broken.yml"], &[]),
        (false, &["--config.file=no-token.yml"], &[]),
        (false, &["--config.file=health.yml"], &[]),
        (false, &["--config.file=nowhere.yml"], &[]),
        (false, &["--web.listen-address=127.0.0.1"], &[]),
        (false, &["--web.listen-address=127.0.0.1:70000"], &[]),
        (false, &["--web.listen-address=no-such-host.invalid:0"], &[]),
        (false, &["--web.listen-address=192.0.2.1:0"], &[]),
        (false, &["--web.listen-address=[2001:db8::1]:0"], &[]),
        (false, &[], &[("RUNPOD_EXPORTER_LISTEN", "nonsense")]),
        (false, &["--web.grafana-url=javascript:x"], &[]),
        (false, &["--webhook.token-file=lines"], &[]),
        (false, &["--webhook.token-file=nowhere"], &[]),
        (false, &["--logs.loki-url=ftp://loki"], &[]),
        (false, &["--logs.loki-url=http://loki", "--logs.loki-tenant=two words"], &[]),
        (false, &["--logs.loki-url=https://loki", "--logs.loki-basic-auth-file=lines"], &[]),
        (false, &["--logs.loki-url=https://loki", "--logs.loki-basic-auth-file=nowhere"], &[]),
        (false, &["--logs.loki-tenant=a"], &[]),
        (false, &["--runpod.graphql-url=http://elsewhere.example"], &[]),
        (false, &["--runpod.timeout=0s"], &[]),
        (false, &["--runpod.concurrency=0"], &[]),
        (false, &["--collectors=health"], &[]),
        (false, &["--log.level=loud"], &[]),
    ] {
        let case = case(arguments, variables);
        let name = format!("{arguments:?} {variables:?}");
        cases.spawn(async move {
            let (checked, served) = tokio::join!(case.check(), case.serve());
            assert_eq!(checked, served, "{name}");
            assert_eq!(checked.is_none(), valid, "{name}: {checked:?}");
            assert!(checked.is_none_or(|(_, message)| message.len() > "runpod-exporter: ".len()), "{name}");
        });
    }
    assert!(cases.join_all().await.len() > 30);
}

/// The next configuration of a running exporter can be checked, but two addresses of one port cannot.
#[tokio::test]
async fn only_an_own_address_is_in_use() {
    let other = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("--web.listen-address={}", other.local_addr().unwrap());
    assert_eq!(case(&[&address], &[]).check().await, None);
    drop(other);
    let twice = case(&[&address, &address], &[]);
    let checked = twice.check().await;
    assert!(checked.as_ref().is_some_and(|(_, message)| message.contains("cannot listen on")), "{checked:?}");
    assert_eq!(checked, twice.serve().await);
}

/// Opening a pipe without a writer blocks. Both end with a message.
#[tokio::test]
async fn a_pipe_without_a_writer_ends_the_start() {
    let case = case(&["--runpod.api-key-file=pipe"], &[]);
    let pipe = case.folder.path().join("pipe");
    assert!(std::process::Command::new("mkfifo").arg(pipe).status().unwrap().success());
    let (checked, served) = tokio::join!(case.check(), case.serve());
    let expected = "runpod-exporter: cannot read the API key file pipe: it could not be read within 5 s; a pipe needs a writer";
    assert_eq!(checked, Some((64, expected.to_owned())));
    assert_eq!(served, checked);
}

/// 300 files without 75 for clients and 24 of the exporter: 201 connections of all accounts together. The check says the same as
/// the start, and every account has its share.
#[tokio::test]
async fn the_accounts_share_the_open_files() {
    for (accounts, concurrency) in [(1, 169), (2, 80), (5, 32), (300, 1)] {
        let folder = TempDir::new().unwrap();
        std::fs::write(folder.path().join("key"), "rpa_fine").unwrap();
        let entries: Vec<_> = (0..accounts)
            .map(|n| {
                format!(
                    "  - name: a{n}
    api_key_file: key
"
                )
            })
            .collect();
        std::fs::write(folder.path().join("runpod.yml"), format!("accounts:\n{}", entries.concat())).unwrap();
        let output = Command::new("sh")
            .args(["-c", "ulimit -n 300 && exec \"$0\" --config.check --config.file=runpod.yml"])
            .arg(env!("CARGO_BIN_EXE_runpod-exporter"))
            .current_dir(folder.path())
            .env_remove("RUNPOD_API_KEY")
            .output()
            .await
            .unwrap();
        let log = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success(), "{log}");
        let lowered = log.lines().filter(|line| line.contains("concurrency lowered"));
        let expected = format!("requested=10000 concurrency={concurrency}");
        let is_expected = |line: &&str| line.contains(&expected);
        assert_eq!(lowered.filter(is_expected).count(), accounts, "{accounts}: {log}");
    }
}
