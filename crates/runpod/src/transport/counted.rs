//! A guard that counts a request against the quota until it has ended, also when its future is dropped.

use reqwest::StatusCode;
use reqwest::header::HeaderMap;

use crate::quota::Quota;

/// A request in flight that counts against the quota.
pub(super) struct Counted<'q>(Option<&'q Quota>);

impl<'q> Counted<'q> {
    pub(super) fn sent(quota: &'q Quota) -> Self {
        quota.sent();
        Self(Some(quota))
    }

    /// The response has arrived. Windows whose name `is_secret` are ignored.
    pub(super) fn responded(
        mut self,
        status: StatusCode,
        headers: &HeaderMap,
        is_secret: impl Fn(&str) -> bool,
    ) {
        if let Some(quota) = self.0.take() {
            quota.ended(Some((status, headers)), is_secret);
        }
    }
}

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        if let Some(quota) = self.0 {
            quota.ended(None, |_| false);
        }
    }
}
