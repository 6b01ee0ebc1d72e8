//! Pods: the list, and single pods for the fields that the list does not have.

use crate::graphql::document::{Document, Field, Form};
use crate::operation::Operation;

/// The list of pods.
pub(in crate::graphql) static PODS: Document = Document {
    operation: Operation::Pods,
    name: "Pods",
    optional: false,
    root: Field::with(
        "myself",
        &[Form::Object(&[Field::with(
            "pods",
            &[Form::Object(&[
                Field::scalar("id"),
                Field::scalar("name"),
                Field::scalar("desiredStatus"),
                Field::scalar("podType"),
                Field::scalar("imageName"),
                Field::scalar("costPerHr"),
                Field::scalar("gpuType"), // documented shape; the live shape has it in `machine`
                Field::scalar("gpuCount"),
                Field::scalar("vcpuCount"),
                Field::scalar("memoryInGb"),
                Field::scalar("containerDiskInGb"),
                Field::scalar("volumeInGb"),
                Field::scalar("uptimeSeconds"),
                Field::with(
                    "machine",
                    &[Form::Object(&[
                        Field::scalar("gpuTypeId"),
                        Field::scalar("dataCenterId"),
                        Field::scalar("secureCloud"),
                    ])],
                ),
                // An object in the live shape, seconds in the documented one.
                Field::with(
                    "runtime",
                    &[
                        Form::Object(&[
                            Field::scalar("uptimeInSeconds"),
                            Field::with(
                                "container",
                                &[Form::Object(&[
                                    Field::scalar("cpuPercent"),
                                    Field::scalar("memoryPercent"),
                                ])],
                            ),
                            Field::with(
                                "gpus",
                                &[Form::Object(&[
                                    Field::scalar("id"),
                                    Field::scalar("gpuUtilPercent"),
                                    Field::scalar("memoryUtilPercent"),
                                ])],
                            ),
                            Field::with(
                                "ports",
                                &[Form::Object(&[
                                    Field::scalar("ip"),
                                    Field::scalar("isIpPublic"),
                                    Field::scalar("privatePort"),
                                    Field::scalar("publicPort"),
                                    Field::scalar("type"),
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
                        &[Form::Object(&[Field::scalar("temperatureCelcius"), Field::scalar("powerWatts")])],
                    )])],
                ),
            ])],
        )])],
    ),
};

/// Single pods, for the fields that the list of the documented shape does not have.
pub(in crate::graphql) static POD_DETAIL: Document = Document {
    operation: Operation::PodDetail,
    name: "PodDetail",
    optional: true,
    root: Field::with(
        "pod",
        &[Form::Object(&[
            Field::scalar("imageName"),
            Field::scalar("vcpuCount"),
            Field::scalar("memoryInGb"),
        ])],
    ),
};
