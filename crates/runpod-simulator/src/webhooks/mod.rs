//! Job webhooks: a request for each finished job, as Runpod sends it, with up to two retries unless the answer is 200. On
//! demand some are sent twice, and some late.
//!
//! How a receiver counts jobs does not belong here.

pub use self::options::{BadWebhookUrl, WebhookOptions, WebhookUrl};
pub use self::sender::Delivered;
pub(crate) use self::sender::WebhookSender;

mod options;
mod payload;
mod sender;
