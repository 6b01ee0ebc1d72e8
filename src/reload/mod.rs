//! Reloads the configuration while the exporter runs. A configuration with an error is rejected, and the previous one
//! stays in effect.
//!
//! What a change means for running parts does not belong here: see [`App::apply`].

mod watch;

use std::fmt;
use std::sync::Arc;

use parking_lot::Mutex;
use program::task::{self, Task};
use tokio::sync::{Mutex as Turn, watch as channel};

pub(crate) use self::watch::{on_file_change, on_hangup};
use crate::app::{App, Applied, StartError};
use crate::config::{ConfigError, Fingerprints, Inputs, Settings, Webhook};
use crate::web::Security;

/// Reads the settings from their source.
pub(crate) type Load = Box<dyn Fn() -> Result<Settings, ConfigError> + Send + Sync>;

/// Keeps an app's settings up to date.
pub struct Reloader {
    load: Load,
    /// What `load` reads from.
    inputs: Inputs,
    app: Arc<App>,
    webhook: channel::Sender<Arc<Webhook>>,
    security: channel::Sender<Arc<Security>>,
    state: Mutex<State>,
    /// Loads do not overlap.
    turn: Arc<Turn<()>>,
}

/// The outcome of the last load.
#[derive(Debug, Default)]
struct State {
    /// The files that were read.
    read: Fingerprints,
    /// The logged error, if it failed.
    error: Option<String>,
}

/// Why a reload failed.
#[derive(Debug, thiserror::Error)]
pub enum ReloadError {
    /// The configuration is invalid.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// A part cannot be set up with it.
    #[error(transparent)]
    Start(#[from] StartError),
    /// The task that reads the configuration ended early.
    #[error("the configuration could not be read: the task was canceled or has panicked")]
    Task,
}

impl Reloader {
    /// Loads the configuration and applies it. `load` reads files and variables from `inputs`.
    pub fn start(load: Load, inputs: Inputs, app: Arc<App>) -> Result<Self, ReloadError> {
        let Settings { accounts, webhook, security } = load()?;
        app.apply(accounts)?;
        let (webhook, _) = channel::channel(Arc::new(webhook));
        let (security, _) = channel::channel(security);
        let state = Mutex::new(State { read: inputs.fingerprints(), error: None });
        Ok(Self { load, inputs, app, webhook, security, state, turn: Arc::default() })
    }

    /// The app that the settings are applied to.
    pub fn app(&self) -> &Arc<App> {
        &self.app
    }

    /// The webhook settings, now and after each reload.
    pub fn webhook(&self) -> channel::Receiver<Arc<Webhook>> {
        self.webhook.subscribe()
    }

    /// The web security, now and after each reload.
    pub fn security(&self) -> channel::Receiver<Arc<Security>> {
        self.security.subscribe()
    }

    /// Loads the configuration again and applies it. If it has an error, nothing changes. The files are read outside of the
    /// runtime's threads, because a file may be slow. A reload that has begun ends even if its caller does not wait for it.
    pub async fn reload(self: &Arc<Self>) -> Result<Applied, ReloadError> {
        let turn = Arc::clone(&self.turn).lock_owned().await;
        let this = Arc::clone(self);
        let task = task::blocking(Task::Reload, move || {
            let result = this.reload_now();
            drop(turn);
            result
        });
        task.await.unwrap_or(Err(ReloadError::Task))
    }

    fn reload_now(&self) -> Result<Applied, ReloadError> {
        let result = (self.load)().map_err(ReloadError::from).and_then(|settings| {
            let applied = self.app.apply(settings.accounts)?;
            // A changed token is not detected, because tokens cannot be compared with each other.
            self.webhook.send_replace(Arc::new(settings.webhook));
            self.security.send_replace(settings.security);
            Ok(applied)
        });
        let error = result.as_ref().err().map(ToString::to_string);
        if error.is_some() {
            self.app.instruments().reloaded(false, self.app.clock().now());
        }
        let read = self.inputs.fingerprints();
        let before = std::mem::replace(&mut *self.state.lock(), State { read, error: error.clone() }).error;
        match (&result, error) {
            // The same error is logged once: a broken file may be read again many times.
            (Err(_), Some(error)) if before.as_ref() == Some(&error) => {
                tracing::debug!("configuration read again; it still has the same error");
            }
            (Err(_), error) => {
                let error = error.unwrap_or_default();
                tracing::error!("configuration reload failed; keeping the previous one: {error}");
            }
            (Ok(Applied::Unchanged), _) if before.is_none() => {
                tracing::debug!("configuration read again; nothing changed");
            }
            (Ok(Applied::Unchanged), _) => {
                tracing::info!("the configuration has no error any more; nothing changed");
            }
            (Ok(Applied::Changed), _) => {
                let accounts = self.app.scraper().accounts().join(", ");
                tracing::info!(accounts, "configuration reloaded");
            }
        }
        result
    }

    /// The files of the last load, with what was read of them.
    fn read(&self) -> Fingerprints {
        self.state.lock().read.clone()
    }
}

impl fmt::Debug for Reloader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reloader").field("inputs", &self.inputs).finish_non_exhaustive()
    }
}
