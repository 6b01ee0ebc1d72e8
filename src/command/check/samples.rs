//! Samples of the accounts, and the document that they make.

use std::sync::Arc;
use std::time::Duration;

use clock::{Clock, after};
use serde_json::Value;
use tokio::time::{Instant, sleep};

use crate::command::check_error::CheckError;
use crate::command::one_scrape::TIMEOUT;
use crate::scrape::{Page, Scope, Scraper};
use crate::settings::Mode;
use crate::status::{Selection, Status};

/// Number of samples after the first one. Each costs a request per endpoint.
pub(super) const FURTHER: u32 = 3;

/// Takes samples of the accounts.
pub(super) struct Sampler<'a> {
    scraper: &'a Arc<Scraper>,
    clock: &'a dyn Clock,
    scope: Scope,
    started: Duration,
    mode: Mode,
}

impl<'a> Sampler<'a> {
    /// A sampler of one account, or of all.
    pub(super) fn new(
        scraper: &'a Arc<Scraper>,
        clock: &'a dyn Clock,
        account: Option<&str>,
        mode: Mode,
    ) -> Result<Self, CheckError> {
        let names = scraper.accounts();
        let account = match account {
            Some(name) => {
                let known = || names.iter().map(ToString::to_string).collect::<Vec<_>>();
                let found = names.iter().find(|known| ***known == *name).cloned();
                Some(found.ok_or_else(|| CheckError::account(name, &known()))?)
            }
            None => None,
        };
        let scope = Scope { account, collectors: None };
        Ok(Self { scraper, clock, scope, started: clock.elapsed(), mode })
    }

    /// One sample as a document.
    pub(super) async fn sample(&self) -> Result<Value, CheckError> {
        let deadline = after(Instant::now(), TIMEOUT);
        let page = self.scraper.scrape(self.scope.clone(), deadline).await?;
        self.document(&page)
    }

    /// Further samples over this time, and the document of all of them.
    pub(super) async fn observe(&self, time: Duration) -> Result<Value, CheckError> {
        let pause = time.checked_div(FURTHER).unwrap_or_default();
        for _ in 1..if pause.is_zero() { 1 } else { FURTHER } {
            self.observe_once(pause).await?;
        }
        self.observe_once(pause).await
    }

    /// One more sample after this time.
    pub(super) async fn observe_once(&self, time: Duration) -> Result<Value, CheckError> {
        sleep(time).await;
        self.sample().await
    }

    fn document(&self, page: &Page) -> Result<Value, CheckError> {
        let tokens = |endpoint: &str| self.scraper.jobs().tokens(endpoint);
        let running = self.clock.elapsed().saturating_sub(self.started);
        let accounts = &page.result().accounts;
        let now = self.clock.now();
        let status = Status::new(accounts, Selection::default(), &tokens, self.mode, now, running);
        Ok(serde_json::to_value(&status)?)
    }
}
