//! Standard output, and the limit on open files.

use std::io::{self, IsTerminal as _, Write};

use terminal_size::{Width, terminal_size_of};

/// Raises the soft limit on open files to the hard one, as Go's runtime does, and returns it. Each connection needs one.
/// `None` on Windows, where sockets are not files.
#[cfg(unix)]
pub fn raise_open_files() -> Option<u64> {
    rlimit::increase_nofile_limit(u64::MAX).ok()
}

#[cfg(not(unix))]
pub const fn raise_open_files() -> Option<u64> {
    None
}

/// The width of the terminal that standard output is, in columns. `None` if it is none, for example a pipe: what reads it wraps
/// lines itself.
pub fn width() -> Option<usize> {
    let out = io::stdout();
    let (Width(width), _) = terminal_size_of(&out).filter(|_| out.is_terminal())?;
    Some(width.into())
}

/// Standard output does not take what is written, for example because the disk of its file is full.
#[derive(Debug, thiserror::Error)]
#[error("cannot write to standard output: {0}")]
pub struct OutputError(io::Error);

/// Writes to standard output.
pub fn print(bytes: &[u8]) -> Result<(), OutputError> {
    print_to(io::stdout(), bytes)
}

/// Writes everything to standard output, which may be wrapped. A reader that closed the pipe, as `head` does, is not a failure.
pub fn print_to(mut out: impl Write, bytes: &[u8]) -> Result<(), OutputError> {
    // Standard output keeps the last line without its end: only a flush says whether it was written.
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => result.map_err(OutputError),
    }
}
