//! Configuration files.

use std::path::Path;
use std::sync::LazyLock;

use runpod_exporter::testing::config::{Inputs, security};
use runpod_exporter::testing::fuzz::accounts as read_accounts;
use tempfile::TempDir;
use url::Url;

/// What a file with a key or a token says, and no error may.
const SECRET: &str = "rpa_FUZZ0KEY0THAT0NOBODY0MAY0SEE";

static URL: LazyLock<Url> = LazyLock::new(|| Url::parse("https://runpod.example").unwrap());

/// A folder with what a configuration refers to.
static FOLDER: LazyLock<TempDir> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("key"), SECRET).unwrap();
    folder
});

/// Writes a file of this thread, and returns the error of reading it.
fn error_of(data: &[u8], read: impl FnOnce(&Path) -> Option<String>) {
    let file = FOLDER.path().join(format!("{:?}.yml", std::thread::current().id()));
    std::fs::write(&file, data).unwrap();
    if let Some(error) = read(&file) {
        assert!(!error.contains(&SECRET[4..]), "{error}");
        assert!(error.len() < 4_000, "{error}");
    }
}

/// Accounts: either valid, or an error that repeats no secret.
pub(super) fn accounts(data: &[u8]) {
    error_of(data, |file| read_accounts(file, &URL).err());
}

/// TLS, logins and headers.
pub(super) fn web(data: &[u8]) {
    error_of(data, |file| security(file, &Inputs::default()).err().map(|error| error.to_string()));
}
