//! The flags about how reliably finished jobs are reported.

use clap::Args;

use super::heading;
use crate::webhooks::{WebhookOptions, WebhookUrl};

/// How the simulated Runpod reports finished jobs.
#[derive(Debug, Args)]
#[command(next_help_heading = heading::WEBHOOKS)]
pub struct WebhookFlags {
    /// Share of webhooks sent twice, 0 to 1
    #[arg(long = "webhook-duplicates", value_name = "SHARE", default_value_t = 0.0, value_parser = share)]
    duplicates: f64,
    /// Share of webhooks sent late, 0 to 1
    #[arg(long = "webhook-disorder", value_name = "SHARE", default_value_t = 0.0, value_parser = share)]
    disorder: f64,
    /// Characters of text in the output of each job
    #[arg(long = "webhook-output", value_name = "N", default_value_t = 200)]
    output: usize,
}

impl WebhookFlags {
    pub(super) fn options(&self, url: WebhookUrl) -> WebhookOptions {
        WebhookOptions {
            duplicates: self.duplicates,
            disorder: self.disorder,
            output: self.output,
            ..WebhookOptions::new(url)
        }
    }
}

fn share(text: &str) -> Result<f64, &'static str> {
    let share = text.parse().ok().filter(|share| (0.0..=1.0).contains(share));
    share.ok_or("not a share; give a number from 0 to 1, such as 0.05")
}
