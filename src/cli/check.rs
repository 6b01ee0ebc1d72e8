//! The flags of `check`.

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use program::listen::own_address;
use url::Url;

use super::collectors::CollectorFlags;
use super::config_file::ConfigFlags;
use super::log::QuietLog;
use super::replay::ReplayFlag;
use super::upstream::Upstream;
use super::{LISTEN, heading, inputs, value};
use crate::config::{ConfigError, HttpClient, Settings, UrlError, Webhook, base_url, http_client};

/// The description in `--help`.
pub(super) const ABOUT: &str = "\
Diagnose endpoints, pods, clusters and the account: what is wrong, since when, and what to do.

It reads the status of a running exporter: with --from the one at that URL, otherwise one that listens on this machine \
and has watched the same account for ten minutes. Without one, it watches the account itself for some seconds, and says what it cannot see \
in that time.";

/// The last line of `-h`.
pub(super) const CODES: &str = "Exit codes: 0 healthy, 1 degraded, 2 unhealthy, 3 unknown, 64 usage error";

/// What follows the flags in `--help`.
pub(super) const DETAILS: &str = "\
Environment:
  RUNPOD_API_KEY  API key; a flag would show it in ps
  NO_COLOR        Any value: no colors
  The other variables are listed with their flags; a flag takes precedence.

Exit codes:
  0   Healthy
  1   Degraded: there is a problem, but every endpoint can serve
  2   Unhealthy: an endpoint cannot serve or cannot be read
  3   Unknown: no answer, or no endpoint reports its queue and workers
  64  Invalid flag or configuration, no API key, or an unknown name

Examples:
  # Diagnose everything
  runpod-exporter check --runpod.api-key-file=runpod.key

  # What a running exporter has seen; no API key is needed
  runpod-exporter check --from=http://exporter.internal:10736

  # The same from an exporter with TLS and logins
  runpod-exporter check --from=https://exporter.internal:10736 \\
    --http.config.file=client.yml

  # Two endpoints and a pod, by name or id
  runpod-exporter check llama-3-70b 6rhn4z1gl8o52p train-llm

  # Print the verdict as JSON
  runpod-exporter check --json | jq -r .verdict";

/// Flags of `check`.
#[derive(Debug, Args)]
pub struct Check {
    /// Names or ids of endpoints, pods and clusters; all by default
    #[arg(value_name = "NAME")]
    pub names: Vec<String>,
    /// Diagnose only the account with this name
    #[arg(long, value_name = "NAME")]
    pub account: Option<String>,
    /// Read the running exporter at this URL; - reads standard input
    ///
    /// For example `http://localhost:10736`. Standard input has the document of /api/v1/status.
    #[arg(long, value_name = "URL", value_parser = value::text, conflicts_with_all = ["fresh", "duration", "folder"])]
    from: Option<String>,
    /// YAML file with the login and the certificates for a protected exporter
    ///
    /// The format is that of promtool and amtool.
    #[arg(long = "http.config.file", env = "RUNPOD_EXPORTER_HTTP_CONFIG", value_name = "FILE", value_parser = value::path(), help_heading = heading::WEB)]
    http_config: Option<PathBuf>,
    /// Read Runpod even if an exporter on this machine could be read
    #[arg(long)]
    pub fresh: bool,
    /// How long to watch if no exporter is read; up to 4 times if undecided
    ///
    /// A longer watch shows more: a failure counts only if it happens meanwhile. The watch is extended, up to four times as long,
    /// while too few jobs have ended to judge failures, while workers start, and while ready workers take no jobs: 60 s with the
    /// default, plus the time that Runpod takes to answer.
    #[arg(long, alias = "interval", value_name = "DURATION", default_value = "15s", value_parser = value::duration)]
    pub duration: Duration,
    /// Print JSON
    ///
    /// The document is that of /api/v1/status.
    #[arg(long)]
    pub json: bool,
    /// Address on which an exporter on this machine listens, host:port
    ///
    /// Of several, the first is read.
    #[arg(
        long = "web.listen-address",
        env = "RUNPOD_EXPORTER_LISTEN",
        value_name = "ADDRESS",
        default_value = LISTEN,
        value_delimiter = ',',
        help_heading = heading::WEB
    )]
    listen: Vec<String>,
    #[command(flatten)]
    upstream: Upstream,
    #[command(flatten)]
    replay: ReplayFlag,
    #[command(flatten)]
    collectors: CollectorFlags,
    #[command(flatten)]
    config: ConfigFlags,
    /// How to log.
    #[command(flatten)]
    pub log: QuietLog,
}

/// The exporter to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReadFrom {
    /// The one at this URL.
    Exporter(Url),
    /// Its document is on standard input.
    Input,
}

impl Check {
    /// The recording to read instead of Runpod.
    pub fn replay(&self) -> Option<&Path> {
        self.replay.folder.as_deref()
    }

    /// What is read. A diagnosis does not use per-worker series.
    pub fn settings(&self, open_files: Option<u64>) -> Result<Settings, ConfigError> {
        if self.replay().is_some() {
            let read = self.collectors.read_all(false)?;
            return self.upstream.replayed(&self.config, read, Webhook::default());
        }
        let read = self.collectors.read(false)?;
        self.upstream.settings(&self.config, read, Webhook::default(), open_files, &inputs())
    }

    /// The exporter to read, if one was given. The scheme can be left out. Parsed here, because the error of clap would repeat a
    /// password in the URL.
    pub fn from(&self) -> Result<Option<ReadFrom>, ConfigError> {
        let Some(text) = self.from.as_deref() else { return Ok(None) };
        if text == "-" {
            return Ok(Some(ReadFrom::Input));
        }
        let text = if text.contains("://") { text.to_owned() } else { format!("http://{text}") };
        let invalid = |cause: UrlError| ConfigError::Url { flag: "--from", cause };
        Ok(Some(ReadFrom::Exporter(base_url(&text, true).map_err(invalid)?)))
    }

    /// How the exporter is read.
    pub fn client(&self) -> Result<HttpClient, ConfigError> {
        let client = self.http_config.as_deref().map(|path| http_client(path, &inputs())).transpose()?;
        Ok(client.unwrap_or_default())
    }

    /// The address at which an exporter on this machine is reached.
    pub fn local_address(&self) -> String {
        let first = self.listen.iter().map(|address| address.trim()).find(|address| !address.is_empty());
        own_address(first.unwrap_or(LISTEN))
    }

    /// The flags that another command needs to read the same.
    pub fn repeated(&self) -> Vec<String> {
        let mut flags = self.config.repeated();
        flags.extend(self.upstream.repeated());
        flags
    }
}
