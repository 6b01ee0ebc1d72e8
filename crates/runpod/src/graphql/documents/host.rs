//! The account as a host: machines that other users rent, and their earnings.

use crate::graphql::document::{Document, Field, Form};
use crate::operation::Operation;

/// The machines and earnings. An account that is not a host has none.
pub(in crate::graphql) static HOST: Document = Document {
    operation: Operation::Host,
    name: "Host",
    optional: false,
    root: Field::with(
        "myself",
        &[Form::Object(&[
            Field::scalar("hostBalance"),
            Field::with(
                "machines",
                &[Form::Object(&[
                    Field::scalar("id"),
                    Field::scalar("name"),
                    Field::scalar("gpuTypeId"),
                    Field::scalar("location"),
                    Field::scalar("listed"),
                    Field::scalar("verified"),
                    Field::scalar("maintenanceMode"),
                    Field::scalar("gpuTotal"),
                    Field::scalar("gpuReserved"),
                    Field::scalar("vcpuTotal"),
                    Field::scalar("vcpuReserved"),
                    Field::scalar("diskTotal"),
                    Field::scalar("diskReserved"),
                    Field::scalar("hostPricePerGpu"),
                    Field::scalar("uptimePercentListedOneWeek"),
                    Field::scalar("uptimePercentListedFourWeek"),
                    Field::scalar("uptimePercentListedTwelveWeek"),
                    Field::with(
                        "machineBalance",
                        &[Form::Object(&[
                            Field::scalar("hostGpuEarnings"),
                            Field::scalar("hostDiskEarnings"),
                        ])],
                    ),
                ])],
            ),
            Field::with(
                "machineEarnings",
                &[Form::Object(&[
                    Field::scalar("date"),
                    Field::scalar("machineId"),
                    Field::scalar("hostGpuEarnings"),
                    Field::scalar("hostDiskEarnings"),
                ])],
            ),
        ])],
    ),
};
