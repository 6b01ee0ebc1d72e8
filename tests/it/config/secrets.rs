//! Keys with something around them, and keys in places for something else: the message says what is wrong, without the key.

use std::process::Command;

use proptest::prelude::*;
use tempfile::TempDir;

use super::{SECRET, check};
use crate::support::write_secret;

/// Runs the exporter in a folder with a file `key` of this content. Returns exit code, output and error output.
fn run(key: &str, arguments: &[&str], variables: &[(&str, &str)]) -> (i32, String) {
    let folder = TempDir::new().unwrap();
    write_secret(folder.path().join("key"), key);
    let output = Command::new(env!("CARGO_BIN_EXE_runpod-exporter"))
        .args(arguments)
        .current_dir(folder.path())
        .env_clear()
        .envs(variables.iter().copied())
        .output()
        .unwrap();
    let text = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    (output.status.code().unwrap(), text)
}

#[cfg(unix)]
#[test]
fn a_key_that_every_user_may_read_is_a_warning() {
    use std::fs::{Permissions, set_permissions};
    use std::os::unix::fs::PermissionsExt as _;

    let folder = TempDir::new().unwrap();
    let file = |name: &str| folder.path().join(name);
    std::fs::write(
        file("runpod.yml"),
        "accounts: [{name: a, api_key_file: key, metrics_key_file: key2}]\nwebhook: {token_file: token}\n",
    )
    .unwrap();
    for (name, text) in [("key", SECRET), ("key2", SECRET), ("token", "a-token-of-enough-characters")] {
        std::fs::write(file(name), text).unwrap();
    }
    let warned = |mode| {
        for name in ["key", "key2", "token"] {
            set_permissions(file(name), Permissions::from_mode(mode)).unwrap();
        }
        let mut command = Command::new(env!("CARGO_BIN_EXE_runpod-exporter"));
        command
            .args(["--config.check", "--web.listen-address=127.0.0.1:0", "--config.file"])
            .arg(file("runpod.yml"));
        let output = command.env_clear().output().unwrap();
        assert!(output.status.success(), "{output:?}");
        let text = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        assert!(!shows(&text, SECRET), "{text}");
        let names = ["key", "key2", "token"].map(|name| format!("run: chmod o-r {}\"", file(name).display()));
        text.lines().filter(|line| names.iter().any(|advice| line.contains(advice.as_str()))).count()
    };
    assert_eq!(warned(0o644), 3);
    assert_eq!(warned(0o604), 3);
    assert_eq!(warned(0o640), 0, "a group is meant");
}

/// Whether a text contains four characters of a secret in a row.
fn shows(text: &str, secret: &str) -> bool {
    let secret = secret.strip_prefix("rpa_").unwrap_or(secret).as_bytes();
    secret.windows(4).any(|part| text.as_bytes().windows(4).any(|run| run == part))
}

#[test]
fn a_key_with_something_around_it_is_rejected_with_the_reason() {
    for (key, reason) in [
        (format!("\"{SECRET}\""), "has quotation marks; remove them"),
        (format!("RUNPOD_API_KEY={SECRET}"), "is an assignment"),
        (format!("Bearer {SECRET}"), "begins with Bearer"),
        (format!("{{\"api_key\": \"{SECRET}\"}}"), "is JSON"),
        (format!("\u{feff}{SECRET}"), "byte order mark"),
        (format!("{SECRET}\n{SECRET}"), "more than one line"),
        (format!("{SECRET}\u{200b}"), "not ASCII"),
        ("${RUNPOD_API_KEY}".to_owned(), "placeholder"),
        ("/run/secrets/key".to_owned(), "is a path or a URL"),
    ] {
        let yaml = "accounts:\n  - name: a\n    api_key_env: K1\n";
        let from_file = "accounts:\n  - name: a\n    api_key_file: key\n    metrics_key_file: metrics\n";
        let folder = TempDir::new().unwrap();
        let write = |name: &str, text: &str| write_secret(folder.path().join(name), text);
        write("runpod.yml", from_file);
        write("key", "rpa_fine");
        write("metrics", &key);
        let file = folder.path().join("runpod.yml").display().to_string();
        let arguments = ["--config.check", "--config.file", &file];
        for (source, (code, output)) in [
            ("RUNPOD_API_KEY", run("", &["--config.check"], &[("RUNPOD_API_KEY", &key)])),
            ("key", run(&key, &["--config.check", "--runpod.api-key-file=key"], &[])),
            ("api_key_env: K1", check(yaml, &[("K1", &key)])),
            ("metrics", run("", &arguments, &[])),
            ("RUNPOD_API_KEY", run("", &["scrape"], &[("RUNPOD_API_KEY", &key)])),
        ] {
            assert_eq!(code, 64, "{key:?}: {output}");
            assert!(output.contains(source) && output.contains(reason), "{key:?}: {output}");
            assert!(!shows(&output, SECRET) && output.lines().count() == 1, "{key:?}: {output}");
        }
    }
}

#[test]
fn a_key_in_another_place_is_not_repeated() {
    let account = |more: &str| format!("accounts:\n  - name: a\n{more}");
    let keyed = |more: &str| account(&format!("    api_key_file: key\n{more}"));
    let files = [
        account(&format!("    api_key_file: {SECRET}\n")),
        account(&format!("    api_key_env: {SECRET}\n")),
        keyed(&format!("    metrics_key_file: {SECRET}\n")),
        format!("accounts:\n  - name: {SECRET}\n    api_key_file: key\n"),
        keyed(&format!("    {SECRET}: x\n")),
        keyed(&format!("    collectors: [{SECRET}]\n")),
        keyed(&format!("    graphql_url: https://{SECRET}@host/\n")),
        keyed(&format!("    graphql_url: http://{SECRET}/\n")),
        keyed(&format!("    graphql_url: {SECRET}:x\n")),
        keyed(&format!("refresh: {{billing: {SECRET}}}\n")),
        keyed(&format!("refresh: {{{SECRET}: 1h}}\n")),
        keyed(&format!("    endpoints: {{include: [\"({SECRET}\"]}}\n")),
        keyed(&format!("webhook: {{token_env: {SECRET}}}\n")),
        keyed(&format!("webhook: {{token_file: {SECRET}}}\n")),
        keyed(&format!("webhook: {{tokens_in: [{SECRET}]}}\n")),
        keyed(&format!("{SECRET}: x\n{SECRET}: x\n")),
        keyed(&format!("    each_worker: {SECRET}\n")),
        format!("{SECRET}\n"),
        format!("accounts: *{SECRET}\n"),
        format!("accounts: !{SECRET} []\n"),
    ];
    for yaml in &files {
        let (code, output) = check(yaml, &[]);
        assert_eq!(code, 64, "{yaml}: {output}");
        assert!(!shows(&output, SECRET), "{yaml}: {output}");
    }
    let flags = [
        "--runpod.api-key-file",
        "--runpod.graphql-url",
        "--runpod.timeout",
        "--runpod.concurrency",
        "--config.file",
        "--collectors",
        "--web.listen-address",
        "--web.grafana-url",
        "--webhook.token-file",
        "--tokens.in-pointer",
        "--logs.loki-url",
        "--log.level",
        "--log.format",
        "--runpod.api-key",
        "--runpod.rest-quota-share",
    ];
    for flag in flags {
        let (code, output) = run("", &["--config.check", &format!("{flag}={SECRET}")], &[]);
        assert_eq!(code, 64, "{flag}: {output}");
        assert!(!shows(&output, SECRET), "{flag}: {output}");
    }
    for arguments in [
        &[SECRET][..],
        &["scrape", SECRET],
        &["metrics", "--format", SECRET],
        &["check", "--account", SECRET],
    ] {
        let (_, output) =
            run("", arguments, &[("RUNPOD_API_KEY", "rpa_x"), ("RUNPOD_GRAPHQL_URL", "http://127.0.0.1:1")]);
        assert!(!shows(&output, SECRET), "{arguments:?}: {output}");
    }
}

/// A key without Runpod's prefix is known once it was read.
#[test]
fn a_key_without_a_prefix_is_not_repeated() {
    let secret = "hunter2-of-a-gateway";
    let yaml = format!("accounts:\n  - name: {secret}\n    api_key_env: KEY\n");
    let (code, output) = check(&yaml, &[("KEY", secret)]);
    assert!(code == 64 && output.contains("the name is an API key") && !shows(&output, secret), "{output}");
    let two =
        format!("accounts:\n  - name: {secret}\n    api_key_env: K1\n  - name: b\n    api_key_env: KEY\n");
    let (code, output) = check(&two, &[("K1", "rpa_fine"), ("KEY", secret)]);
    assert!(code == 64 && output.contains("account 1: the name is an API key"), "{output}");
    assert!(!shows(&output, secret), "{output}");
    let yaml = format!("accounts:\n  - name: a\n    api_key_env: KEY\n    graphql_url: http://{secret}/\n");
    let (code, output) = check(&yaml, &[("KEY", secret)]);
    assert!(code == 64 && output.contains("plain http") && !shows(&output, secret), "{output}");
    let (code, output) = run("", &["--config.check", "--collectors", secret], &[("RUNPOD_API_KEY", secret)]);
    assert!(code == 64 && !shows(&output, secret), "{output}");
    let (code, output) = run("", &["--config.check", "--config.file", secret], &[("RUNPOD_API_KEY", secret)]);
    assert!(code == 64 && output.contains("cannot read the file") && !shows(&output, secret), "{output}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    /// Whatever a key is mixed with, and wherever it is put, no message shows four of its characters.
    #[test]
    fn no_message_shows_a_part_of_a_key(
        secret in "[A-Z0-9]{20,46}",
        before in "[\"'{\\[ =:\u{feff}a-z\n/-]{0,6}",
        after in "[\"'}\\] ,;:\u{200b}a-z\n/-]{0,6}",
        place in 0..5_usize,
    ) {
        let key = format!("{before}rpa_{secret}{after}");
        let quoted = serde_json::to_string(&key).unwrap();
        let yaml = match place {
            0 => format!("accounts:\n  - name: {quoted}\n    api_key_file: key\n"),
            1 => format!("accounts:\n  - name: a\n    api_key_file: {quoted}\n"),
            2 => format!("accounts:\n  - name: a\n    api_key_env: {quoted}\n"),
            3 => format!("accounts:\n  - name: a\n    {quoted}: key\n"),
            _ => "accounts:\n  - name: a\n    api_key_env: KEY\n".to_owned(),
        };
        let (_, output) = check(&yaml, &[("KEY", &key)]);
        prop_assert!(!shows(&output, &secret), "{output}");
    }
}
