//! Texts that a configuration has itself or names a file of, such as passwords, certificates and keys.

use std::path::PathBuf;

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use secrecy::zeroize::Zeroizing;

use super::ReadError;
use crate::settings::Invalid;

/// A text that is given in the file, or in a file of its own.
pub(super) struct Given {
    /// The key in the configuration.
    pub(super) field: &'static str,
    pub(super) text: Zeroizing<String>,
}

/// The text of a setting or of a file, whichever is set.
pub(super) fn given(
    (field, text): (&'static str, Option<String>),
    (file_field, file): (&'static str, Option<PathBuf>),
    read: impl FnOnce(PathBuf) -> Result<Zeroizing<String>, ReadError>,
) -> Result<Option<Given>, Invalid> {
    match (text.filter(|text| !text.is_empty()), file.filter(|file| !file.as_os_str().is_empty())) {
        (Some(_), Some(_)) => {
            Err(Invalid::new(format!("{field} and {file_field} are both set; remove one of them")))
        }
        (Some(text), None) => Ok(Some(Given { field, text: Zeroizing::new(text) })),
        (None, Some(file)) => {
            let failed = |error: ReadError| {
                Invalid::new(format!("cannot read {}: {error}", file.display())).within(file_field)
            };
            Ok(Some(Given { field: file_field, text: read(file.clone()).map_err(failed)? }))
        }
        (None, None) => Ok(None),
    }
}

pub(super) fn certificates(given: &Given) -> Result<Vec<CertificateDer<'static>>, Invalid> {
    let problem = "has no certificate in PEM format (-----BEGIN CERTIFICATE-----)";
    let read: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(given.text.as_bytes()).collect();
    let read = read.ok().filter(|read| !read.is_empty());
    read.ok_or_else(|| Invalid::new(problem).within(given.field))
}

pub(super) fn private_key(given: &Given) -> Result<PrivateKeyDer<'static>, Invalid> {
    let problem = "has no private key in PEM format (-----BEGIN PRIVATE KEY-----) without a passphrase";
    let read = PrivateKeyDer::from_pem_slice(given.text.as_bytes());
    read.map_err(|_not_repeated| Invalid::new(problem).within(given.field))
}
