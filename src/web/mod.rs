//! Web security: TLS, logins, response headers and the rate of requests. The format of `--web.config.file` does not belong
//! here (see `config/web/`), and neither does which route needs what (see `http/access.rs`).

mod logins;
mod names;
mod own;
mod rate;
mod tls;

pub use self::logins::{Hash, HashError, Logins};
pub use self::names::AllowedName;
pub(crate) use self::own::client;
pub use self::rate::Rate;
pub use self::tls::{ClientCertificates, Tls, TlsOptions};

/// Which requests are answered. By default all of them, over plain HTTP.
#[derive(Debug, Default)]
pub struct Security {
    /// How connections are encrypted, if they are.
    pub tls: Option<Tls>,
    /// The users that can log in. Without it, requests need no login.
    pub logins: Option<Logins>,
    /// Headers of every response, by name.
    pub headers: Vec<(&'static str, String)>,
    /// How many requests are answered, if that is limited.
    pub rate: Option<Rate>,
}

impl Security {
    /// Whether each client has to prove who it is.
    pub fn authenticates(&self) -> bool {
        self.logins.is_some() || self.tls.as_ref().is_some_and(Tls::requires_certificates)
    }
}
