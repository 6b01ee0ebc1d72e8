//! The documents: all fields that this client reads, of both shapes of the API.
//!
//! The fields come from the published schema (`graphql-spec.runpod.io`), Runpod's monitoring guides and published clients.
//! Secrets are never among them: no `aiKey`, `apiKey`, `env`, `email`.

mod account;
mod endpoints;
mod gpu_types;
mod host;
mod pods;
mod volumes;

pub(super) use self::account::ACCOUNT;
pub(super) use self::endpoints::{ENDPOINT_DETAIL, ENDPOINT_IDS, ENDPOINTS};
pub(super) use self::gpu_types::GPU_TYPES;
pub(super) use self::host::HOST;
pub(super) use self::pods::{POD_DETAIL, PODS};
pub(super) use self::volumes::VOLUMES;

#[cfg(test)]
mod tests {
    use super::super::selection::Selection;
    use super::*;

    #[test]
    fn no_document_selects_a_secret() {
        let documents = [
            &ACCOUNT,
            &ENDPOINTS,
            &ENDPOINT_IDS,
            &ENDPOINT_DETAIL,
            &PODS,
            &POD_DETAIL,
            &VOLUMES,
            &GPU_TYPES,
            &HOST,
        ];
        for document in documents {
            let text = Selection::default().print(document, &[]).text.to_lowercase();
            for secret in ["key", "env", "email", "secret", "token", "ssh", "password"] {
                assert!(!text.contains(secret), "{} selects {secret}:\n{text}", document.name);
            }
        }
    }
}
