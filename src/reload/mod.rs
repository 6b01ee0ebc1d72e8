//! Reading the configuration again while the exporter runs. A configuration with an error is refused, and the previous
//! one stays in force.
//!
//! What a change means for running parts does not belong here: see [`App::apply`].

mod watch;

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use tokio::sync::watch as channel;

pub use self::watch::{on_file_change, on_hangup};
use crate::app::{App, Applied, StartError};
use crate::config::{ConfigError, Settings, Webhook};

/// Reads the settings from their source.
pub type Load = Box<dyn Fn() -> Result<Settings, ConfigError> + Send + Sync>;

/// Keeps an app's settings up to date.
pub struct Reloader {
    load: Load,
    /// The file that names the accounts, if they are in one.
    file: Option<PathBuf>,
    app: Arc<App>,
    webhook: channel::Sender<Arc<Webhook>>,
}

/// Why a reload was refused.
#[derive(Debug, thiserror::Error)]
pub enum ReloadError {
    /// The configuration.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// A part that cannot be put together with it.
    #[error(transparent)]
    Start(#[from] StartError),
}

impl Reloader {
    /// Loads for the first time.
    pub fn start(load: Load, file: Option<PathBuf>, app: Arc<App>) -> Result<Self, ReloadError> {
        let Settings { accounts, webhook } = load()?;
        app.apply(accounts)?;
        let (webhook, _) = channel::channel(Arc::new(webhook));
        Ok(Self { load, file, app, webhook })
    }

    /// The app whose settings are kept.
    pub fn app(&self) -> &Arc<App> {
        &self.app
    }

    /// The webhook settings, now and after each reload.
    pub fn webhook(&self) -> channel::Receiver<Arc<Webhook>> {
        self.webhook.subscribe()
    }

    /// Reads the configuration again. If it has an error, everything stays as it is.
    pub fn reload(&self) -> Result<Applied, ReloadError> {
        let result = (self.load)().map_err(ReloadError::from).and_then(|settings| {
            let applied = self.app.apply(settings.accounts)?;
            // Tokens cannot be compared with each other, so a changed one is not noticed here.
            self.webhook.send_replace(Arc::new(settings.webhook));
            Ok(applied)
        });
        match &result {
            Ok(Applied::Changed) => {
                let accounts = self.app.scraper().accounts().join(", ");
                tracing::info!(accounts, "configuration reloaded");
            }
            Ok(Applied::Unchanged) => tracing::debug!("configuration read again; nothing changed"),
            Err(error) => {
                self.app.instruments().reloaded(false, self.app.clock().now());
                tracing::error!("configuration reload failed; keeping the previous one: {error}");
            }
        }
        result
    }

    /// The files whose change causes a reload: the configuration, and every file with a key or token.
    pub fn files(&self) -> Vec<PathBuf> {
        let accounts = self.app.accounts();
        let keys = accounts.into_iter().flat_map(|account| {
            let metrics = account.metrics_key.map(|(file, _)| file);
            account.key_file.into_iter().chain(metrics)
        });
        let token = self.webhook.borrow().token_file.clone();
        self.file.iter().cloned().chain(keys).chain(token).collect()
    }
}

impl fmt::Debug for Reloader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reloader").field("file", &self.file).finish_non_exhaustive()
    }
}
