//! Serverless endpoints: the list, and single endpoints for the fields that the list does not have.

use crate::graphql::document::{Document, Field, Form};
use crate::operation::Operation;

// Fields of the documented shape, in the list or in the single endpoint.

const WORKERS: Field = Field::with(
    "workers",
    &[Form::Object(&[
        Field::scalar("ready"),
        Field::scalar("running"),
        Field::scalar("idle"),
        Field::scalar("initializing"),
        Field::scalar("throttled"),
        Field::scalar("unhealthy"),
        Field::scalar("pending"),
    ])],
);

const QUEUE: Field = Field::with(
    "queue",
    &[Form::Object(&[
        Field::scalar("inQueue"),
        Field::scalar("inProgress"),
        Field::scalar("completed"),
        Field::scalar("failed"),
        Field::scalar("cancelled"),
        Field::scalar("retried"),
    ])],
);

const METRICS: Field = Field::with(
    "metrics",
    &[Form::Object(&[
        Field::scalar("requestsPerMinute"),
        Field::scalar("avgExecutionTimeMs"),
        Field::scalar("p50ExecutionTimeMs"),
        Field::scalar("p95ExecutionTimeMs"),
        Field::scalar("p99ExecutionTimeMs"),
        Field::scalar("avgColdStartTimeMs"),
        Field::scalar("successRate"),
        Field::scalar("errorRate"),
    ])],
);

/// The list of endpoints.
pub(in crate::graphql) static ENDPOINTS: Document = Document {
    operation: Operation::Endpoints,
    name: "Endpoints",
    optional: false,
    root: Field::with(
        "myself",
        &[Form::Object(&[Field::with(
            "endpoints",
            &[Form::Object(&[
                Field::scalar("id"),
                Field::scalar("name"),
                Field::scalar("type"),
                Field::scalar("status"),
                Field::scalar("templateId"),
                Field::scalar("computeType"),
                Field::scalar("gpuIds"),
                Field::scalar("gpuType"),
                Field::scalar("locations"),
                Field::scalar("flashBootType"),
                Field::scalar("scalerType"),
                Field::scalar("workersMin"),
                Field::scalar("workersMax"),
                Field::scalar("workersStandby"),
                Field::scalar("idleTimeout"),
                Field::scalar("executionTimeoutMs"),
                Field::scalar("createdAt"),
                // There may be thousands of workers: only the fields that their cost needs.
                Field::with(
                    "pods",
                    &[Form::Object(&[Field::scalar("desiredStatus"), Field::scalar("costPerHr")])],
                ),
                WORKERS,
                QUEUE,
                METRICS,
            ])],
        )])],
    ),
};

/// Only what the reads of single endpoints need. Every server has these fields, so that it needs no negotiation.
pub(in crate::graphql) static ENDPOINT_IDS: Document = Document {
    operation: Operation::Endpoints,
    name: "Endpoints",
    optional: true,
    root: Field::with(
        "myself",
        &[Form::Object(&[Field::with(
            "endpoints",
            &[Form::Object(&[Field::scalar("id"), Field::scalar("name")])],
        )])],
    ),
};

/// Single endpoints. Only the documented shape has them.
pub(in crate::graphql) static ENDPOINT_DETAIL: Document = Document {
    operation: Operation::EndpointDetail,
    name: "EndpointDetail",
    optional: true,
    root: Field::with(
        "endpoint",
        &[Form::Object(&[
            Field::scalar("status"),
            Field::scalar("templateId"),
            Field::scalar("gpuType"),
            Field::scalar("workersMin"),
            Field::scalar("workersMax"),
            Field::scalar("idleTimeout"),
            Field::scalar("createdAt"),
            WORKERS,
            QUEUE,
            METRICS,
        ])],
    ),
};
