//! The flags about finished jobs that are sent to the exporter.

use std::path::PathBuf;

use clap::Args;

use super::environment;
use crate::config::{ConfigError, Webhook, webhook_token};
use crate::jobs::{Pointer, Pointers};

#[derive(Debug, Args)]
pub(super) struct WebhookFlags {
    /// File with the token that job webhooks and pushes carry; or the token in `RUNPOD_WEBHOOK_TOKEN`, never in a flag.
    #[arg(long = "webhook.token-file", env = "RUNPOD_WEBHOOK_TOKEN_FILE", value_name = "FILE")]
    token_file: Option<PathBuf>,
    /// Bytes of one job webhook.
    #[arg(long = "webhook.max-body-bytes", env = "RUNPOD_WEBHOOK_MAX_BODY_BYTES", value_name = "BYTES", default_value_t = Webhook::default().max_body)]
    max_webhook: usize,
    /// Where the tokens that a job read stand in its output, as a JSON pointer; repeatable, the first that has a number
    /// counts.
    #[arg(long = "tokens.in-pointer", value_name = "POINTER", default_values = Webhook::TOKENS_IN)]
    tokens_in: Vec<Pointer>,
    /// Where the tokens that a job wrote stand, likewise.
    #[arg(long = "tokens.out-pointer", value_name = "POINTER", default_values = Webhook::TOKENS_OUT)]
    tokens_out: Vec<Pointer>,
}

impl WebhookFlags {
    pub(super) fn webhook(&self) -> Result<Webhook, ConfigError> {
        let variable = environment("RUNPOD_WEBHOOK_TOKEN");
        let token = webhook_token(variable.as_deref(), self.token_file.as_deref())?;
        let pointers = Pointers::new(self.tokens_in.clone(), self.tokens_out.clone());
        Ok(Webhook { token, token_file: self.token_file.clone(), max_body: self.max_webhook, pointers })
    }
}
