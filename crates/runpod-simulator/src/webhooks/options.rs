//! Where webhooks are sent, and how unreliably.

use std::fmt::{self, Debug, Formatter};
use std::str::FromStr;
use std::time::Duration;

use reqwest::Url;

use crate::job_record::OUTPUT;

/// Runpod's pauses before the second and the third attempt, as recorded. Its documentation says ten seconds.
pub(super) const PAUSES: [Duration; 2] = [Duration::from_secs(5), Duration::from_secs(15)];

/// The placeholder for the endpoint id in the URL.
const PLACEHOLDER: &str = "{endpoint_id}";

/// Where webhooks are sent, and how unreliably.
#[derive(Debug, Clone)]
pub struct WebhookOptions {
    /// The receiver.
    pub url: WebhookUrl,
    /// Ratio of jobs that are sent twice although the first request succeeded.
    pub duplicates: f64,
    /// Ratio of jobs that are sent late, after jobs that finished later.
    pub disorder: f64,
    /// Characters of text in each output.
    pub output: usize,
    /// Pauses before the second and the third attempt.
    pub pauses: [Duration; 2],
}

/// A URL with the placeholder `{endpoint_id}`. `Debug` hides it, because it can contain a token.
#[derive(Clone)]
pub struct WebhookUrl(String);

/// The text is not the URL of a webhook.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a URL; use for example http://127.0.0.1:10736/webhooks/jobs/{PLACEHOLDER}?token=…")]
pub struct BadWebhookUrl;

// === impl WebhookOptions ===

impl WebhookOptions {
    /// Every job once, in order, with a short output.
    pub fn new(url: WebhookUrl) -> Self {
        Self { url, duplicates: 0.0, disorder: 0.0, output: OUTPUT, pauses: PAUSES }
    }
}

// === impl WebhookUrl ===

impl WebhookUrl {
    /// The URL for jobs of an endpoint.
    pub(super) fn of(&self, endpoint: &str) -> String {
        self.0.replace(PLACEHOLDER, endpoint)
    }
}

impl FromStr for WebhookUrl {
    type Err = BadWebhookUrl;

    fn from_str(text: &str) -> Result<Self, BadWebhookUrl> {
        let url = Self(text.to_owned());
        let parsed = Url::parse(&url.of("id")).map_err(|_malformed| BadWebhookUrl)?;
        if matches!(parsed.scheme(), "http" | "https") { Ok(url) } else { Err(BadWebhookUrl) }
    }
}

impl Debug for WebhookUrl {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("(hidden)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_gets_the_endpoint_id_and_hides_its_token() {
        let url: WebhookUrl = "http://host/{endpoint_id}?token=SECRET".parse().unwrap();
        assert_eq!(url.of("e1"), "http://host/e1?token=SECRET");
        assert!(!format!("{:?}", WebhookOptions::new(url)).contains("SECRET"));
        for bad in ["", "host", "ftp://host/{endpoint_id}", "/webhooks"] {
            assert!(bad.parse::<WebhookUrl>().is_err(), "{bad}");
        }
    }
}
