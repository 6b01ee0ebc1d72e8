//! The configuration file, and the error message of each mistake.

mod environment;
mod secrets;
#[cfg(unix)]
mod serve;
mod shards;
mod syntax;

use std::process::Command;

use tempfile::TempDir;

use crate::support::write_secret;

/// A key in the wrong place, which messages must not repeat.
const SECRET: &str = "rpa_IN0THE0WRONG0PLACE";

/// The exit code and output of `--config.check` for this file. Next to it is a file `key` with a key.
pub(crate) fn check(yaml: &str, variables: &[(&str, &str)]) -> (i32, String) {
    check_bytes(yaml.as_bytes(), variables)
}

/// The same with more flags.
fn check_with(yaml: &str, flags: &[&str]) -> (i32, String) {
    run(yaml.as_bytes(), flags, &[])
}

fn check_bytes(yaml: &[u8], variables: &[(&str, &str)]) -> (i32, String) {
    run(yaml, &[], variables)
}

fn run(yaml: &[u8], flags: &[&str], variables: &[(&str, &str)]) -> (i32, String) {
    let folder = TempDir::new().unwrap();
    write_secret(folder.path().join("key"), "rpa_fine\n");
    write_secret(folder.path().join("token"), "a-token-of-enough-characters\n");
    write_secret(folder.path().join("two-lines"), "rpa_one\nrpa_two\n");
    let file = folder.path().join("runpod.yml");
    std::fs::write(&file, yaml).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_runpod-exporter"))
        .args(["--config.check", "--web.listen-address=127.0.0.1:0", "--config.file"])
        .arg(&file)
        .args(flags)
        .env_clear()
        .envs(variables.iter().copied())
        .output()
        .unwrap();
    let text = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    let text = text.replace(&format!("{}/", folder.path().display()), "");
    (output.status.code().unwrap(), text)
}

#[test]
fn a_complete_file_is_valid() {
    let yaml = r#"
accounts:
  - name: research
    api_key_file: key
    collectors: [endpoints, health]
    endpoints:
      include: ["prod-.*"]
      exclude: [".*-old"]
  - name: production
    api_key_env: PRODUCTION_KEY
    graphql_url: https://gateway.example/graphql
    jobs_url: https://gateway.example/v2
    rest_url: https://gateway.example/rest
    rest_quota_share: 0.25
    each_worker: true
    refresh:
      workers: 2m
    pods:
      exclude: ["tmp-.*"]
refresh:
  billing: 2h
  volumes: 90s
webhook:
  token_file: token
  max_body_bytes: 1000000
  tokens_in: ["/usage/read"]
thresholds:
  queue_depth: {warning: 20}
  balance_runway_hours: {warning: 72, critical: 24}
  endpoints:
    - match: "batch-.*"
      queue_depth: {warning: 500, critical: 5000}
"#;
    let (code, output) = check(yaml, &[("PRODUCTION_KEY", "rpa_x")]);
    assert_eq!((code, output.as_str()), (0, "the configuration is valid; accounts: research, production\n"));
}

#[test]
fn every_error_is_one_line_with_the_file_and_a_hint() {
    let account = |rest: &str| format!("accounts:\n  - name: a\n{rest}");
    let mut report = String::new();
    for (mistake, yaml) in [
        ("unknown key", account("    api_key_fil: key\n")),
        ("unknown key without a similar one", account("    zzz: 1\n")),
        ("wrong type", "accounts: 5\n".to_owned()),
        ("wrong type inside", account("    api_key_file: key\n    endpoints:\n      include: prod\n")),
        ("no YAML", "accounts:\n  - name: [\n".to_owned()),
        ("no accounts", "accounts: []\n".to_owned()),
        ("empty file", String::new()),
        ("the same account twice", account("    api_key_file: key\n  - name: a\n    api_key_file: key\n")),
        ("no name", "accounts:\n  - api_key_file: key\n".to_owned()),
        ("name with a quotation mark", "accounts:\n  - name: 'a\"b'\n    api_key_file: key\n".to_owned()),
        ("name with a line break", "accounts:\n  - name: \"a\\nb\"\n    api_key_file: key\n".to_owned()),
        ("name that is a key", format!("accounts:\n  - name: {SECRET}\n    api_key_file: key\n")),
        ("value for the name of a variable", account("    api_key_env: not-a-name\n")),
        ("folder for a key", account("    api_key_file: .\n")),
        ("empty name", "accounts:\n  - name: \"\"\n    api_key_file: key\n".to_owned()),
        ("key in the file", account(&format!("    api_key: {SECRET}\n"))),
        ("no key", account("")),
        ("two keys", account("    api_key_file: key\n    api_key_env: KEY\n")),
        ("missing key file", account("    api_key_file: nowhere\n")),
        ("unreadable key", account("    api_key_file: two-lines\n")),
        ("missing variable", account("    api_key_env: NOWHERE\n")),
        ("http", account("    api_key_file: key\n    jobs_url: http://gateway.example/v2\n")),
        ("no URL", account("    api_key_file: key\n    graphql_url: gateway\n")),
        ("unknown collector", account("    api_key_file: key\n    collectors: [pods, queues]\n")),
        ("collector without its source", account("    api_key_file: key\n    collectors: [health]\n")),
        ("bad pattern", account("    api_key_file: key\n    pods:\n      include: [\"(prod\"]\n")),
        ("bad duration", account("    api_key_file: key\n    refresh:\n      workers: soon\n")),
        ("too often", account("    api_key_file: key\nrefresh:\n  billing: 100ms\n")),
        ("unknown interval", account("    api_key_file: key\nrefresh:\n  biling: 1h\n")),
        ("no share", account("    api_key_file: key\n    rest_quota_share: 50\n")),
        ("unknown threshold", account("    api_key_file: key\nthresholds:\n  queue_dept: {warning: 1}\n")),
        ("thresholds swapped", account("    api_key_file: key\nthresholds:\n  queue_depth: {warning: 60}\n")),
        ("token in the file", account(&format!("    api_key_file: key\nwebhook:\n  token: {SECRET}\n"))),
        ("missing token file", account("    api_key_file: key\nwebhook:\n  token_file: nowhere\n")),
        ("missing token variable", account("    api_key_file: key\nwebhook:\n  token_env: NOWHERE\n")),
        ("no pointer", account("    api_key_file: key\nwebhook:\n  tokens_in: [usage]\n")),
        (
            "unknown threshold",
            account("    api_key_file: key\nthresholds:\n  endpoints:\n    - match: \"(x\"\n"),
        ),
    ] {
        let (code, output) = check(&yaml, &[]);
        assert_eq!(code, 64, "{mistake}: {output}");
        assert_eq!(output.lines().count(), 1, "{mistake}: {output}");
        assert!(output.starts_with("runpod-exporter: runpod.yml"), "{mistake}: {output}");
        assert!(!output.contains(SECRET), "{mistake}: the key is printed");
        report.extend([mistake, "\n    ", &output]);
    }
    insta::assert_snapshot!(report);
}

#[test]
fn a_missing_file_is_reported() {
    let output = Command::new(env!("CARGO_BIN_EXE_runpod-exporter"))
        .args(["--config.check", "--config.file", "/nowhere/runpod.yml"])
        .env_clear()
        .output()
        .unwrap();
    let error = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(64));
    assert!(error.contains("/nowhere/runpod.yml: cannot read the file: No such file"), "{error}");
}

#[test]
fn a_file_without_accounts_configures_the_account_of_the_flags() {
    let yaml = "refresh:\n  workers: 5m\n";
    let (code, output) = check(yaml, &[("RUNPOD_API_KEY", "rpa_x")]);
    assert_eq!((code, output.as_str()), (0, "the configuration is valid; accounts: default\n"));
}

#[test]
fn a_file_with_accounts_and_a_key_are_rejected() {
    let (code, output) =
        check("accounts:\n  - name: a\n    api_key_file: key\n", &[("RUNPOD_API_KEY", SECRET)]);
    assert_eq!(code, 64);
    assert!(output.contains("remove one of them") && !output.contains(SECRET), "{output}");
}
