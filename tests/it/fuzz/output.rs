//! Everything that the exporter writes while it is fuzzed: events of every level, and panics.

use std::fmt::{Debug, Write as _};
use std::panic;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use parking_lot::Mutex;
use tokio::runtime::{Builder, Runtime};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

/// The name of the threads whose output is kept.
const THREAD: &str = "fuzz";

/// What was written.
#[derive(Debug, Clone, Default)]
pub(super) struct Output {
    text: Arc<Mutex<String>>,
    panics: Arc<AtomicU64>,
}

impl Output {
    /// A runtime whose threads write here.
    pub(super) fn runtime(&self) -> Runtime {
        let before = panic::take_hook();
        let panics = Arc::clone(&self.panics);
        panic::set_hook(Box::new(move |info| {
            if thread::current().name() == Some(THREAD) {
                panics.fetch_add(1, Ordering::Relaxed);
            }
            before(info);
        }));
        let output = self.clone();
        let start = move || std::mem::forget(tracing::subscriber::set_default(output.clone()));
        Builder::new_multi_thread()
            .worker_threads(2)
            .thread_name(THREAD)
            .on_thread_start(start)
            .enable_all()
            .build()
            .unwrap()
    }

    /// Takes what was written since the last call.
    pub(super) fn take(&self) -> String {
        std::mem::take(&mut self.text.lock())
    }

    /// The number of panics.
    pub(super) fn panics(&self) -> u64 {
        self.panics.load(Ordering::Relaxed)
    }
}

struct Line<'a>(&'a mut String);

impl Visit for Line<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        write!(self.0, " {field}={value:?}").unwrap();
    }
}

impl Subscriber for Output {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target().starts_with("runpod")
    }

    fn new_span(&self, _span: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _span: &Id, _values: &Record<'_>) {}

    fn record_follows_from(&self, _span: &Id, _follows: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut text = self.text.lock();
        event.record(&mut Line(&mut text));
        text.push('\n');
    }

    fn enter(&self, _span: &Id) {}

    fn exit(&self, _span: &Id) {}
}
