//! The flags of the HTTP server and of the overview page.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use super::{LISTEN, heading, value};
use crate::config::{
    AlertmanagerUrls, ConfigError, Inputs, PageUrl, PodProxy, UrlError, Web, listen_addresses, security,
};
use crate::settings::Shard;
use crate::web::Security;

#[derive(Debug, Args)]
#[command(next_help_heading = heading::WEB)]
pub(super) struct WebFlags {
    /// Address to listen on, host:port; repeatable
    ///
    /// Without a host, all interfaces, IPv6 and IPv4.
    #[arg(long = "web.listen-address", env = "RUNPOD_EXPORTER_LISTEN", value_name = "ADDRESS", default_value = LISTEN, value_delimiter = ',')]
    listen: Vec<String>,
    /// Time subtracted from Prometheus's scrape timeout
    ///
    /// The rest is the deadline of the scrape, so that Prometheus still receives the response.
    #[arg(long = "web.timeout-offset", value_name = "DURATION", default_value = "500ms", value_parser = value::duration)]
    timeout_offset: Duration,
    /// YAML file with TLS, logins and headers, in the format of Prometheus
    ///
    /// Certificates and file are read again when they change.
    #[arg(long = "web.config.file", env = "RUNPOD_EXPORTER_WEB_CONFIG", value_name = "FILE", value_parser = value::path())]
    web_config: Option<PathBuf>,
    /// URL of the proxy in front of pods, for /sd/pods
    ///
    /// Only for a simulated Runpod, or a proxy of your own. `{pod_id}` and `{port}` stand for a pod and its port.
    #[arg(
        long = "runpod.pod-proxy-url",
        env = "RUNPOD_POD_PROXY_URL",
        value_name = "URL",
        default_value = PodProxy::RUNPOD,
        value_parser = value::text,
        help_heading = heading::RUNPOD
    )]
    pod_proxy: String,
    /// Allow POST /-/reload
    ///
    /// Not needed for SIGHUP and changed files.
    #[arg(long = "web.enable-lifecycle")]
    lifecycle: bool,
    /// Use the sockets that systemd has opened
    ///
    /// Instead of `--web.listen-address`.
    #[arg(long = "web.systemd-socket")]
    systemd_socket: bool,
    #[command(flatten)]
    overview: OverviewFlags,
}

/// The links of the pages and of the status.
#[derive(Debug, Args)]
#[command(next_help_heading = heading::WEB)]
pub(super) struct OverviewFlags {
    /// URL of Grafana, to link the overview to the dashboards
    ///
    /// For example `https://grafana.example`.
    #[arg(long = "web.grafana-url", env = "RUNPOD_EXPORTER_GRAFANA_URL", value_name = "URL", value_parser = value::text)]
    grafana: Option<String>,
    /// URL of Alertmanager, to show on the overview which alerts fire
    ///
    /// For example `http://alertmanager:9093`. Read only, without credentials, and only while the overview or the status is
    /// requested. Alerts without the label `account` are ignored.
    #[arg(long = "alertmanager.url", env = "RUNPOD_EXPORTER_ALERTMANAGER_URL", value_name = "URL", value_parser = value::text)]
    alertmanager: Option<String>,
    /// URL under which people reach Alertmanager, for links of the overview
    ///
    /// For example `https://alertmanager.example`. Without it, links lead to `--alertmanager.url`.
    #[arg(long = "alertmanager.external-url", env = "RUNPOD_EXPORTER_ALERTMANAGER_EXTERNAL_URL", value_name = "URL", value_parser = value::text, requires = "alertmanager")]
    alertmanager_external: Option<String>,
    /// URL under which people reach the exporter, for links to runbooks
    ///
    /// For example `https://runpod-exporter.example`. Without it, links lead to the host of the request.
    #[arg(long = "web.external-url", env = "RUNPOD_EXPORTER_EXTERNAL_URL", value_name = "URL", value_parser = value::text)]
    external: Option<String>,
}

impl OverviewFlags {
    /// Parsed here, because the error of clap would repeat a password in the URL.
    pub(super) fn grafana(&self) -> Result<Option<PageUrl>, ConfigError> {
        page_url(self.grafana.as_deref(), "--web.grafana-url")
    }

    /// The URLs of Alertmanager.
    pub(super) fn alertmanager(&self) -> Result<Option<AlertmanagerUrls>, ConfigError> {
        let Some(api) = page_url(self.alertmanager.as_deref(), "--alertmanager.url")? else {
            return Ok(None);
        };
        let link = page_url(self.alertmanager_external.as_deref(), "--alertmanager.external-url")?;
        Ok(Some(AlertmanagerUrls { link: link.unwrap_or_else(|| api.clone()), api }))
    }

    /// The URL of the exporter itself.
    pub(super) fn external(&self) -> Result<Option<PageUrl>, ConfigError> {
        page_url(self.external.as_deref(), "--web.external-url")
    }
}

fn page_url(text: Option<&str>, flag: &'static str) -> Result<Option<PageUrl>, ConfigError> {
    let invalid = |cause: UrlError| ConfigError::Url { flag, cause };
    text.map(|text| text.parse().map_err(invalid)).transpose()
}

impl WebFlags {
    /// The web security. Each call reads the file again.
    pub(super) fn security(&self, inputs: &Inputs) -> Result<Security, ConfigError> {
        let security = self.web_config.as_deref().map(|path| security(path, inputs)).transpose()?;
        Ok(security.unwrap_or_default())
    }

    /// How scrapes are served.
    pub(super) fn web(&self, listen_for_jobs: Vec<String>, shard: Option<Shard>) -> Result<Web, ConfigError> {
        let Self { listen, timeout_offset, overview, pod_proxy, lifecycle, systemd_socket, web_config: _ } =
            self;
        let listen = listen_addresses(listen).map_err(ConfigError::Listen)?;
        let (grafana, external) = (overview.grafana()?, overview.external()?);
        let alertmanager = overview.alertmanager()?;
        Ok(Web {
            listen,
            listen_for_jobs,
            pod_proxy: pod_proxy.parse().map_err(ConfigError::PodProxy)?,
            lifecycle: *lifecycle,
            inherits: *systemd_socket,
            timeout_offset: *timeout_offset,
            grafana,
            alertmanager,
            external,
            shard,
        })
    }
}
