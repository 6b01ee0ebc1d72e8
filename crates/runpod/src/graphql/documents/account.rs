//! Balance, spend, limits, discount and savings plans.

use crate::graphql::document::{Document, Field, Form};
use crate::operation::Operation;

/// The account of the key.
pub(in crate::graphql) static ACCOUNT: Document = Document {
    operation: Operation::Account,
    name: "Account",
    optional: false,
    root: Field::with(
        "myself",
        &[Form::Object(&[
            Field::scalar("clientBalance"),
            Field::scalar("currentSpendPerHr"),
            Field::scalar("spendLimit"),
            Field::scalar("maxServerlessConcurrency"),
            Field::with(
                "spendDetails",
                &[Form::Object(&[
                    Field::scalar("gpuComputePerHour"),
                    Field::scalar("localStoragePerHour"),
                    Field::scalar("networkStoragePerHour"),
                ])],
            ),
            // An object in the live shape, a number in the documented one.
            Field::with(
                "serverlessDiscount",
                &[
                    Form::Object(&[Field::scalar("discountFactor"), Field::scalar("activeDiscountFactor")]),
                    Form::Scalar,
                ],
            ),
            Field::with(
                "savingsPlans",
                &[Form::Object(&[
                    Field::scalar("id"),
                    Field::scalar("podId"),
                    Field::scalar("gpuTypeId"),
                    Field::scalar("savingsPlanType"), // live
                    Field::scalar("planType"),        // documented
                    Field::scalar("startTime"),
                    Field::scalar("endTime"),
                ])],
            ),
        ])],
    ),
};
