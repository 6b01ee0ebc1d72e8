//! Reloads the configuration while the exporter runs. A configuration with an error is rejected, and the previous one
//! stays in effect.
//!
//! What a change means for running parts does not belong here: see [`App::apply`].

mod watch;

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use tokio::sync::watch as channel;

pub(crate) use self::watch::{on_file_change, on_hangup};
use crate::app::{App, Applied, StartError};
use crate::config::{ConfigError, Settings, Webhook};

/// Reads the settings from their source.
pub(crate) type Load = Box<dyn Fn() -> Result<Settings, ConfigError> + Send + Sync>;

/// Keeps an app's settings up to date.
pub struct Reloader {
    load: Load,
    /// The configuration file, if there is one.
    file: Option<PathBuf>,
    app: Arc<App>,
    webhook: channel::Sender<Arc<Webhook>>,
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
}

impl Reloader {
    /// Loads the configuration and applies it.
    pub fn start(load: Load, file: Option<PathBuf>, app: Arc<App>) -> Result<Self, ReloadError> {
        let Settings { accounts, webhook } = load()?;
        app.apply(accounts)?;
        let (webhook, _) = channel::channel(Arc::new(webhook));
        Ok(Self { load, file, app, webhook })
    }

    /// The app that the settings are applied to.
    pub fn app(&self) -> &Arc<App> {
        &self.app
    }

    /// The webhook settings, now and after each reload.
    pub fn webhook(&self) -> channel::Receiver<Arc<Webhook>> {
        self.webhook.subscribe()
    }

    /// Loads the configuration again and applies it. If it has an error, nothing changes.
    pub fn reload(&self) -> Result<Applied, ReloadError> {
        let result = (self.load)().map_err(ReloadError::from).and_then(|settings| {
            let applied = self.app.apply(settings.accounts)?;
            // A changed token is not detected, because tokens cannot be compared with each other.
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

    /// The files that cause a reload when they change: the configuration, and every file with a key or token.
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
