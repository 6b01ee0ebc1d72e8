//! Where the configuration comes from: files and environment variables. They are read within limits, and what was read is
//! remembered, so that a change can be detected and a key can be removed from error messages.

mod fingerprint;
mod read;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use clock::after;
use parking_lot::Mutex;
use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret as _, SecretString};
use tokio::time::Instant;

pub(crate) use self::fingerprint::{Fingerprint, Fingerprints};
pub(crate) use self::read::ReadError;
use self::read::{Content, Reader};

/// Maximum time to read all files of a configuration. A pipe without a writer or a network file system may never answer.
pub(crate) const READ_TIMEOUT: Duration = Duration::from_secs(5);

/// Minimum length of a key that is removed from error messages: shorter ones are parts of ordinary words.
const MIN_SECRET: usize = 4;

/// Where containers have their secrets. Docker makes them readable for every user of the container, which has only one.
const CONTAINER_SECRETS: &str = "/run/secrets";

/// Replaces a key in an error message.
const REDACTED: &str = "[redacted]";

/// Reads files and variables.
#[derive(Clone, Default)]
pub struct Inputs(Arc<Inner>);

struct Inner {
    /// Relative paths are relative to this folder.
    folder: PathBuf,
    environment: fn(&str) -> Option<String>,
    reader: Reader,
    timeout: Duration,
    load: Mutex<Load>,
}

/// What one load of the configuration has read.
#[derive(Default)]
struct Load {
    deadline: Option<Instant>,
    read: BTreeMap<PathBuf, Fingerprint>,
    secrets: Vec<SecretString>,
}

impl Default for Inner {
    /// Without variables, relative to the working directory.
    fn default() -> Self {
        let (folder, environment) = (PathBuf::new(), |_: &str| None);
        Self { folder, environment, reader: Reader::default(), timeout: READ_TIMEOUT, load: Mutex::default() }
    }
}

impl Inputs {
    /// Reads files relative to a folder, and variables with a function.
    pub(crate) fn new(folder: PathBuf, environment: fn(&str) -> Option<String>) -> Self {
        Self(Arc::new(Inner { folder, environment, ..Inner::default() }))
    }

    /// Begins a load: what the previous one has read is forgotten.
    pub(crate) fn begin(&self) {
        let deadline = Some(after(Instant::now(), self.0.timeout));
        *self.0.load.lock() = Load { deadline, ..Load::default() };
    }

    /// The text of a file.
    pub(crate) fn file(&self, path: &Path) -> Result<Zeroizing<String>, ReadError> {
        self.content(path)?.into_text()
    }

    fn content(&self, path: &Path) -> Result<Content, ReadError> {
        let full = self.0.folder.join(path);
        let deadline = self.0.load.lock().deadline;
        let left =
            deadline.map_or(self.0.timeout, |deadline| deadline.saturating_duration_since(Instant::now()));
        let result = self.0.reader.read(&full, left);
        let fingerprint = self.0.reader.fingerprint(&result);
        self.0.load.lock().read.insert(full, fingerprint);
        result
    }

    /// The text of a file with a key, token or password. Warns if every user of this machine may read it.
    pub(crate) fn secret_file(&self, path: &Path) -> Result<Zeroizing<String>, ReadError> {
        let content = self.content(path)?;
        if content.is_public && !self.0.folder.join(path).starts_with(CONTAINER_SECRETS) {
            let path = path.display();
            tracing::warn!("every user of this machine may read the key in {path}; run: chmod o-r {path}");
        }
        let text = content.into_text()?;
        self.remember(&text);
        Ok(text)
    }

    /// The value of a variable with a key or token. A variable that is set but blank is not set.
    pub(crate) fn secret_variable(&self, name: &str) -> Option<Zeroizing<String>> {
        let value =
            (self.0.environment)(name).map(Zeroizing::new).filter(|value| !value.trim().is_empty())?;
        self.remember(&value);
        Some(value)
    }

    fn remember(&self, secret: &str) {
        let secret = secret.trim();
        if secret.len() >= MIN_SECRET {
            self.0.load.lock().secrets.push(SecretString::from(secret));
        }
    }

    /// The text without the keys that were read, and without words that look like one.
    pub(crate) fn redact(&self, text: String) -> String {
        let load = self.0.load.lock();
        let text = load.secrets.iter().fold(text, |text, secret| {
            let secret = secret.expose_secret();
            if text.contains(secret) { text.replace(secret, REDACTED) } else { text }
        });
        match runpod::mask(&text) {
            Cow::Owned(masked) => masked,
            Cow::Borrowed(_) => text,
        }
    }

    /// The files of the load, with what was read of them.
    pub(crate) fn fingerprints(&self) -> Fingerprints {
        Fingerprints(self.0.load.lock().read.clone())
    }

    /// The same files as they are now. Blocks for as long as reading takes, which is limited.
    pub(crate) fn compare(&self, files: &Fingerprints) -> Fingerprints {
        let deadline = after(Instant::now(), self.0.timeout);
        let now = |path: &PathBuf| {
            let left = deadline.saturating_duration_since(Instant::now());
            (path.clone(), self.0.reader.current(path, left))
        };
        Fingerprints(files.0.keys().map(now).collect())
    }
}

impl fmt::Debug for Inputs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inputs").field("folder", &self.0.folder).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variable(name: &str) -> Option<String> {
        (name == "KEY").then(|| "s3cret-value\n".to_owned())
    }

    #[test]
    fn keys_that_were_read_are_removed_from_messages() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("key"), "another secret\n").unwrap();
        let inputs = Inputs::new(folder.path().to_owned(), variable);
        assert_eq!(*inputs.secret_variable("KEY").unwrap(), "s3cret-value\n");
        assert!(inputs.secret_variable("NONE").is_none());
        inputs.secret_file(Path::new("key")).unwrap();
        let message = "account s3cret-value: no file another secret, rpa_X".to_owned();
        assert_eq!(inputs.redact(message), "account [redacted]: no file [redacted], [redacted]");
    }

    #[test]
    fn what_was_read_is_compared_with_what_is_there() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        std::fs::write(&file, "one").unwrap();
        let inputs = Inputs::new(folder.path().to_owned(), variable);
        inputs.begin();
        inputs.file(Path::new("file")).unwrap();
        inputs.file(Path::new("later")).unwrap_err();
        let read = inputs.fingerprints();
        assert_eq!(read.paths().count(), 2, "a missing file is watched too");
        std::fs::write(&file, "one").unwrap();
        assert_eq!(inputs.compare(&read), read, "written again with the same content");
        std::fs::write(&file, "two").unwrap();
        let changed = inputs.compare(&read);
        assert_ne!(changed, read);
        std::fs::write(folder.path().join("later"), "").unwrap();
        assert_ne!(inputs.compare(&read), changed);
        inputs.begin();
        assert_eq!(inputs.fingerprints().paths().count(), 0);
    }
}
