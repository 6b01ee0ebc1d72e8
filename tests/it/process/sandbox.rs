//! A test in namespaces of its own: it runs again in a process that has them, because they belong to processes.

use std::io::Write as _;
use std::process::Stdio;

use tokio::process::Command;

/// The variable that says that a process is inside.
const INSIDE: &str = "RUNPOD_TEST_INSIDE";

/// Whether this process is inside.
pub(super) fn is_inside() -> bool {
    std::env::var_os(INSIDE).is_some()
}

/// Runs this test inside of namespaces that `unshare` makes with these flags. Where the system does not allow them, this is written
/// to standard error, which the test runner does not capture.
pub(super) async fn run(test: &str, flags: &[&str]) {
    let unshare = || {
        let mut command = Command::new("unshare");
        // An ordinary user needs a namespace of users for the others; for root, it would only take rights away.
        let is_root =
            std::fs::metadata("/proc/self").is_ok_and(|meta| std::os::unix::fs::MetadataExt::uid(&meta) == 0);
        command.args((!is_root).then_some("--map-root-user")).args(flags);
        command.stdin(Stdio::null()).kill_on_drop(true);
        command
    };
    let probe = unshare().args(["ip", "link", "add", "name", "probe0", "type", "veth"]).output().await;
    let problem = match &probe {
        Ok(probe) if probe.status.success() => None,
        Ok(probe) => Some(String::from_utf8_lossy(&probe.stderr).trim().to_owned()),
        Err(error) => Some(format!("unshare: {error}")),
    };
    if let Some(problem) = problem {
        let line = format!("NOT TESTED on this machine: {test}: {problem}\n");
        std::io::stderr().write_all(line.as_bytes()).unwrap();
        return;
    }
    let mut inside = unshare();
    inside.arg(std::env::current_exe().unwrap()).args(["--exact", test, "--nocapture"]).env(INSIDE, "1");
    let output = inside.output().await.unwrap();
    let decoded = |bytes| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "{}{}", decoded(&output.stdout), decoded(&output.stderr));
    assert!(decoded(&output.stdout).contains("1 passed"), "{test} is not the name of this test");
}
