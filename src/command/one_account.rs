//! The account of a command that reads a single one, and a client for it. The scrape of all accounts is in `one_scrape.rs`.

use std::sync::Arc;

use clock::Clock;
use runpod::{Intercept, KeyRing, Runpod};

use super::failure::Failure;
use crate::app::{self, StartError};
use crate::config::Account;

/// The account with this name, or the only account.
pub(super) fn choose(accounts: Vec<Account>, name: Option<&str>) -> Result<Account, Failure> {
    let known: Vec<_> = accounts.iter().map(|account| account.name.to_string()).collect();
    let matches = |account: &Account| name.is_none_or(|name| *account.name == *name);
    let mut matching = accounts.into_iter().filter(matches);
    match (matching.next(), matching.next()) {
        (Some(account), None) => Ok(account),
        _ => Err(Failure::Account { known: known.join(", ") }),
    }
}

/// A client for what a scrape does not read, with this part in its exchanges.
pub(super) fn client(
    account: &Account,
    clock: Arc<dyn Clock>,
    intercept: Arc<dyn Intercept>,
) -> Result<Runpod, Failure> {
    let ring = KeyRing::default();
    ring.set(app::keys(std::slice::from_ref(account)));
    let failed = |cause| StartError::Account { account: Arc::clone(&account.name), cause };
    let builder = app::builder(account, ring, Arc::new(()), clock).intercept(intercept);
    Ok(builder.build().map_err(failed)?)
}
