//! The REST API, second version (`api.runpod.io/v2`): everything about an account that is no job. Rationed per user; see
//! [`super::quota`].
//!
//! When something is asked does not belong here: see `snapshot/`.

mod discovery;

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use serde::Deserialize;
use serde::de::DeserializeOwned;
use tokio::time::Instant;
use url::Url;

use self::discovery::Paths;
use crate::error::{Reason, RequestError};
use crate::operation::{Api, Operation, Outcome};
use crate::quota::{QuotaWindow, Urgency};
use crate::reply::json;
use crate::transport::{Answer, Call, Credential, Transport};
use crate::wire::{List, Text, rest as wire};

/// Pages of one list. Runpod gives a thousand objects a page where nothing else is asked for.
const MOST_PAGES: usize = 50;

/// A book of the bill.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Ledger {
    /// Everything, by kind of resource.
    All,
    /// By pod.
    Pods,
    /// By serverless endpoint.
    Serverless,
    /// Runpod's public endpoints, together.
    PublicEndpoints,
    /// By network volume.
    NetworkVolumes,
    /// By cluster.
    Clusters,
}

impl Ledger {
    /// Every ledger.
    pub const ALL: [Self; 6] = [
        Self::All,
        Self::Pods,
        Self::Serverless,
        Self::PublicEndpoints,
        Self::NetworkVolumes,
        Self::Clusters,
    ];

    const fn path(self) -> &'static [&'static str] {
        match self {
            Self::All => &["billing"],
            Self::Pods => &["billing", "pods"],
            Self::Serverless => &["billing", "serverless"],
            Self::PublicEndpoints => &["billing", "endpoints"], // not the account's own, whatever the name says
            Self::NetworkVolumes => &["billing", "network-volumes"],
            Self::Clusters => &["billing", "clusters"],
        }
    }
}

/// What a GPU may be wanted for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Product {
    /// Pods.
    Pod,
    /// Workers of endpoints.
    Serverless,
}

impl Product {
    /// The value of the `product` label.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pod => "pod",
            Self::Serverless => "serverless",
        }
    }
}

/// The REST side of an account.
#[derive(Debug)]
pub struct Rest {
    transport: Arc<Transport>,
    base: Url,
    /// Where the balance and the limits are, once the API has told it.
    paths: Mutex<Option<Arc<Paths>>>,
}

/// A list, under whatever name the API gives to it, and whether there is more of it.
trait Page: DeserializeOwned {
    type Element;
    fn split(self) -> (List<Self::Element>, Option<Pagination>);
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Pagination {
    next_cursor: Text,
    has_next_page: super::wire::Flag,
}

macro_rules! page {
    ($page:ident { $key:ident: $element:ty }) => {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct $page {
            #[serde(default)]
            $key: List<$element>,
            #[serde(default)]
            pagination: Option<Pagination>,
        }

        impl Page for $page {
            type Element = $element;
            fn split(self) -> (List<$element>, Option<Pagination>) {
                (self.$key, self.pagination)
            }
        }
    };
}

page!(Endpoints { endpoints: wire::Endpoint });
page!(Pods { pods: wire::Pod });
page!(Volumes { network_volumes: wire::Volume });
page!(Gpus { gpus: wire::GpuType });

impl Rest {
    pub(super) fn new(transport: Arc<Transport>, base: Url) -> Self {
        Self { transport, base, paths: Mutex::default() }
    }

    /// How many of so many requests the quota allows now. They count as made; see [`Self::give_back`].
    pub fn grant(&self, wanted: usize, urgency: Urgency) -> usize {
        self.transport.quota().grant(wanted, urgency)
    }

    /// Gives back what was granted and not used.
    pub fn give_back(&self, requests: usize) {
        self.transport.quota().give_back(requests);
    }

    /// The quota as the server told it last.
    pub fn quota(&self) -> Vec<QuotaWindow> {
        self.transport.quota().windows()
    }

    /// The endpoints and their configuration.
    pub async fn endpoints(&self, deadline: Instant) -> Result<Vec<wire::Endpoint>, RequestError> {
        self.list::<Endpoints>(Operation::Endpoints, &["serverless"], &[], deadline).await
    }

    /// The pods. Those of clusters are not among them.
    pub async fn pods(&self, deadline: Instant) -> Result<Vec<wire::Pod>, RequestError> {
        self.list::<Pods>(Operation::Pods, &["pods"], &[], deadline).await
    }

    /// The network volumes.
    pub async fn volumes(&self, deadline: Instant) -> Result<Vec<wire::Volume>, RequestError> {
        self.list::<Volumes>(Operation::Volumes, &["network-volumes"], &[], deadline).await
    }

    /// GPU types, with their stock for one product: the API gives one at a time.
    pub async fn gpus(
        &self,
        product: Product,
        deadline: Instant,
    ) -> Result<Vec<wire::GpuType>, RequestError> {
        let product = match product {
            Product::Pod => "POD",
            Product::Serverless => "SERVERLESS",
        };
        let query = [("include", "AVAILABILITY"), ("product", product)];
        self.list::<Gpus>(Operation::Gpus, &["catalog", "gpus"], &query, deadline).await
    }

    /// What was spent, day by day, since `start` (RFC 3339).
    pub async fn bill(
        &self,
        ledger: Ledger,
        start: &str,
        deadline: Instant,
    ) -> Result<wire::Bill, RequestError> {
        let url = self.url(ledger.path(), &[("startTime", start), ("bucketSize", "day")]);
        self.get(Call::get(Api::Rest, Operation::Billing, url, deadline)).await
    }

    /// The active workers of an endpoint.
    pub async fn workers(&self, endpoint_id: &str, deadline: Instant) -> Result<wire::Workers, RequestError> {
        self.of_endpoint(Operation::Workers, endpoint_id, "workers", &[], deadline).await
    }

    /// The newest release: the others are history.
    pub async fn releases(
        &self,
        endpoint_id: &str,
        deadline: Instant,
    ) -> Result<wire::Releases, RequestError> {
        let newest = [("limit", "1")];
        self.of_endpoint(Operation::Releases, endpoint_id, "releases", &newest, deadline).await
    }

    /// The prepaid credit. `None` if the API's description knows no such thing.
    pub async fn balance(&self, deadline: Instant) -> Result<Option<wire::Balance>, RequestError> {
        self.discovered(Operation::Balance, |paths| paths.balance.as_deref(), deadline).await
    }

    /// The limits of the account. `None` if the API's description knows no such thing.
    pub async fn limits(&self, deadline: Instant) -> Result<Option<wire::Limits>, RequestError> {
        self.discovered(Operation::AccountLimits, |paths| paths.limits.as_deref(), deadline).await
    }

    async fn discovered<T: DeserializeOwned>(
        &self,
        operation: Operation,
        path: impl Fn(&Paths) -> Option<&[String]>,
        deadline: Instant,
    ) -> Result<Option<T>, RequestError> {
        let known = self.paths.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let paths = match known {
            Some(paths) => paths,
            None => self.discover(deadline).await?,
        };
        let Some(path) = path(&paths) else { return Ok(None) };
        let parts: Vec<&str> = path.iter().map(String::as_str).collect();
        let url = self.url(&parts, &[]);
        let answer = self.get(Call::get(Api::Rest, operation, url, deadline)).await;
        if answer.as_ref().is_err_and(|error| matches!(error.reason, Reason::NotFound)) {
            self.learn(None); // it has moved: look it up again
        }
        answer.map(Some)
    }

    /// Reads the API's description, which is told to everybody and counts against no quota.
    async fn discover(&self, deadline: Instant) -> Result<Arc<Paths>, RequestError> {
        let url = self.url(&["openapi.json"], &[]);
        let call = Call::get(Api::Rest, Operation::Openapi, url, deadline);
        let call = Call { credential: Credential::Nobody, ..call };
        let document: serde_json::Value = self.get(call).await?;
        let paths = Arc::new(Paths::find(&document, &self.base));
        self.learn(Some(Arc::clone(&paths)));
        Ok(paths)
    }

    fn learn(&self, paths: Option<Arc<Paths>>) {
        *self.paths.lock().unwrap_or_else(PoisonError::into_inner) = paths;
    }

    async fn of_endpoint<T: DeserializeOwned>(
        &self,
        operation: Operation,
        endpoint_id: &str,
        what: &str,
        query: &[(&str, &str)],
        deadline: Instant,
    ) -> Result<T, RequestError> {
        let url = self.url(&["serverless", endpoint_id, what], query);
        self.get(Call::get(Api::Rest, operation, url, deadline)).await
    }

    /// Every page of a list. A server that knows no pages gives it whole.
    async fn list<P: Page>(
        &self,
        operation: Operation,
        path: &[&str],
        query: &[(&str, &str)],
        deadline: Instant,
    ) -> Result<Vec<P::Element>, RequestError> {
        let (mut elements, mut cursors) = (Vec::new(), HashSet::new());
        let mut url = self.url(path, query);
        let broken = |cause: &str| RequestError {
            api: Api::Rest,
            operation,
            peer: super::transport::peer(&self.base),
            reason: Reason::Decode { cause: cause.into() },
        };
        for page in 0..MOST_PAGES {
            if page > 0 {
                self.transport.quota().take();
            }
            let answer: P = self.get(Call::get(Api::Rest, operation, url, deadline)).await?;
            let (list, pagination) = answer.split();
            // A list that is not there is no empty list: taken for one, everything would seem to have vanished.
            elements.extend(list.0.ok_or_else(|| broken("list is missing"))?);
            let Pagination { next_cursor, has_next_page } = pagination.unwrap_or_default();
            let Some(cursor) = next_cursor.0.filter(|_| has_next_page.0 == Some(true)) else {
                return Ok(elements);
            };
            url = self.url(path, &[query, &[("cursor", &cursor)]].concat());
            if !cursors.insert(cursor) {
                return Err(broken("pagination loops"));
            }
        }
        Err(broken("too many pages"))
    }

    pub(super) fn url(&self, path: &[&str], query: &[(&str, &str)]) -> Url {
        let mut url = self.base.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(path);
        }
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        url
    }

    /// One GET. What a refusal says in its problem (RFC 9457) is for the debug log; its status says what to do.
    async fn get<T: DeserializeOwned>(&self, call: Call) -> Result<T, RequestError> {
        let read = |answer: &Answer| {
            if !answer.status.is_success() {
                self.transport.debug_body(&call, answer.status, &answer.body);
                return Err(Reason::Status { status: answer.status.as_u16() });
            }
            Ok((json(&answer.body)?, Outcome::Ok))
        };
        self.transport.call(&call, read).await
    }
}
