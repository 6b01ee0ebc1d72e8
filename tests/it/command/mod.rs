//! The command line program: output, error messages and exit codes.

mod doctor;
mod exit;
mod installed;
mod log;
mod secrets;

use std::net::SocketAddr;
use std::process::Stdio;
use std::time::Duration;

use runpod_simulator::{Options, Shape};
use tempfile::NamedTempFile;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;
use tokio::process::{Child, Command};
use tokio::time::{Instant, sleep, timeout};

use crate::support::{Exposition, KEY, Upstream, client};

/// Timeout that even a slow machine does not reach.
const LONG: Duration = Duration::from_secs(90);

pub(crate) fn command(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_runpod-exporter"));
    command.args(args).kill_on_drop(true).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("RUNPOD_") || name == "RUST_LOG") {
        command.env_remove(name);
    }
    command
}

/// The same, reading this upstream.
pub(crate) fn reading(args: &[&str], upstream: &Upstream) -> Command {
    reading_from(args, upstream.address)
}

/// The same, reading what is at this address.
pub(crate) fn reading_from(args: &[&str], address: SocketAddr) -> Command {
    let mut command = command(args);
    command
        .env("RUNPOD_API_KEY", KEY)
        .env("RUNPOD_GRAPHQL_URL", format!("http://{address}/graphql"))
        .env("RUNPOD_JOBS_URL", format!("http://{address}/v2"))
        .env("RUNPOD_REST_URL", format!("http://{address}/rest/v2"));
    command
}

pub(crate) struct Ended {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

pub(crate) async fn end(mut command: Command) -> Ended {
    let output = timeout(LONG, command.output()).await.unwrap().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Ended { code: output.status.code().unwrap(), stdout: text(output.stdout), stderr: text(output.stderr) }
}

/// Sends SIGTERM.
pub(crate) async fn sigterm(child: &Child) {
    let id = child.id().unwrap().to_string();
    assert!(Command::new("kill").args(["-TERM", &id]).status().await.unwrap().success());
}

#[tokio::test]
async fn without_a_key_the_error_explains_both_options() {
    for args in [&[][..], &["serve"], &["scrape"]] {
        let Ended { code, stderr, .. } = end(command(args)).await;
        assert_eq!(code, 64);
        assert!(stderr.contains("RUNPOD_API_KEY") && stderr.contains("runpod-exporter demo"), "{stderr}");
    }
}

#[tokio::test]
async fn a_usage_error_is_one_line_and_code_64() {
    let file = NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "two\nlines").unwrap();
    let path = file.path().to_str().unwrap();
    for (args, message) in [
        (vec!["--runpod.timeout=soon"], "soon"),
        (vec!["--runpod.timeout=0s"], "greater than zero"),
        (vec!["--runpod.concurrency=0"], "1 to 10000"),
        (vec!["--runpod.graphql-url=http://example.com/graphql"], "send the key unencrypted"),
        (vec!["--runpod.jobs-url=nowhere"], "--runpod.jobs-url: not a URL"),
        (vec!["--no-collector.endpoints"], "needs collector \"endpoints\""),
        (vec!["--collectors="], "no collector is named"),
        (vec!["--log.level=loud"], "--log.level"),
        (vec!["--tokens.in-pointer=usage"], "start with a slash"),
        (vec!["--webhook.token-file=/nowhere/token"], "cannot read the webhook token file /nowhere/token"),
        (vec!["--web.listn-address=x"], "--web.listen-address"),
        (vec!["srve"], "serve"),
        (vec!["simulate", "--fault=graphql=explode"], "explode"),
        (vec!["simulate", "--scene=crash-lop"], "crash-loop"),
        (vec!["demo", "--scene=xyzzy"], "no-capacity"),
        (vec!["simulate", "--webhook-url=nowhere"], "not a URL"),
        (vec!["simulate", "--webhook-duplicates=2"], "from 0 to 1"),
        (vec!["simulate", "--shape=round"], "live or documented"),
    ] {
        let mut command = command(&args);
        let Ended { code, stderr, .. } = end({
            command.env("RUNPOD_API_KEY", KEY);
            command
        })
        .await;
        assert_eq!(code, 64, "{args:?}: {stderr}");
        assert_eq!(stderr.lines().count(), 1, "{args:?}: {stderr}");
        assert!(stderr.contains(message), "{args:?}: {stderr}");
        assert!(!stderr.contains(KEY), "{stderr}");
    }
    for (args, message) in [
        (vec!["--runpod.api-key-file", "/nowhere/key"], "cannot read the API key file /nowhere/key"),
        (vec!["--runpod.api-key-file", path], "more than one line"),
    ] {
        let Ended { code, stderr, .. } = end(command(&args)).await;
        assert_eq!((code, stderr.lines().count()), (64, 1), "{stderr}");
        assert!(stderr.contains(message), "{stderr}");
    }
}

/// The names of all commands, as `--help` lists them.
async fn commands() -> Vec<String> {
    let Ended { stdout, .. } = end(command(&["--help"])).await;
    let list =
        stdout.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    // Further lines of a description are indented by more.
    let entries = list.filter_map(|line| line.strip_prefix("  ").filter(|line| !line.starts_with(' ')));
    let names = entries.filter_map(|line| line.split_whitespace().next()).map(str::to_owned);
    let names: Vec<String> = names.filter(|name| name != "help").collect();
    assert!(
        ["serve", "config", "simulate"].iter().all(|name| names.iter().any(|known| known == name)),
        "{stdout}"
    );
    names
}

#[tokio::test]
async fn help_is_short_or_long_and_prints_no_value_of_a_variable() {
    let hidden = "healthcheck".to_owned();
    for name in commands().await.into_iter().chain([hidden]) {
        let help = async |flag: &str| {
            let mut command = command(&[&name, flag]);
            command.env("RUNPOD_API_KEY_FILE", KEY).env("RUNPOD_SIMULATED_KEY", KEY);
            let Ended { code, stdout, stderr } = end(command).await;
            assert_eq!((code, stderr.as_str()), (0, ""), "{name} {flag}");
            assert!(!stdout.contains(KEY), "{name} {flag}: {stdout}");
            stdout
        };
        let (short, long) = (help("-h").await, help("--help").await);
        assert!(!short.contains("Examples:") && !short.contains("[env: "), "{short}");
        assert!(long.contains("Examples:") && long.lines().count() > short.lines().count(), "{long}");
    }
}

/// Commands that read no collectors reject the flags of collectors.
#[tokio::test]
async fn a_flag_without_effect_is_rejected() {
    for args in [
        ["logs", "llama-3-70b", "--collector.logs"],
        ["logs", "llama-3-70b", "--collector.workers.each"],
        ["check", "llama-3-70b", "--collector.workers.each"],
    ] {
        let Ended { code, stderr, .. } = end(command(&args)).await;
        assert_eq!(code, 64, "{args:?}: {stderr}");
        assert!(stderr.contains("unexpected argument"), "{args:?}: {stderr}");
    }
}

#[tokio::test]
async fn scrape_prints_the_metrics_and_its_exit_code_reports_success() {
    let upstream = Upstream::start(Options { shape: Shape::Documented, ..Options::default() }).await;
    let scrape = || {
        let command = reading(&["scrape"], &upstream);
        end(command)
    };
    let Ended { code, stdout, .. } = scrape().await;
    assert_eq!(code, 0);
    assert!(stdout.contains("runpod_up{account=\"default\"} 1\n"));
    upstream.fault("graphql=unauthorized");
    upstream.fault("rest=unauthorized");
    let Ended { code, stdout, stderr } = scrape().await;
    assert_eq!(code, 1);
    assert!(stdout.contains("runpod_up{account=\"default\"} 0\n"));
    assert!(stderr.contains("API key rejected (401); check the API key of this account"), "{stderr}");
}

/// A running exporter. Its output goes to files, because a full pipe would block it.
pub(crate) struct Running {
    pub(crate) child: Child,
    pub(crate) address: String,
    pub(crate) stdout: NamedTempFile,
    stderr: NamedTempFile,
}

/// Starts the command and waits until it is ready.
pub(crate) async fn listening(args: &[&str], upstream: &Upstream) -> Running {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let address = format!("127.0.0.1:{port}");
    let (stdout, stderr) = (NamedTempFile::new().unwrap(), NamedTempFile::new().unwrap());
    let mut command = reading(args, upstream);
    command
        .arg(format!("--web.listen-address={address}"))
        .stdout(stdout.reopen().unwrap())
        .stderr(stderr.reopen().unwrap());
    let child = command.spawn().unwrap();
    let (http, begin) = (client(), Instant::now());
    let ready = || http.get(format!("http://{address}/ready")).send();
    while !ready().await.is_ok_and(|response| response.status() == 200) {
        assert!(begin.elapsed() < LONG, "never ready");
        sleep(Duration::from_millis(20)).await; // polling another process
    }
    Running { child, address, stdout, stderr }
}

/// Ends the program with SIGTERM.
pub(crate) async fn terminate(running: Running) -> Ended {
    let Running { mut child, stdout, stderr, .. } = running;
    sigterm(&child).await;
    let status = timeout(LONG, child.wait()).await.unwrap().unwrap();
    let read = |file: &NamedTempFile| std::fs::read_to_string(file.path()).unwrap();
    Ended { code: status.code().unwrap(), stdout: read(&stdout), stderr: read(&stderr) }
}

#[tokio::test]
async fn a_port_in_use_is_reported() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let Ended { code, stderr, .. } = end(command(&["demo", "--web.listen-address", &address])).await;
    assert_eq!(code, 1);
    assert!(stderr.contains(&format!("cannot listen on {address}")), "{stderr}");
}

/// As in a container, where both are configured by the same variable.
#[tokio::test]
async fn the_health_check_asks_where_the_exporter_listens() {
    let port = std::net::TcpListener::bind("[::]:0").unwrap().local_addr().unwrap().port();
    let has_ipv6 = std::net::TcpListener::bind("[::1]:0").is_ok();
    let everywhere = [":PORT", "0.0.0.0:PORT", "127.0.0.1:PORT", "localhost:PORT"];
    let ipv6 = ["[::]:PORT", "[::1]:PORT"];
    for address in everywhere.into_iter().chain(ipv6.into_iter().filter(|_| has_ipv6)) {
        let address = address.replace("PORT", &port.to_string());
        let mut serve = command(&["serve"]);
        serve.env("RUNPOD_API_KEY", KEY).env("RUNPOD_EXPORTER_LISTEN", &address);
        for (name, path) in [("GRAPHQL", "graphql"), ("JOBS", "v2"), ("REST", "rest/v2")] {
            serve.env(format!("RUNPOD_{name}_URL"), format!("http://127.0.0.1:1/{path}"));
        }
        let mut child = serve.spawn().unwrap();
        let check = async || {
            let mut check = command(&["healthcheck"]);
            check.env("RUNPOD_EXPORTER_LISTEN", &address);
            end(check).await
        };
        let begin = Instant::now();
        while check().await.code != 0 {
            assert!(begin.elapsed() < LONG, "{address}: never healthy: {}", check().await.stderr);
        }
        let flag = end(command(&["healthcheck", "--web.listen-address", &address])).await;
        assert_eq!(flag.code, 0, "{address}: {}", flag.stderr);
        sigterm(&child).await;
        assert_eq!(timeout(LONG, child.wait()).await.unwrap().unwrap().code(), Some(0), "{address}");
        assert_eq!(check().await.code, 1, "{address}");
    }
}

#[tokio::test]
async fn the_demo_is_marked_everywhere() {
    let upstream = Upstream::start(Options::default()).await;
    let running = listening(&["demo"], &upstream).await;
    let address = running.address.clone();
    let get = async |path: &str| {
        client().get(format!("http://{address}{path}")).send().await.unwrap().text().await.unwrap()
    };
    assert!(get("/metrics").await.contains("mode=\"demo\""));
    assert!(get("/").await.contains("simulated"));
    let healthy = end(command(&["healthcheck", &address])).await;
    assert_eq!(healthy.code, 0, "{}", healthy.stderr);
    let Ended { code, stdout, stderr } = terminate(running).await;
    assert_eq!(code, 0);
    assert!(stdout.contains(&format!("http://{address}/metrics")), "{stdout}");
    assert!(stderr.contains("the account is simulated"), "{stderr}");
    assert_eq!(end(command(&["healthcheck", &address])).await.code, 1);
}

/// The commit, where the build knew one: cargo builds from a checkout know it from git.
#[tokio::test]
async fn the_version_names_the_commit() {
    let Ended { code, stdout, .. } = end(command(&["--version"])).await;
    assert_eq!(code, 0);
    let version = env!("CARGO_PKG_VERSION");
    let revision = stdout.strip_prefix(&format!("runpod-exporter {version} (")).unwrap();
    let revision = revision.strip_suffix(")\n").unwrap();
    let is_commit = revision.len() >= 7 && revision.bytes().all(|byte| byte.is_ascii_hexdigit());
    assert!(is_commit || !std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(".git").exists(), "{stdout}");
}

/// Waits until the first scrape, which the exporter starts by itself, is over: a scrape that joins it sends nothing.
pub(crate) async fn first_scrape(running: &Running) {
    let begin = Instant::now();
    while !std::fs::read_to_string(running.stderr.path()).unwrap().contains("first successful scrape") {
        assert!(begin.elapsed() < LONG, "no first scrape");
        sleep(Duration::from_millis(20)).await; // polling another process
    }
}
