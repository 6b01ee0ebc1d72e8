//! Reads a file on a thread of its own, with a time limit: opening a pipe without a writer blocks forever.

use std::collections::BTreeSet;
use std::fmt;
use std::fs::File;
use std::hash::{BuildHasher as _, RandomState};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::thread;
use std::time::Duration;

use parking_lot::Mutex;
use program::task::{self, Task};
use secrecy::zeroize::Zeroizing;

use super::Fingerprint;

/// Maximum size of a file. A configuration with a thousand accounts has 300 KB.
const MAX_SIZE: u64 = 4 * 1024 * 1024;

/// Why a file could not be read. The path is not part of the text.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The operating system reports an error.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// A folder.
    #[error("it is a folder; use the path of a file")]
    Folder,
    /// The time limit has passed.
    #[error("it could not be read within {} s; a pipe needs a writer", super::READ_TIMEOUT.as_secs())]
    TimedOut,
    /// More than the maximum.
    #[error("it is larger than {MAX_SIZE} bytes")]
    TooLarge,
    /// Not a text.
    #[error("it is not a UTF-8 text; save it as UTF-8")]
    NotText,
}

/// The content of a file.
pub(super) struct Content {
    /// May be a key: removed from memory when it is dropped.
    bytes: Zeroizing<Vec<u8>>,
    is_stream: bool,
    /// Whether every user of this machine may read it. Always `false` on Windows, where permissions are lists.
    pub(super) is_public: bool,
}

impl Content {
    pub(super) fn into_text(mut self) -> Result<Zeroizing<String>, ReadError> {
        let text = String::from_utf8(std::mem::take(&mut *self.bytes));
        text.map(Zeroizing::new).map_err(|binary| {
            drop(Zeroizing::new(binary.into_bytes()));
            ReadError::NotText
        })
    }
}

impl fmt::Debug for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Content").field("length", &self.bytes.len()).finish_non_exhaustive()
    }
}

/// Reads files, each by at most one thread at a time.
#[derive(Debug, Default)]
pub(super) struct Reader {
    /// The paths that a thread is reading; one that never ends is not joined by others.
    reading: Arc<Mutex<BTreeSet<PathBuf>>>,
    hasher: RandomState,
}

impl Reader {
    /// The content of a file.
    pub(super) fn read(&self, path: &Path, limit: Duration) -> Result<Content, ReadError> {
        self.within(path, limit, read)
    }

    /// The fingerprint of what was read.
    pub(super) fn fingerprint(&self, result: &Result<Content, ReadError>) -> Fingerprint {
        match result {
            Ok(Content { is_stream: true, .. }) => Fingerprint::Stream,
            Ok(Content { bytes, .. }) => Fingerprint::Content(self.hasher.hash_one(&**bytes)),
            Err(ReadError::Io(error)) => Fingerprint::Failed(error.kind()),
            Err(ReadError::Folder) => Fingerprint::Failed(io::ErrorKind::IsADirectory),
            Err(ReadError::TimedOut) => Fingerprint::Failed(io::ErrorKind::TimedOut),
            Err(ReadError::TooLarge) => Fingerprint::Failed(io::ErrorKind::FileTooLarge),
            Err(ReadError::NotText) => Fingerprint::Failed(io::ErrorKind::InvalidData),
        }
    }

    /// The fingerprint of a file as it is now. Pipes and devices are not opened.
    pub(super) fn current(&self, path: &Path, limit: Duration) -> Fingerprint {
        let result = self.within(path, limit, |path| {
            if is_stream(&std::fs::metadata(path)?) {
                return Ok(Content { bytes: Zeroizing::default(), is_stream: true, is_public: false });
            }
            read(path)
        });
        self.fingerprint(&result)
    }

    fn within(
        &self,
        path: &Path,
        limit: Duration,
        read: fn(&Path) -> Result<Content, ReadError>,
    ) -> Result<Content, ReadError> {
        let path = path.to_owned();
        if !self.reading.lock().insert(path.clone()) {
            return Err(ReadError::TimedOut);
        }
        let (sender, receiver) = sync_channel(1);
        let (reading, taken) = (Arc::clone(&self.reading), path.clone());
        let thread = thread::Builder::new().name("config-read".to_owned()).spawn(move || {
            let result = task::run(Task::Reload, || read(&taken));
            reading.lock().remove(&taken);
            // The receiver is gone if the time limit has passed.
            sender.send(result).unwrap_or_default();
        });
        if let Err(error) = thread {
            self.reading.lock().remove(&path);
            return Err(error.into());
        }
        match receiver.recv_timeout(limit) {
            Ok(result) => result,
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => Err(ReadError::TimedOut),
        }
    }
}

fn is_stream(metadata: &std::fs::Metadata) -> bool {
    !metadata.is_file() && !metadata.is_dir()
}

#[cfg(unix)]
fn is_public(metadata: &std::fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt as _;

    /// The bit that lets users read who are neither the owner nor in the group.
    const OTHERS_READ: u32 = 0o004;

    metadata.is_file() && metadata.permissions().mode() & OTHERS_READ != 0
}

#[cfg(not(unix))]
const fn is_public(_metadata: &std::fs::Metadata) -> bool {
    false
}

fn read(path: &Path) -> Result<Content, ReadError> {
    let file = File::open(path)?;
    let metadata = file.metadata()?;
    if metadata.is_dir() {
        return Err(ReadError::Folder);
    }
    // A buffer that grows leaves copies in memory.
    let length = usize::try_from(metadata.len().min(MAX_SIZE)).unwrap_or_default();
    let mut bytes = Zeroizing::new(Vec::with_capacity(length.saturating_add(1)));
    let size = file.take(MAX_SIZE + 1).read_to_end(&mut bytes)?;
    if u64::try_from(size).is_ok_and(|size| size > MAX_SIZE) {
        return Err(ReadError::TooLarge);
    }
    Ok(Content { bytes, is_stream: is_stream(&metadata), is_public: is_public(&metadata) })
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: Duration = Duration::from_secs(30);

    #[test]
    fn only_a_text_of_limited_size_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let (reader, file) = (Reader::default(), folder.path().join("file"));
        let error = |content: Option<&[u8]>| {
            if let Some(content) = content {
                std::fs::write(&file, content).unwrap();
            }
            reader.read(&file, LONG).and_then(Content::into_text).unwrap_err()
        };
        assert!(matches!(error(None), ReadError::Io(_)));
        assert!(matches!(error(Some(b"\xff\xfer\0p\0a\0")), ReadError::NotText));
        File::create(&file).unwrap().set_len(MAX_SIZE + 1).unwrap();
        assert!(matches!(error(None), ReadError::TooLarge));
        assert!(matches!(reader.read(folder.path(), LONG), Err(ReadError::Folder)));
    }

    #[cfg(unix)]
    #[test]
    fn a_pipe_without_a_writer_blocks_one_thread_and_only_for_the_time_limit() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe");
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        let reader = Reader::default();
        assert_eq!(reader.current(&pipe, LONG), Fingerprint::Stream, "a pipe is not opened to compare it");
        for _ in 0..3 {
            assert!(matches!(reader.read(&pipe, Duration::from_millis(50)), Err(ReadError::TimedOut)));
        }
        assert_eq!(reader.reading.lock().len(), 1);
        // A writer releases the thread, which no longer has a receiver.
        std::fs::write(&pipe, "rpa_late").unwrap();
        while !reader.reading.lock().is_empty() {
            thread::yield_now();
        }
        let writer = thread::spawn(move || std::fs::write(pipe, "rpa_x").unwrap());
        let pipe = folder.path().join("pipe");
        assert_eq!(*reader.read(&pipe, LONG).and_then(Content::into_text).unwrap(), "rpa_x");
        writer.join().unwrap();
    }
}
