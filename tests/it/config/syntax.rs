//! YAML that is broken or unusual, and what a person reads about it.

use super::{check, check_bytes};

/// What messages must not contain: names of the parser, of Rust and of its types.
const FOREIGN: &[&str] = &[
    "serde",
    "Option",
    "String",
    "u64",
    "usize",
    "f64",
    "struct",
    "::",
    "Policy",
    "scalar",
    "mapping start",
    "deserial",
    "from_str",
    "budget",
];

/// `accounts:` with a valid account, and more lines.
fn with(more: &str) -> String {
    format!("accounts:\n  - name: a\n    api_key_file: key\n{more}")
}

/// Lists in lists.
fn deep(levels: usize) -> String {
    format!("accounts: {}{}", "[".repeat(levels), "]".repeat(levels))
}

/// Each line repeats the one above it nine times.
fn exponential(lines: usize) -> String {
    let repeat = |n: usize| format!("x-{}: &a{} [{}]\n", n + 1, n + 1, vec![format!("*a{n}"); 9].join(","));
    format!("x-0: &a0 [1]\n{}{}", (0..lines).map(repeat).collect::<String>(), with(""))
}

/// Each list contains the one above it.
fn nested_anchors(levels: usize) -> String {
    let nest = |n: usize| format!("x-{}: &a{} [*a{n}]\n", n + 1, n + 1);
    format!("x-0: &a0 [1]\n{}{}", (0..levels).map(nest).collect::<String>(), with(""))
}

#[test]
fn every_error_is_in_plain_words() {
    let mut report = String::new();
    for (mistake, yaml) in [
        ("duplicate key", "accounts:\n  - name: a\n    name: b\n    api_key_env: K1\n".to_owned()),
        ("duplicate key at the top", with("refresh: {}\nrefresh: {}\n")),
        ("duplicate key inside", with("refresh:\n  billing: 1h\n  billing: 2h\n")),
        ("tab before a list", "accounts:\n\t- name: a\n".to_owned()),
        ("tab before a key", "accounts:\n  - name: a\n\t  api_key_file: key\n".to_owned()),
        ("indentation", "accounts:\n  - name: a\n   api_key_file: key\n".to_owned()),
        ("indentation of a key", with("  name: b\n")),
        ("open quotation mark", "accounts:\n  - name: \"a\n".to_owned()),
        ("apostrophe in quotes", "accounts:\n  - name: 'bob's'\n".to_owned()),
        ("open bracket", "accounts: [{name: a\n".to_owned()),
        ("closing bracket", "accounts: }\n".to_owned()),
        ("no space after a colon", "accounts:\n  - name:a\n".to_owned()),
        ("two colons", with("    graphql_url: a: b\n")),
        ("no colon", with("thresholds\n")),
        ("a list at the top", "- name: a\n".to_owned()),
        ("a word", "accounts\n".to_owned()),
        ("a number at the top", "5\n".to_owned()),
        ("a list for a text", with("    graphql_url: [a]\n")),
        ("keys for a text", "accounts:\n  - name: {a: b}\n".to_owned()),
        ("nothing for a text", "accounts:\n  - name: ~\n".to_owned()),
        ("a text for a list", with("    collectors: pods\n")),
        ("a text for keys", with("    endpoints: prod\n")),
        ("a text for a switch", with("    each_worker: maybe\n")),
        ("a text for a number", with("    rest_quota_share: half\n")),
        ("a negative size", with("webhook: {max_body_bytes: -1}\n")),
        ("half a byte", with("webhook: {max_body_bytes: 1.5}\n")),
        ("a size beyond all sizes", with("webhook: {max_body_bytes: 99999999999999999999999}\n")),
        ("no number", with("thresholds: {queue_depth: {warning: .nan}}\n")),
        ("infinite", with("    rest_quota_share: .inf\n")),
        ("number for keys", with("thresholds: {queue_depth: 5}\n")),
        ("list for an interval", with("refresh: {billing: [1h]}\n")),
        ("unit missing", with("refresh: {billing: 5}\n")),
        ("unknown key at the top", with("account: []\n")),
        ("unknown key with control characters", "\"a\\n\\e[2J\": 1\n".to_owned()),
        ("very long key", format!("{}: 1\n", "k".repeat(500))),
        ("a list as a key", "? [a]\n: b\n".to_owned()),
        ("two documents", with("---\naccounts: []\n")),
        ("text after the document", with("...\nmore\n")),
        ("template that was not rendered", "accounts:\n  - name: {{ .Values.name }}\n".to_owned()),
        ("include of a template", "accounts: {{- include \"accounts\" . | nindent 2 }}\n".to_owned()),
        ("unknown anchor", "accounts: *nowhere\n".to_owned()),
        ("anchor in itself", "accounts: &a [*a]\n".to_owned()),
        ("merge of a number", "accounts:\n  - <<: 5\n    name: a\n".to_owned()),
        ("tag", with("    graphql_url: !vault abc\n")),
        ("zero byte", "accounts: [\0]\n".to_owned()),
        ("control character", "accounts: [\u{1b}[2J]\n".to_owned()),
        ("deep", deep(200)),
        ("deeper than the stack", deep(200_000)),
        ("deep anchors", nested_anchors(1_000)),
        ("exponential anchors", exponential(30)),
        ("conflict of a merge", "<<<<<<< HEAD\naccounts: []\n=======\n>>>>>>> main\n".to_owned()),
        ("JSON that ends too early", "{\"accounts\": [{\"name\": \"a\"".to_owned()),
    ] {
        let (code, output) = check(&yaml, &[]);
        assert_eq!(code, 64, "{mistake}: {output}");
        assert_eq!(output.lines().count(), 1, "{mistake}: {output}");
        assert!(output.starts_with("runpod-exporter: runpod.yml"), "{mistake}: {output}");
        assert!(!output.trim_end().contains(char::is_control), "{mistake}: {output:?}");
        assert!(output.len() < 400, "{mistake}: {output}");
        for word in FOREIGN {
            assert!(!output.contains(word), "{mistake}: {word} in {output}");
        }
        report.extend([mistake, "\n    ", &output]);
    }
    insta::assert_snapshot!(report);
}

#[test]
fn a_file_that_is_not_utf8_is_reported() {
    let utf16: Vec<u8> = "accounts: []".encode_utf16().flat_map(u16::to_le_bytes).collect();
    for bytes in [&b"accounts: [\xff]"[..], &[&[0xff, 0xfe], &utf16[..]].concat(), b"name: caf\xe9\n"] {
        let (code, output) = check_bytes(bytes, &[]);
        let expected =
            "runpod-exporter: runpod.yml: cannot read the file: it is not a UTF-8 text; save it as UTF-8\n";
        assert_eq!((code, output.as_str()), (64, expected));
    }
}

/// What people and tools write, and what means the same.
#[test]
fn unusual_files_are_valid() {
    let fine = "the configuration is valid; accounts: a\n";
    let anchors = "\
x-defaults: &defaults
  api_key_file: key
  collectors: [endpoints, health]
x-anything: [1, {a: b}]
accounts:
  - <<: *defaults
    name: a
    collectors: [account]
";
    let json = r#"{"accounts": [{"name": "a", "api_key_file": "key"}]}"#.to_owned();
    for (kind, yaml) in [
        ("byte order mark", format!("\u{feff}{}", with(""))),
        ("CRLF", with("").replace('\n', "\r\n")),
        ("document start", format!("---\n{}", with("...\n"))),
        ("directive", format!("%YAML 1.2\n---\n{}", with(""))),
        ("comments", format!("# one\n\n{}# two", with("    # three\n"))),
        ("no line break at the end", with("").trim_end().to_owned()),
        ("sections without content", with("refresh:\nthresholds:\nwebhook:\n")),
        ("anchors and merge keys", anchors.to_owned()),
        ("JSON", json),
        ("trailing tabs", with("").replace('\n', "\t\n")),
        ("quoted", "\"accounts\":\n  - 'name': \"a\"\n    \"api_key_file\": 'key'\n".to_owned()),
    ] {
        let (code, output) = check(&yaml, &[]);
        assert_eq!((code, output.as_str()), (0, fine), "{kind}");
    }
}

#[test]
fn a_file_without_content_has_no_accounts() {
    for empty in ["", "\n\n", "# only a comment\n", "---\n", "\u{feff}", "null\n", "~", "{}", "---\n# x\n..."]
    {
        let (code, output) = check(empty, &[("RUNPOD_API_KEY", "rpa_x")]);
        assert_eq!(
            (code, output.as_str()),
            (0, "the configuration is valid; accounts: default\n"),
            "{empty:?}"
        );
        let (code, output) = check(empty, &[]);
        assert!(code == 64 && output.contains("no accounts configured"), "{empty:?}: {output}");
    }
}
