//! One source laid over another: what the first says counts, and the second fills in.

use crate::snapshot::{Account, Facts, Load, Money, Pod, Reported, Workers};

pub(super) trait Overlay: Sized {
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

/// A list counts as a whole: two sources name its elements differently.
impl<T> Overlay for Vec<T> {
    fn over(self, under: Self) -> Self {
        if self.is_empty() { under } else { self }
    }
}

/// What something is called, in the words of the first that knows it.
impl Overlay for String {
    fn over(self, under: Self) -> Self {
        if self.is_empty() { under } else { self }
    }
}

impl<K: Ord, V> Overlay for std::collections::BTreeMap<K, V> {
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
    execution,
    delay,
    execution_avg,
    cold_start_avg,
    requests_per_second,
    success_ratio,
    error_ratio,
});
overlay!(Account {
    balance,
    spend,
    spend_limit,
    spend_components,
    workers_quota,
    serverless_discount,
    savings_plans,
});
overlay!(Pod {
    id,
    name,
    status,
    kind,
    image,
    gpu_type_id,
    cloud,
    data_center_id,
    cost,
    gpu_count,
    vcpu_count,
    memory,
    container_disk,
    volume,
    uptime,
    cpu_utilization,
    memory_utilization,
    gpus,
    gpu_temperature,
    gpu_power,
    billed,
});
overlay!(Money { day, month });
