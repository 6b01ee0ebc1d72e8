//! Which client certificates are accepted: those that an authority has signed and that have one of the allowed names.

use std::net::IpAddr;
use std::str::FromStr;
use std::sync::Arc;

use rustls::client::danger::HandshakeSignatureValid;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::{CertificateError, DigitallySignedStruct, DistinguishedName, Error, SignatureScheme};
use webpki::EndEntityCert;

/// A name in the certificate of a client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AllowedName {
    /// An IP address.
    Ip(IpAddr),
    /// A DNS name or a URI, compared as it is.
    Text(String),
}

/// A name cannot be compared with that of a certificate.
#[derive(Debug, thiserror::Error)]
pub enum NameError {
    /// It is empty.
    #[error("a name is empty; use a DNS name, an IP address or a URI")]
    Empty,
    /// It is an e-mail address.
    #[error("\"{0}\" is an e-mail address, which is not supported; use a DNS name, an IP address or a URI")]
    Email(String),
}

impl FromStr for AllowedName {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        match text.parse() {
            Ok(address) => Ok(Self::Ip(address)),
            Err(_) if text.is_empty() => Err(NameError::Empty),
            Err(_) if text.contains('@') && !text.contains("://") => Err(NameError::Email(text.to_owned())),
            Err(_) => Ok(Self::Text(text.to_owned())),
        }
    }
}

impl AllowedName {
    fn is_in(&self, certificate: &EndEntityCert<'_>) -> bool {
        match self {
            Self::Ip(address) => {
                let name = ServerName::IpAddress((*address).into());
                certificate.verify_is_valid_for_subject_name(&name).is_ok()
            }
            Self::Text(text) => {
                let mut names = certificate.valid_dns_names().chain(certificate.valid_uri_names());
                names.any(|name| name == text)
            }
        }
    }
}

/// Checks names after another verifier has checked the certificate.
#[derive(Debug)]
pub(super) struct NamesChecked {
    pub(super) names: Vec<AllowedName>,
    pub(super) signed: Arc<dyn ClientCertVerifier>,
}

impl ClientCertVerifier for NamesChecked {
    fn verify_client_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        let verified = self.signed.verify_client_cert(end_entity, intermediates, now)?;
        let certificate = EndEntityCert::try_from(end_entity)
            .map_err(|_invalid| Error::InvalidCertificate(CertificateError::BadEncoding))?;
        let is_allowed = self.names.iter().any(|name| name.is_in(&certificate));
        let refused = Error::InvalidCertificate(CertificateError::NotValidForName);
        is_allowed.then_some(verified).ok_or(refused)
    }

    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        self.signed.root_hint_subjects()
    }

    fn client_auth_mandatory(&self) -> bool {
        self.signed.client_auth_mandatory()
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.signed.verify_tls12_signature(message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.signed.verify_tls13_signature(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.signed.supported_verify_schemes()
    }
}
