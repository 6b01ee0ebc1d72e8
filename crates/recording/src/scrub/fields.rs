//! The one table of what is kept: the fields that an API is known to have, and which string values of each are harmless.
//!
//! Booleans and nulls are kept in every field; numbers and timestamps in those of the table, except numbers that are ids. The name
//! of a field that is not in the table is replaced, and so is every value below it. The forms of values are in `forms.rs`, long lists of
//! names in `names.rs`.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::forms;
use super::names::{DESCRIPTION, NAMES, NUMBERS};

/// Which string values of a field are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Keep {
    /// None: ids, names, addresses, keys, environments, commands, images, tags.
    Nothing,
    /// These words, in any case, and lists of them.
    Values(&'static str),
    /// Types of GPUs and CPUs, and data centers: public ids of Runpod's products.
    Products,
    /// Lists of data centers and countries.
    Places,
    /// Versions such as `12.8`.
    Versions,
    /// Numbers as text.
    Numbers,
    /// Numbers as text that are too short for a phone number.
    Counts,
    /// A text. Some words of it are kept: see `words.rs`.
    Text,
}

/// What is kept, by field. A field may have several rows.
#[rustfmt::skip]
const TABLE: &[(Keep, &str)] = &[
    (Keep::Nothing, NAMES),
    (Keep::Nothing, DESCRIPTION),
    (Keep::Numbers, NUMBERS),
    (Keep::Counts, "count size"),
    (Keep::Text, "message line log logs text msg lines container system error errors title detail"),
    (Keep::Products, "id gpuTypeId cpuTypeId cpuFlavorId gpuType gpuIds gpuId displayName gpuDisplayName pool pools excludedTypes instanceId instanceIds"),
    (Keep::Places, "dataCenterId dataCenterIds dataCenter dataCenters location locations country countryCode"),
    (Keep::Versions, "cudaVersion cudaVersions minCudaVersion allowedCudaVersions"),
    (Keep::Values("NVIDIA AMD Intel"), "manufacturer"),
    (Keep::Values(POD_STATES), "status desiredStatus state"),
    (Keep::Values(WORKER_STATES), "status state"),
    (Keep::Values(JOB_STATES), "status"),
    (Keep::Values(BATCH_STATES), "status"),
    (Keep::Values("QB LB QUEUE LOAD_BALANCER QUEUE_DELAY REQUEST_COUNT"), "type scalerType"),
    (Keep::Values("http https tcp udp"), "type"),
    (Keep::Values("INTERRUPTABLE RESERVED BID BACKGROUND"), "podType"),
    (Keep::Values("GPU CPU"), "computeType category type"),
    (Keep::Values("OFF FLASHBOOT PRIORITY_FLASHBOOT"), "flashBootType flashboot"),
    (Keep::Values("NONE LOW MEDIUM HIGH AVAILABLE UNAVAILABLE"), "stockStatus availability"),
    (Keep::Values("SECURE COMMUNITY ALL"), "cloud cloudType"),
    (Keep::Values("PREPAID POSTPAID"), "billingMode"),
    (Keep::Values("ONE_WEEK ONE_MONTH THREE_MONTHS SIX_MONTHS ONE_YEAR UPFRONT RENEWABLE"), "planLength planType savingsPlanType"),
    (Keep::Values("APPLICATION TRAINING SLURM RAY SLURM_CONTROLLER SLURM_COMPUTE RAY_HEAD RAY_WORKER PRIMARY"), "type role"),
    (Keep::Values("STANDARD HIGH_PERFORMANCE"), "networkVolumeTypes type"),
    (Keep::Values("AFRICA ASIA EUROPE MIDDLE_EAST NORTH_AMERICA OCEANIA SOUTH_AMERICA"), "region regions"),
    (Keep::Values("container system"), "source stream"),
    (Keep::Values(LEVELS), "level levelname severity lvl"),
    (Keep::Values("GRAPHQL_VALIDATION_FAILED INTERNAL_SERVER_ERROR UNAUTHENTICATED UNAUTHORIZED FORBIDDEN BAD_REQUEST BAD_USER_INPUT NOT_FOUND"), "code"),
    // Parameters of queries.
    (Keep::Values("m h d s min hour day week month year 1m 5m 15m 30m 1h 6h 12h 1d"), "bucketSize interval"),
    (Keep::Values("POD SERVERLESS CLUSTER"), "product"),
    (Keep::Values("AVAILABILITY GPU_AVAILABILITY CPU_AVAILABILITY"), "include"),
    (Keep::Values("true false"), "includeClusterPods"),
    // The description of the API.
    (Keep::Values("string number integer boolean object array null"), "type"),
    (Keep::Values("int32 int64 float double date-time date uri uuid"), "format"),
    (Keep::Values("query path header cookie"), "in"),
];

const POD_STATES: &str =
    "CREATED PROVISIONING STARTING RUNNING RESTARTING PAUSED EXITED ERROR DEAD TERMINATED";
const WORKER_STATES: &str = "READY RUNNING IDLE INITIALIZING THROTTLED UNHEALTHY STALE";
const JOB_STATES: &str = "IN_QUEUE IN_PROGRESS COMPLETED FAILED CANCELLED TIMED_OUT";
const BATCH_STATES: &str = "DRAFT FINALIZED FAILED CANCELLED";

/// The names of levels, as loggers write them.
pub(super) const LEVELS: &str =
    "trace debug info information notice warn warning err error fatal critical panic";

/// The words of paths. Every other segment is an id.
const PATH_WORDS: &str = "serverless workers releases health requests batch metrics request_ts_v1 logs stream pods clusters \
                          network-volumes catalog gpus cpus datacenters billing endpoints openapi.json";

/// Fields whose values users choose: in them, a number is a name, an address or a password.
const USER_CHOSEN: &str = "name names username password aiKey key keys pubKey webhook ip email args command dockerArgs tag tagName tags \
                       image imageName groupName modelName repoName repoOwner searchQuery readme maintenanceNote";

/// Maximum length of a count as text. A phone number with its area code is longer.
const MAX_COUNT: usize = 7;

/// Maximum number of digits of an alias: documents have fewer objects than a number that could be a PIN.
const MAX_ALIAS: usize = 3;

impl Keep {
    /// Whether a string is kept as a whole.
    fn allows(self, text: &str) -> bool {
        match self {
            Self::Nothing | Self::Text => false,
            Self::Values(words) => text.split(',').all(|value| has(words, value, str::eq_ignore_ascii_case)),
            Self::Products => forms::are_products(text),
            Self::Places => forms::are_places(text),
            Self::Versions => text.split(',').all(|version| forms::is_version(version.trim())),
            Self::Numbers => forms::is_decimal(text),
            Self::Counts => text.len() <= MAX_COUNT && forms::is_decimal(text),
        }
    }

    /// Whether a value that is not kept is one that this version does not know.
    const fn is_closed(self) -> bool {
        matches!(self, Self::Values(_))
    }
}

/// Whether the value of a field is kept as a whole.
pub(super) fn allows(field: &str, text: &str) -> bool {
    rows(field).any(|keep| keep.allows(text))
}

/// Whether any field may have this value.
pub(super) fn is_any_value(text: &str) -> bool {
    TABLE
        .iter()
        .any(|(keep, _)| matches!(keep, Keep::Values(_) | Keep::Products | Keep::Places) && keep.allows(text))
}

/// Whether the field has a text.
pub(super) fn is_text(field: &str) -> bool {
    rows(field).any(|keep| keep == Keep::Text)
}

/// Whether the field has one of a few values.
pub(super) fn is_closed(field: &str) -> bool {
    rows(field).any(Keep::is_closed)
}

/// Whether the name of a field is known. The aliases of GraphQL documents are names, too.
pub(super) fn is_known(field: &str) -> bool {
    let number = field.strip_prefix('a').unwrap_or_default();
    let is_alias = number.len() <= MAX_ALIAS && forms::is_digits(number);
    is_alias || rows(field).next().is_some()
}

/// Whether a member may have this name: that of a field, or a value, because some objects count by state.
pub(super) fn is_member(name: &str) -> bool {
    is_known(name) || is_any_value(name)
}

/// Whether the field has an id, which is replaced even if it is a number.
pub(super) fn is_id(field: &str) -> bool {
    ["id", "Id", "ID", "Ids", "_id"].iter().any(|end| field.ends_with(end))
}

/// Whether the values of a field are data of the user's programs, with names of their own.
pub(super) fn is_private(field: &str) -> bool {
    ["input", "output", "env"].contains(&field)
}

/// Whether users choose the value, even if it is a number.
pub(super) fn is_user_chosen(field: &str) -> bool {
    has(USER_CHOSEN, field, |chosen, field| chosen == field)
}

/// Whether a segment of a path is a word of the API.
pub(super) fn is_path_word(segment: &str) -> bool {
    has(PATH_WORDS, segment, |word, segment| word == segment)
}

fn rows(field: &str) -> impl Iterator<Item = Keep> {
    static BY_FIELD: LazyLock<HashMap<&str, Vec<Keep>>> = LazyLock::new(|| {
        let mut by_field: HashMap<&str, Vec<Keep>> = HashMap::new();
        let rows = TABLE
            .iter()
            .flat_map(|(keep, fields)| fields.split_ascii_whitespace().map(move |field| (field, *keep)));
        for (field, keep) in rows {
            by_field.entry(field).or_default().push(keep);
        }
        by_field
    });
    BY_FIELD.get(field).into_iter().flatten().copied()
}

fn has(words: &str, text: &str, is_same: fn(&str, &str) -> bool) -> bool {
    words.split_ascii_whitespace().any(|word| is_same(word, text))
}
