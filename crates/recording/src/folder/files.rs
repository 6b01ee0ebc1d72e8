//! Writing files below a folder that was absent or empty.

use std::fs::{self, DirBuilder};
use std::io;
#[cfg(unix)]
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

/// The files of a folder.
#[derive(Debug)]
pub struct Files {
    root: PathBuf,
}

/// Why a recording cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The folder has files.
    #[error("{} is not empty; give a folder that is empty or does not exist", .0.display())]
    NotEmpty(PathBuf),
    /// It is a file.
    #[error("{} is not a folder; give a folder that is empty or does not exist", .0.display())]
    NotFolder(PathBuf),
    /// A file or folder cannot be written.
    #[error("cannot write {}: {cause}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        cause: io::Error,
    },
}

/// Creates the folder, unless it exists and is empty. It is only for its owner: a recording has amounts of money, and is to be looked
/// at before it is shared.
///
/// # Errors
/// Fails if the folder has files, is a file, or cannot be created.
pub fn prepare(root: &Path) -> Result<Files, WriteError> {
    let failed = |cause| WriteError::Io { path: root.to_owned(), cause };
    if fs::metadata(root).is_ok_and(|found| !found.is_dir()) {
        return Err(WriteError::NotFolder(root.to_owned()));
    }
    create_private(root).map_err(failed)?;
    if fs::read_dir(root).map_err(failed)?.next().is_some() {
        return Err(WriteError::NotEmpty(root.to_owned()));
    }
    Ok(Files { root: root.to_owned() })
}

fn create_private(folder: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    builder.mode(0o700);
    builder.create(folder)
}

impl Files {
    /// Writes a file, and the folders above it.
    pub(super) fn write(&self, name: &str, content: &[u8]) -> Result<(), WriteError> {
        let path = self.root.join(name);
        let written = || {
            fs::create_dir_all(path.parent().unwrap_or(&self.root))?;
            fs::write(&path, content)
        };
        written().map_err(|cause| WriteError::Io { path: path.clone(), cause })
    }
}
