//! The flags of what is served, and of what the overview leads to.

use std::time::Duration;

use clap::Args;

use super::LISTEN;
use crate::config::{ConfigError, PageUrl, UrlError, Web};

#[derive(Debug, Args)]
pub(super) struct WebFlags {
    /// Addresses to listen on, host:port; repeatable.
    #[arg(long = "web.listen-address", env = "RUNPOD_EXPORTER_LISTEN", value_name = "ADDRESS", default_value = LISTEN, value_delimiter = ',')]
    listen: Vec<String>,
    /// Taken off Prometheus's scrape timeout, so that the answer is there in time.
    #[arg(long = "web.timeout-offset", value_name = "DURATION", default_value = "500ms", value_parser = humantime::parse_duration)]
    timeout_offset: Duration,
    #[command(flatten)]
    overview: OverviewFlags,
}

/// What the overview leads to.
#[derive(Debug, Args)]
pub(super) struct OverviewFlags {
    /// Where Grafana is, for the overview's links to the dashboards, such as `https://grafana.example`.
    #[arg(long = "web.grafana-url", env = "RUNPOD_EXPORTER_GRAFANA_URL", value_name = "URL")]
    grafana_url: Option<String>,
}

impl OverviewFlags {
    /// Read here and not by clap, which would repeat a password that somebody has put into it.
    pub(super) fn grafana(&self) -> Result<Option<PageUrl>, ConfigError> {
        let named = |cause: UrlError| ConfigError::Url { flag: "--web.grafana-url", cause };
        self.grafana_url.as_ref().map(|text| text.parse().map_err(named)).transpose()
    }
}

impl WebFlags {
    /// How scrapes are served.
    pub(super) fn web(&self) -> Result<Web, ConfigError> {
        let Self { listen, timeout_offset, overview } = self;
        Ok(Web { listen: listen.clone(), timeout_offset: *timeout_offset, grafana: overview.grafana()? })
    }
}
