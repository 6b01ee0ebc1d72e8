//! A request that counts against the quota: told when it is sent, and when it is answered or given up.

use reqwest::header::HeaderMap;

use crate::quota::Quota;

/// A request that counts against the quota, until it is answered or given up.
pub(super) struct Rationed<'q>(Option<&'q Quota>);

impl<'q> Rationed<'q> {
    pub(super) fn begin(quota: &'q Quota) -> Self {
        quota.sent();
        Self(Some(quota))
    }

    pub(super) fn answered(mut self, headers: &HeaderMap) {
        if let Some(quota) = self.0.take() {
            quota.ended(Some(headers));
        }
    }
}

impl Drop for Rationed<'_> {
    fn drop(&mut self) {
        if let Some(quota) = self.0 {
            quota.ended(None);
        }
    }
}
