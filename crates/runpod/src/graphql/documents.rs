//! The documents: everything that either GraphQL shape can give and the exporter has a use for.
//!
//! Fields come from the published schema (`graphql-spec.runpod.io`), from the monitoring guides, and from what clients in
//! use select. Secrets are never among them: no `aiKey`, `apiKey`, `env`, `email`.

use super::document::{Document, Field, Form};
use crate::operation::Operation;

const fn field(name: &'static str) -> Field {
    Field::scalar(name)
}

/// Balance, spend, limits, discount and savings plans of the account behind the key.
pub(super) static ACCOUNT: Document = Document {
    operation: Operation::Account,
    name: "Account",
    optional: false,
    root: Field::with(
        "myself",
        &[Form::Object(&[
            field("clientBalance"),
            field("currentSpendPerHr"),
            field("spendLimit"),
            field("maxServerlessConcurrency"),
            Field::with(
                "spendDetails",
                &[Form::Object(&[
                    field("gpuComputePerHour"),
                    field("localStoragePerHour"),
                    field("networkStoragePerHour"),
                ])],
            ),
            // An object with the factor in force (live), or a bare number (documented).
            Field::with(
                "serverlessDiscount",
                &[Form::Object(&[field("discountFactor"), field("activeDiscountFactor")]), Form::Scalar],
            ),
            Field::with(
                "savingsPlans",
                &[Form::Object(&[
                    field("id"),
                    field("podId"),
                    field("gpuTypeId"),
                    field("savingsPlanType"), // live
                    field("planType"),        // documented
                    field("startTime"),
                    field("endTime"),
                ])],
            ),
        ])],
    ),
};

/// What both the list and the single endpoint of the documented shape may say of load and latency.
const WORKERS: Field = Field::with(
    "workers",
    &[Form::Object(&[
        field("ready"),
        field("running"),
        field("idle"),
        field("initializing"),
        field("throttled"),
        field("unhealthy"),
        field("pending"),
    ])],
);

const QUEUE: Field = Field::with(
    "queue",
    &[Form::Object(&[
        field("inQueue"),
        field("inProgress"),
        field("completed"),
        field("failed"),
        field("cancelled"),
        field("retried"),
    ])],
);

const METRICS: Field = Field::with(
    "metrics",
    &[Form::Object(&[
        field("requestsPerMinute"),
        field("avgExecutionTimeMs"),
        field("p50ExecutionTimeMs"),
        field("p95ExecutionTimeMs"),
        field("p99ExecutionTimeMs"),
        field("avgColdStartTimeMs"),
        field("successRate"),
        field("errorRate"),
    ])],
);

/// The list of endpoints.
pub(super) static ENDPOINTS: Document = Document {
    operation: Operation::Endpoints,
    name: "Endpoints",
    optional: false,
    root: Field::with(
        "myself",
        &[Form::Object(&[Field::with(
            "endpoints",
            &[Form::Object(&[
                field("id"),
                field("name"),
                field("type"),
                field("status"),
                field("templateId"),
                field("computeType"),
                field("gpuIds"),
                field("gpuType"),
                field("locations"),
                field("flashBootType"),
                field("scalerType"),
                field("workersMin"),
                field("workersMax"),
                field("workersStandby"),
                field("idleTimeout"),
                field("executionTimeoutMs"),
                field("createdAt"),
                WORKERS,
                QUEUE,
                METRICS,
            ])],
        )])],
    ),
};

/// Single endpoints of the documented shape, for what the list does not give.
pub(super) static ENDPOINT_DETAIL: Document = Document {
    operation: Operation::EndpointDetail,
    name: "EndpointDetail",
    optional: true,
    root: Field::with(
        "endpoint",
        &[Form::Object(&[
            field("status"),
            field("templateId"),
            field("gpuType"),
            field("workersMin"),
            field("workersMax"),
            field("idleTimeout"),
            field("createdAt"),
            WORKERS,
            QUEUE,
            METRICS,
        ])],
    ),
};

/// The list of pods.
pub(super) static PODS: Document = Document {
    operation: Operation::Pods,
    name: "Pods",
    optional: false,
    root: Field::with(
        "myself",
        &[Form::Object(&[Field::with(
            "pods",
            &[Form::Object(&[
                field("id"),
                field("name"),
                field("desiredStatus"),
                field("podType"),
                field("imageName"),
                field("costPerHr"),
                field("gpuType"), // documented; the live shape has it under machine
                field("gpuCount"),
                field("vcpuCount"),
                field("memoryInGb"),
                field("containerDiskInGb"),
                field("volumeInGb"),
                field("uptimeSeconds"),
                Field::with(
                    "machine",
                    &[Form::Object(&[field("gpuTypeId"), field("dataCenterId"), field("secureCloud")])],
                ),
                // An object (live), or seconds (documented).
                Field::with(
                    "runtime",
                    &[
                        Form::Object(&[
                            field("uptimeInSeconds"),
                            Field::with(
                                "container",
                                &[Form::Object(&[field("cpuPercent"), field("memoryPercent")])],
                            ),
                            Field::with(
                                "gpus",
                                &[Form::Object(&[
                                    field("id"),
                                    field("gpuUtilPercent"),
                                    field("memoryUtilPercent"),
                                ])],
                            ),
                        ]),
                        Form::Scalar,
                    ],
                ),
                Field::with(
                    "latestTelemetry",
                    &[Form::Object(&[Field::with(
                        "averageGpuMetrics",
                        &[Form::Object(&[field("temperatureCelcius"), field("powerWatts")])],
                    )])],
                ),
            ])],
        )])],
    ),
};

/// Single pods, for the facts that the documented list does not give.
pub(super) static POD_DETAIL: Document = Document {
    operation: Operation::PodDetail,
    name: "PodDetail",
    optional: true,
    root: Field::with("pod", &[Form::Object(&[field("imageName"), field("vcpuCount"), field("memoryInGb")])]),
};

/// The network volumes.
pub(super) static VOLUMES: Document = Document {
    operation: Operation::Volumes,
    name: "Volumes",
    optional: false,
    root: Field::with(
        "myself",
        &[Form::Object(&[Field::with(
            "networkVolumes",
            &[Form::Object(&[field("id"), field("name"), field("size"), field("dataCenterId")])],
        )])],
    ),
};

/// GPU types. Without a key the API takes no variables, so that the arguments stand in the document.
pub(super) static GPU_TYPES: Document = Document {
    operation: Operation::Gpus,
    name: "GpuTypes",
    optional: false,
    root: Field::with(
        "gpuTypes",
        &[Form::Object(&[
            field("id"),
            field("securePrice"),
            field("communityPrice"),
            Field::with("lowestPrice", &[Form::Object(&[field("stockStatus")])])
                .given("(input: {gpuCount: 1})"),
        ])],
    ),
};

/// The machines of a host. Those who only rent have none.
pub(super) static HOST: Document = Document {
    operation: Operation::Host,
    name: "Host",
    optional: false,
    root: Field::with(
        "myself",
        &[Form::Object(&[
            field("hostBalance"),
            Field::with(
                "machines",
                &[Form::Object(&[
                    field("id"),
                    field("name"),
                    field("gpuTypeId"),
                    field("location"),
                    field("listed"),
                    field("verified"),
                    field("maintenanceMode"),
                    field("gpuTotal"),
                    field("gpuReserved"),
                    field("vcpuTotal"),
                    field("vcpuReserved"),
                    field("diskTotal"),
                    field("diskReserved"),
                    field("hostPricePerGpu"),
                    field("uptimePercentListedOneWeek"),
                    field("uptimePercentListedFourWeek"),
                    field("uptimePercentListedTwelveWeek"),
                    Field::with(
                        "machineBalance",
                        &[Form::Object(&[field("hostGpuEarnings"), field("hostDiskEarnings")])],
                    ),
                ])],
            ),
            Field::with(
                "machineEarnings",
                &[Form::Object(&[
                    field("date"),
                    field("machineId"),
                    field("hostGpuEarnings"),
                    field("hostDiskEarnings"),
                ])],
            ),
        ])],
    ),
};

#[cfg(test)]
mod tests {
    use super::super::document::Selection;
    use super::*;

    #[test]
    fn no_document_asks_for_a_secret() {
        let documents =
            [&ACCOUNT, &ENDPOINTS, &ENDPOINT_DETAIL, &PODS, &POD_DETAIL, &VOLUMES, &GPU_TYPES, &HOST];
        for document in documents {
            let text = Selection::default().print(document, &[]).text.to_lowercase();
            for secret in ["key", "env", "email", "secret", "token", "ssh", "password"] {
                assert!(!text.contains(secret), "{} asks for {secret}:\n{text}", document.name);
            }
        }
    }
}
