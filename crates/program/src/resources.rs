//! What a program needs of the system before it can start, and what to do about a limit that is too low.

use std::fmt::{self, Display};
use std::io;
use std::sync::mpsc::channel;
use std::thread::{self, Builder};

/// Threads beside those of runtimes: for signals, blocking work, and changes of files.
const OTHERS: usize = 3;

/// Fails if the system does not allow the threads of this number of runtimes: each needs one for each processor.
/// A runtime would panic without the reason, or wait forever for a thread that was never started.
pub fn check_threads(runtimes: usize) -> io::Result<()> {
    let processors = thread::available_parallelism().map_or(1, usize::from);
    start(processors.saturating_mul(runtimes).saturating_add(OTHERS))
}

/// Starts threads that all wait until the last one is started.
fn start(count: usize) -> io::Result<()> {
    let mut waiting = Vec::new();
    for _ in 0..count {
        let (done, wait) = channel::<()>();
        let thread =
            Builder::new().name("check".to_owned()).spawn(move || wait.recv().unwrap_or_default())?;
        waiting.push((done, thread));
    }
    for (done, thread) in waiting {
        drop(done);
        thread.join().unwrap_or_default();
    }
    Ok(())
}

/// An error of the system, with the limit that causes it if it is one.
#[derive(Debug, Clone, Copy)]
pub struct Scarce<'a>(pub &'a io::Error);

impl Display for Scarce<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)?;
        f.write_str(match limit(self.0) {
            Some(Limit::Files) => "; raise the limit on open files (ulimit -n, LimitNOFILE)",
            Some(Limit::Threads) => {
                "; raise the limit on processes and threads (ulimit -u, TasksMax, --pids-limit), or on memory"
            }
            None => "",
        })
    }
}

enum Limit {
    Files,
    Threads,
}

/// The limit behind an error.
fn limit(error: &io::Error) -> Option<Limit> {
    match error.raw_os_error() {
        Some(ENFILE | EMFILE) if cfg!(unix) => Some(Limit::Files),
        // Of what a program does at its start, only a thread that cannot be created is an attempt that may succeed later.
        Some(_) if error.kind() == io::ErrorKind::WouldBlock => Some(Limit::Threads),
        _ => None,
    }
}

/// Too many open files, in the system and in the process: the same numbers in every Unix.
const ENFILE: i32 = 23;
const EMFILE: i32 = 24;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn threads_that_wait_end_again() {
        check_threads(2).unwrap();
        start(0).unwrap();
    }

    #[cfg(unix)]
    #[test]
    fn an_error_of_a_limit_names_it() {
        let text = |number| Scarce(&io::Error::from_raw_os_error(number)).to_string();
        for number in [ENFILE, EMFILE] {
            assert!(
                text(number).ends_with("; raise the limit on open files (ulimit -n, LimitNOFILE)"),
                "{}",
                text(number)
            );
        }
        let would_block = io::Error::from(io::ErrorKind::WouldBlock);
        assert_eq!(Scarce(&would_block).to_string(), would_block.to_string(), "not an error of the system");
        let denied = io::Error::from_raw_os_error(13);
        assert_eq!(Scarce(&denied).to_string(), denied.to_string());
    }
}
