//! The flags about webhooks and pushes of finished jobs.

use std::path::PathBuf;

use clap::Args;

use super::{heading, value};
use crate::config::{ConfigError, Inputs, Webhook, listen_addresses, webhook_token};
use crate::jobs::{Pointer, Pointers};

#[derive(Debug, Args)]
#[command(next_help_heading = heading::WEBHOOKS)]
pub(super) struct WebhookFlags {
    /// Address that accepts webhooks and pushes, and nothing else; repeatable
    ///
    /// The other addresses then accept none. For listeners that the internet can reach. A client certificate is not
    /// required there.
    #[arg(
        long = "webhook.listen-address",
        env = "RUNPOD_WEBHOOK_LISTEN",
        value_name = "ADDRESS",
        value_delimiter = ','
    )]
    webhook_listen: Vec<String>,
    /// File with the webhook token, instead of `RUNPOD_WEBHOOK_TOKEN`
    ///
    /// Webhooks and pushes of finished jobs must carry the token. Without one, they are accepted only if no other
    /// machine can reach the exporter.
    #[arg(long = "webhook.token-file", env = "RUNPOD_WEBHOOK_TOKEN_FILE", value_name = "FILE", value_parser = value::path())]
    token_file: Option<PathBuf>,
    /// Maximum size of a webhook in bytes
    ///
    /// The default is 24 MiB.
    #[arg(long = "webhook.max-body-bytes", env = "RUNPOD_WEBHOOK_MAX_BODY_BYTES", value_name = "BYTES", value_parser = value::count, default_value_t = Webhook::default().max_body)]
    max_webhook: usize,
    /// JSON pointer to the input token count in a job's output; repeatable
    ///
    /// The first one that finds a number counts.
    #[arg(long = "tokens.in-pointer", value_name = "POINTER", default_values = Webhook::TOKENS_IN)]
    tokens_in: Vec<Pointer>,
    /// JSON pointer to the output token count in a job's output; repeatable
    ///
    /// The first one that finds a number counts.
    #[arg(long = "tokens.out-pointer", value_name = "POINTER", default_values = Webhook::TOKENS_OUT)]
    tokens_out: Vec<Pointer>,
}

impl WebhookFlags {
    /// The addresses that accept only webhooks and pushes.
    pub(super) fn listen(&self) -> Result<Vec<String>, ConfigError> {
        if self.webhook_listen.is_empty() {
            return Ok(Vec::new());
        }
        listen_addresses(&self.webhook_listen).map_err(ConfigError::WebhookListen)
    }

    pub(super) fn webhook(&self, inputs: &Inputs) -> Result<Webhook, ConfigError> {
        let token = webhook_token(inputs, self.token_file.as_deref()).map_err(ConfigError::from);
        let token = token.map_err(|error| error.redacted(|text| inputs.redact(text)))?;
        let pointers = Pointers::new(self.tokens_in.clone(), self.tokens_out.clone());
        Ok(Webhook { token, token_file: self.token_file.clone(), max_body: self.max_webhook, pointers })
    }
}
