//! TLS of the listeners.

use std::sync::Arc;

use rustls::crypto::{CryptoProvider, SupportedKxGroup, ring};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::server::danger::ClientCertVerifier;
use rustls::{Error, RootCertStore, ServerConfig, SupportedCipherSuite, SupportedProtocolVersion};

use super::names::{AllowedName, NamesChecked};

/// What is negotiated beside the encryption: the server speaks HTTP/1.1 only.
const PROTOCOL: &[u8] = b"http/1.1";

/// How connections are encrypted.
#[derive(Debug)]
pub struct Tls {
    config: Arc<ServerConfig>,
    /// The same without client certificates, which Runpod's webhooks cannot have.
    webhooks: Arc<ServerConfig>,
    certificate: CertificateDer<'static>,
    requires_certificates: bool,
}

/// The settings of TLS.
#[derive(Debug)]
pub struct TlsOptions {
    /// The certificate of the server, followed by those of its authorities.
    pub chain: Vec<CertificateDer<'static>>,
    /// The key of the certificate.
    pub key: PrivateKeyDer<'static>,
    /// The certificates of clients, if they are checked.
    pub clients: Option<ClientCertificates>,
    /// The versions of TLS.
    pub versions: Vec<&'static SupportedProtocolVersion>,
    /// The cipher suites in the order of preference.
    pub suites: Vec<SupportedCipherSuite>,
    /// The elliptic curves in the order of preference.
    pub curves: Vec<&'static dyn SupportedKxGroup>,
    /// Whether the order of the server decides about the cipher suite, and not that of the client.
    pub prefers_own_order: bool,
}

/// Which certificates of clients are accepted.
#[derive(Debug)]
pub struct ClientCertificates {
    /// The authorities that sign them.
    pub authorities: RootCertStore,
    /// Whether a client may have none.
    pub optional: bool,
    /// A certificate must have one of these names. Empty: any name.
    pub names: Vec<AllowedName>,
}

/// Why TLS cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// The certificate, its key, or their combination with the other settings.
    #[error("the certificate, its key, the TLS versions and the cipher suites do not fit together: {0}")]
    Server(#[from] Error),
    /// The authorities of clients.
    #[error("the authorities of client certificates cannot be used: {0}")]
    Clients(#[from] rustls::server::VerifierBuilderError),
}

impl Tls {
    /// TLS with these settings.
    pub fn new(options: TlsOptions) -> Result<Self, TlsError> {
        let TlsOptions { chain, key, clients, versions, suites, curves, prefers_own_order } = options;
        let provider =
            CryptoProvider { cipher_suites: suites, kx_groups: curves, ..ring::default_provider() };
        let provider = Arc::new(provider);
        let certificate = chain.first().cloned().ok_or(Error::NoCertificatesPresented)?;
        let requires_certificates = clients.as_ref().is_some_and(|clients| !clients.optional);
        let config = |clients: Option<Arc<dyn ClientCertVerifier>>, key| {
            let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
                .with_protocol_versions(&versions)?;
            let builder = match clients {
                Some(clients) => builder.with_client_cert_verifier(clients),
                None => builder.with_no_client_auth(),
            };
            let mut config = builder.with_single_cert(chain.clone(), key)?;
            config.ignore_client_order = prefers_own_order;
            config.alpn_protocols = vec![PROTOCOL.to_vec()];
            Ok::<_, Error>(Arc::new(config))
        };
        let clients = clients.map(|clients| clients.verifier(Arc::clone(&provider))).transpose()?;
        let webhooks = config(None, key.clone_key())?;
        Ok(Self { config: config(clients, key)?, webhooks, certificate, requires_certificates })
    }

    /// For connections of people and Prometheus.
    pub fn config(&self) -> Arc<ServerConfig> {
        Arc::clone(&self.config)
    }

    /// For connections of Runpod's webhooks.
    pub fn without_client_certificates(&self) -> Arc<ServerConfig> {
        Arc::clone(&self.webhooks)
    }

    /// The certificate of the server.
    pub fn certificate(&self) -> &CertificateDer<'static> {
        &self.certificate
    }

    /// Whether clients need a certificate.
    pub fn requires_certificates(&self) -> bool {
        self.requires_certificates
    }
}

impl ClientCertificates {
    fn verifier(self, provider: Arc<CryptoProvider>) -> Result<Arc<dyn ClientCertVerifier>, TlsError> {
        let Self { authorities, optional, names } = self;
        let builder = WebPkiClientVerifier::builder_with_provider(Arc::new(authorities), provider);
        let builder = if optional { builder.allow_unauthenticated() } else { builder };
        let signed = builder.build()?;
        Ok(if names.is_empty() { signed } else { Arc::new(NamesChecked { names, signed }) })
    }
}
