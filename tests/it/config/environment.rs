//! Environment variables that are set but blank, and values with white space around them.

use std::process::{Command, Output};

/// Runs the exporter with these arguments and variables only.
fn run(arguments: &[&str], variables: &[(&str, &str)]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_runpod-exporter"));
    command.args(arguments).env_clear().envs(variables.iter().copied()).output().unwrap()
}

/// The variables of a command, from its help.
fn variables(command: &str) -> Vec<String> {
    let help = String::from_utf8(run(&[command, "--help"], &[]).stdout).unwrap();
    let named = help.split("[env: ").skip(1).filter_map(|rest| rest.split(']').next());
    named.map(str::to_owned).collect()
}

/// The variables of keys and tokens, which have no flag.
const KEYS: [&str; 2] = ["RUNPOD_API_KEY", "RUNPOD_WEBHOOK_TOKEN"];

const CHECK: [&str; 3] = ["serve", "--config.check", "--web.listen-address=127.0.0.1:0"];

#[test]
fn a_variable_that_is_set_but_blank_is_not_set() {
    let names = variables("serve");
    assert!(names.len() >= 19, "{names:?}");
    for blank in ["", " \n"] {
        // One by one only once: each start takes a moment.
        for name in names.iter().filter(|_| blank.is_empty()) {
            let output = run(&CHECK, &[("RUNPOD_API_KEY", "rpa_x"), (name, blank)]);
            let error = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "{name}={blank:?}: {error}");
        }
        let all: Vec<_> = names.iter().map(String::as_str).chain(KEYS).map(|name| (name, blank)).collect();
        let output = run(&CHECK, &all);
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(error.starts_with("runpod-exporter: no API key"), "{error}");
        assert!(error.contains("read-only access to GraphQL, REST and the endpoints is enough"), "{error}");
        assert!(!error.contains("check --from"), "only `check` reads another exporter: {error}");
        let error = run(&["check"], &all).stderr;
        assert!(String::from_utf8_lossy(&error).contains("runpod-exporter check --from="), "{error:?}");
        let with_key = [&all[..], &[("RUNPOD_API_KEY", "rpa_x")]].concat();
        assert!(run(&CHECK, &with_key).status.success());
        // What the other commands do with the same variables: they begin to work, without anyone to answer.
        let upstream = [
            ("RUNPOD_GRAPHQL_URL", "http://127.0.0.1:1/graphql"),
            ("RUNPOD_REST_URL", "http://127.0.0.1:1/v2"),
            ("RUNPOD_JOBS_URL", "http://127.0.0.1:1/v2"),
            ("RUNPOD_EXPORTER_HTTP_CONFIG", blank),
        ];
        let with_upstream = [&with_key[..], &upstream].concat();
        for (arguments, code) in [(&["scrape"][..], 1), (&["check", "--interval=0s"], 3), (&["logs", "x"], 1)]
        {
            let names = variables(arguments[0]);
            assert!(
                names.iter().all(|name| with_upstream.iter().any(|(other, _)| other == name)),
                "{names:?}"
            );
            let output = run(arguments, &with_upstream);
            assert_eq!(output.status.code(), Some(code), "{arguments:?}: {output:?}");
        }
    }
}

#[test]
fn white_space_and_empty_elements_do_not_count() {
    let folder = tempfile::tempdir().unwrap();
    let key = folder.path().join("key");
    std::fs::write(&key, "rpa_x").unwrap();
    let output = run(
        &["serve", "--config.check"],
        &[
            ("RUNPOD_API_KEY_FILE", &format!(" {}\n", key.display())),
            ("RUNPOD_TIMEOUT", " 5s\n"),
            ("RUNPOD_CONCURRENCY", " 5 "),
            ("RUNPOD_REST_QUOTA_SHARE", " 0.5 "),
            ("RUNPOD_COLLECTORS", " endpoints , health,, "),
            ("RUNPOD_EXPORTER_LISTEN", "127.0.0.1:0, ,[::1]:0,"),
            ("RUNPOD_ALLOW_INSECURE", "1"),
            ("RUNPOD_EACH_WORKER", " No "),
            ("RUNPOD_EXPORTER_GRAFANA_URL", " http://grafana.example \n"),
            ("RUNPOD_LOGS_LOKI_URL", " http://loki.example "),
            ("RUNPOD_LOGS_LOKI_TENANT", " team\n"),
            ("RUST_LOG", " info "),
        ],
    );
    assert!(output.status.success(), "{output:?}");
    let only_commas = run(&CHECK, &[("RUNPOD_API_KEY", "rpa_x"), ("RUNPOD_COLLECTORS", ", ,")]);
    assert!(only_commas.status.success(), "{only_commas:?}");
}

/// The value is in no command line, so that the flag alone would send the reader to the wrong place.
#[test]
fn an_error_names_the_variable_that_the_value_is_from() {
    let error = |flags: &[&str], variables: &[(&str, &str)]| {
        let output = run(&[&CHECK, flags].concat(), variables);
        assert_eq!(output.status.code(), Some(64), "{output:?}");
        String::from_utf8(output.stderr).unwrap()
    };
    let variable = error(&[], &[("RUNPOD_TIMEOUT", "abc")]);
    assert!(variable.contains("'abc' for '--runpod.timeout <DURATION>' (RUNPOD_TIMEOUT)"), "{variable}");
    let flag = error(&["--runpod.timeout=abc"], &[("RUNPOD_TIMEOUT", "5s")]);
    assert!(flag.contains("--runpod.timeout") && !flag.contains("RUNPOD_TIMEOUT"), "{flag}");
}

/// A blank key beside a file with accounts is not a second key.
#[test]
fn a_blank_key_and_accounts_are_no_conflict() {
    let yaml = "accounts:\n  - name: a\n    api_key_env: KEY_A\n";
    let (code, output) = super::check(yaml, &[("RUNPOD_API_KEY", ""), ("KEY_A", "rpa_x")]);
    assert_eq!((code, output.as_str()), (0, "the configuration is valid; accounts: a\n"));
    let (code, output) = super::check(yaml, &[("KEY_A", " ")]);
    assert!(code == 64 && output.contains("the variable KEY_A is not set or empty"), "{output}");
}

/// A path need not be a text.
#[cfg(unix)]
#[test]
fn a_path_that_is_not_utf8_is_accepted() {
    use std::os::unix::ffi::OsStrExt as _;
    let folder = tempfile::tempdir().unwrap();
    let key = folder.path().join(std::ffi::OsStr::from_bytes(b"key-\xff"));
    std::fs::write(&key, "rpa_x").unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_runpod-exporter"));
    let output = command.args(CHECK).env_clear().env("RUNPOD_API_KEY_FILE", &key).output().unwrap();
    assert!(output.status.success(), "{output:?}");
}
