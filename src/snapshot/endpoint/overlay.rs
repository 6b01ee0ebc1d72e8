//! One source laid over another: what the first says counts, and the second fills in.

use super::{Facts, Load, Reported, Workers};

pub(in crate::snapshot) trait Overlay: Sized {
    /// `self` where it says something, else `under`.
    fn over(self, under: Self) -> Self;
}

impl<T> Overlay for Option<T> {
    fn over(self, under: Self) -> Self {
        self.or(under)
    }
}

/// Field by field. A field that is forgotten here does not compile.
macro_rules! overlay {
    ($type:ident { $($field:ident),* $(,)? }) => {
        impl Overlay for $type {
            fn over(self, under: Self) -> Self {
                Self { $($field: self.$field.over(under.$field)),* }
            }
        }
    };
}

impl Overlay for bool {
    fn over(self, under: Self) -> Self {
        self || under
    }
}

impl Overlay for std::collections::BTreeMap<&'static str, f64> {
    fn over(self, mut under: Self) -> Self {
        under.extend(self);
        under
    }
}

overlay!(Facts {
    listed,
    kind,
    compute,
    gpu_types,
    data_centers,
    flashboot,
    scaler,
    template_id,
    status,
    workers_min,
    workers_max,
    workers_standby,
    idle_timeout,
    execution_timeout,
    created,
    reported,
});
overlay!(Load { queue_depth, in_progress, totals, workers });
overlay!(Workers { ready, running, idle, initializing, throttled, unhealthy, pending });
overlay!(Reported {
    execution_p50,
    execution_p95,
    execution_p99,
    execution_avg,
    cold_start_avg,
    requests_per_second,
    success_ratio,
    error_ratio,
});
