//! Folders from another machine: anything else is rejected with one line, without blocking.

#![expect(clippy::unwrap_used, reason = "a test that panics has failed")]

use std::fs::{self, File};
use std::path::Path;

use recording::{OpenError, Recording, prepare};
use serde_json::{Value, json};
use tempfile::tempdir;

/// A recording with one exchange, changed by these members.
fn index(root: &Path, members: &Value) {
    let mut exchange = json!({"time": "2026-11-22T12:00:00Z", "api": "rest", "operation": "pods", "method": "GET",
        "path": "pods", "status": 200, "body": "body.json"});
    exchange.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
    let summary = json!({"time": "2026-11-22T12:00:00Z", "program": "test"});
    let index = json!({"format": 1, "summary": summary, "exchanges": [exchange]});
    fs::write(root.join("recording.json"), index.to_string()).unwrap();
}

/// Why it cannot be opened.
fn error(root: &Path) -> String {
    let error = Recording::open(root).unwrap_err().to_string();
    assert!(!error.contains(['\n', '\u{1b}']), "{error}");
    error
}

#[test]
fn answers_that_http_does_not_have_are_an_error() {
    let folder = tempdir().unwrap();
    fs::write(folder.path().join("body.json"), "{}").unwrap();
    index(folder.path(), &json!({"headers": {"content-type": "text/plain; name=\"é\"", "X-Other": "a\tb"}}));
    Recording::open(folder.path()).unwrap();
    for status in [0, 99, 600, 1000, 65_535] {
        index(folder.path(), &json!({"status": status}));
        assert!(error(folder.path()).contains(&format!("exchange 1 has the status {status}")));
    }
    for headers in [
        json!({"": "x"}),
        json!({"a b": "x"}),
        json!({"x\u{1b}": "x"}),
        json!({"date": "a\r\nb: c"}),
        json!({"date": "\u{0}"}),
    ] {
        index(folder.path(), &json!({"headers": headers}));
        assert!(error(folder.path()).contains("which HTTP does not allow"), "{headers}");
    }
}

#[test]
fn a_format_of_another_version_is_named_whatever_else_it_has() {
    let folder = tempdir().unwrap();
    let of = |index: &Value| {
        fs::write(folder.path().join("recording.json"), index.to_string()).unwrap();
        error(folder.path())
    };
    let text = of(&json!({"format": 2, "summary": "none", "requests": {}}));
    assert!(text.ends_with("its format is 2, and this version reads format 1"), "{text}");
    assert!(of(&json!({"summary": {}})).contains("missing field `format`"));
}

#[cfg(unix)]
#[test]
fn a_new_folder_is_only_for_its_owner() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempdir().unwrap();
    let root = folder.path().join("new");
    prepare(&root).unwrap();
    assert_eq!(fs::metadata(root).unwrap().permissions().mode() & 0o777, 0o700);
}

#[test]
fn only_regular_files_of_limited_size_are_read() {
    let folder = tempdir().unwrap();
    let body = folder.path().join("body.json");
    index(folder.path(), &json!({}));
    assert!(error(folder.path()).contains("cannot read"));
    fs::create_dir(&body).unwrap();
    assert!(error(folder.path()).contains("not a regular file"));
    fs::remove_dir(&body).unwrap();
    File::create(&body).unwrap().set_len(64 * 1024 * 1024 + 1).unwrap(); // a file of holes
    assert!(error(folder.path()).contains("larger than 64 MiB"));
    for name in ["/dev/zero", "../body.json", "a/../body.json", ""] {
        index(folder.path(), &json!({"body": name}));
        assert!(matches!(Recording::open(folder.path()), Err(OpenError::Io { .. })), "{name}");
    }
}

#[cfg(unix)]
#[test]
fn links_out_of_the_folder_and_pipes_are_not_followed() {
    let (folder, outside) = (tempdir().unwrap(), tempdir().unwrap());
    let body = folder.path().join("body.json");
    let secret = outside.path().join("secret");
    fs::write(&secret, "secret").unwrap();
    index(folder.path(), &json!({}));
    for target in [secret.as_path(), Path::new("/dev/zero")] {
        std::os::unix::fs::symlink(target, &body).unwrap();
        assert!(error(folder.path()).contains("outside of the recording"), "{}", target.display());
        fs::remove_file(&body).unwrap();
    }
    fs::write(folder.path().join("other.json"), "{}").unwrap();
    std::os::unix::fs::symlink("other.json", &body).unwrap();
    Recording::open(folder.path()).unwrap();
    fs::remove_file(&body).unwrap();
    assert!(std::process::Command::new("mkfifo").arg(&body).status().unwrap().success());
    assert!(error(folder.path()).contains("not a regular file"));
    fs::remove_file(folder.path().join("recording.json")).unwrap();
    std::os::unix::fs::symlink("/dev/zero", folder.path().join("recording.json")).unwrap();
    assert!(error(folder.path()).contains("outside of the recording"));
}
