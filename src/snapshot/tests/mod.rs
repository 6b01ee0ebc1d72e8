//! The damage property: of each recorded answer, exactly what is damaged is lost.
//!
//! Tests of single conversions do not belong here; they are beside the conversions.

mod damage;
mod places;
mod recorded;
