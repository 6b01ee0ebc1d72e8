//! The damage property: of each recorded answer, exactly what is damaged is lost.

mod damage;
mod places;
mod recorded;
