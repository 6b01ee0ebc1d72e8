//! Resources of the system that are used up: disk, open files, threads.

use std::process::Stdio;

use tokio::process::Command;

use crate::command::{Ended, command, end, listening, reading, terminate};
use crate::support::{KEY, Upstream, client};
use runpod_simulator::Options;

/// The program with these arguments, behind lines of a shell.
fn after(shell: &str, args: &[&str]) -> Command {
    let mut command = Command::new("sh");
    command
        .args(["-c", &format!("{shell}; exec \"$0\" \"$@\""), env!("CARGO_BIN_EXE_runpod-exporter")])
        .args(args);
    command.env("RUNPOD_API_KEY", KEY).kill_on_drop(true).stdin(Stdio::null());
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// What writes to a full disk fails, and says so. A page that nobody could write is not a success.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_full_disk_is_reported_and_is_not_a_success() {
    let upstream = Upstream::start(Options::default()).await;
    for args in [
        &["--help"][..],
        &["--version"],
        &["metrics"],
        &["config", "init"],
        &["runbook"],
        &["scrape"],
        &["demo"],
    ] {
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let mut command = reading(args, &upstream);
        command.env("RUNPOD_EXPORTER_LISTEN", "127.0.0.1:0").env("RUST_LOG", "off").stdout(full);
        let output = command.spawn().unwrap().wait_with_output().await.unwrap();
        let (code, stderr) = (output.status.code().unwrap(), String::from_utf8(output.stderr).unwrap());
        let expected =
            "runpod-exporter: cannot write to standard output: No space left on device (os error 28)\n";
        assert_eq!((code, stderr.as_str()), (1, expected), "{args:?}");
    }
}

/// A log that cannot be written is lost; the exporter serves.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn the_exporter_serves_while_its_log_cannot_be_written() {
    let upstream = Upstream::start(Options::default()).await;
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let address = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mut command = reading(&["--log.level=trace"], &upstream);
    let mut child = command.env("RUNPOD_EXPORTER_LISTEN", address.to_string()).stderr(full).spawn().unwrap();
    let get = async |path: &str| client().get(format!("http://{address}{path}")).send().await;
    while !get("/ready").await.is_ok_and(|response| response.status() == 200) {
        assert!(child.try_wait().unwrap().is_none(), "it has ended");
        tokio::task::yield_now().await; // polling another process
    }
    let page = get("/metrics").await.unwrap().text().await.unwrap();
    assert!(page.contains("runpod_up{account=\"default\"} 1\n"), "{page}");
    crate::command::sigterm(&child).await;
    assert_eq!(child.wait().await.unwrap().code(), Some(0));
}

/// A file that is too short would be in the way of the next attempt, which does not overwrite.
#[tokio::test]
async fn a_configuration_file_is_written_whole_or_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("runpod.yml");
    let path = file.to_str().unwrap();
    // The largest file has no bytes, and the signal about it is ignored.
    let ended = end(after("trap '' XFSZ; ulimit -f 0", &["config", "init", path])).await;
    assert_eq!(ended.code, 1, "{}", ended.stderr);
    assert!(ended.stderr.starts_with(&format!("runpod-exporter: cannot write {path}: ")), "{}", ended.stderr);
    assert!(!file.exists());
    let ended = end(command(&["config", "init", path])).await;
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    // A file of the owner stays.
    let ended = end(command(&["config", "init", path])).await;
    assert_eq!(ended.code, 1);
    assert!(std::fs::read_to_string(&file).unwrap().len() > 1_000);
}

#[tokio::test]
async fn too_few_open_files_are_an_error_that_names_the_limit() {
    for files in [8, 12] {
        let Ended { code, stderr, .. } = end(after(&format!("ulimit -n {files}"), &[])).await;
        let expected = "runpod-exporter: cannot start: Too many open files (os error 24); raise the limit on open files (ulimit -n, LimitNOFILE)\n";
        assert_eq!((code, stderr.as_str()), (1, expected), "{files} files");
    }
}

/// Two signals at once are one request to end: the scrape in flight is answered.
#[tokio::test]
async fn a_signal_that_arrives_twice_at_once_cuts_nothing_off() {
    let delay = std::time::Duration::from_millis(400);
    let upstream = Upstream::start(Options { delay, ..Options::default() }).await;
    let running = listening(&[], &upstream).await;
    crate::command::first_scrape(&running).await;
    upstream.simulator.traffic().reset();
    let http = client();
    let scrape = http.get(format!("http://{}/metrics", running.address)).send();
    let stop = async {
        upstream.simulator.traffic().until(|report| report.jobs.in_flight > 0).await;
        crate::command::sigterm(&running.child).await;
        terminate(running).await
    };
    let (scrape, ended) = tokio::join!(scrape, stop);
    assert!(scrape.unwrap().text().await.unwrap().contains("runpod_up{account=\"default\"} 1\n"));
    assert_eq!(ended.code, 0, "{}", ended.stderr);
}
