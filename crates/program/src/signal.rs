//! The signals that stop a command.
//!
//! They are handled on a thread of their own: a program whose tasks are all blocked, for example by a terminal that takes no
//! output, still ends.

use std::io;
use std::process::exit;
use std::time::Duration;

use tokio::runtime::Builder;
use tokio::sync::oneshot;
use tokio::time::timeout;

/// Time from the first signal to the forced end of the process, which takes less than a quarter of a second. Docker kills after
/// ten seconds.
const LONGEST_END: Duration = Duration::from_millis(7_750);

/// Signals this soon after the first one are about the same request to end: `timeout`, and programs that forward a signal, send it
/// to the process and to its group.
const SAME_REQUEST: Duration = Duration::from_millis(200);

/// Exit code of a program that a second signal ended, or that did not end in time.
const CUT_SHORT: i32 = 1;

/// Registers handlers of SIGTERM and SIGINT. The future completes at the first of them. At a later one, or less than
/// eight seconds after the first, the process ends with exit code 1 whatever it is doing.
pub fn shutdown() -> io::Result<impl Future<Output = ()> + Send + 'static> {
    let (first, received) = oneshot::channel();
    let (registered, registration) = std::sync::mpsc::channel();
    let thread = std::thread::Builder::new().name("signals".to_owned());
    thread.spawn(move || {
        // Here, because a thread that cannot be started would drop it in the runtime of the caller, which is a panic.
        let runtime = match Builder::new_current_thread().enable_all().build() {
            Ok(runtime) => runtime,
            Err(error) => return registered.send(Err(error)).unwrap_or_default(),
        };
        runtime.block_on(async {
            let mut signals = match Signals::register() {
                Ok(signals) => signals,
                Err(error) => return registered.send(Err(error)).unwrap_or_default(),
            };
            registered.send(Ok(())).unwrap_or_default();
            signals.next().await;
            first.send(()).unwrap_or_default();
            timeout(SAME_REQUEST, signals.each()).await.unwrap_or_default();
            let reason = match timeout(LONGEST_END.saturating_sub(SAME_REQUEST), signals.next()).await {
                Ok(()) => "second signal",
                Err(_elapsed) => "did not end in time",
            };
            tracing::warn!("{reason}; ending at once");
            end();
        });
    })?;
    registration.recv().map_err(io::Error::other)??;
    Ok(async {
        received.await.unwrap_or_default();
    })
}

#[expect(clippy::exit, reason = "whatever the main thread is doing, it cannot return an exit code in time")]
fn end() -> ! {
    exit(CUT_SHORT)
}

#[cfg(unix)]
struct Signals {
    terminate: tokio::signal::unix::Signal,
    interrupt: tokio::signal::unix::Signal,
}

impl Signals {
    /// Receives signals forever.
    async fn each(&mut self) {
        loop {
            self.next().await;
        }
    }
}

#[cfg(unix)]
impl Signals {
    fn register() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

/// Windows has no SIGTERM.
#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    #[expect(clippy::unnecessary_wraps, reason = "the same signature as on Unix")]
    fn register() -> io::Result<Self> {
        Ok(Self)
    }

    async fn next(&mut self) {
        tokio::signal::ctrl_c().await.unwrap_or_default();
    }
}
