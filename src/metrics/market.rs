//! Price and availability of GPU types. Disabled by default, because they are the same for all accounts.
//!
//! Source   GraphQL `gpuTypes` without the key, REST `/catalog/gpus`, every ten minutes.

use crate::catalog::Kind::Gauge;
use crate::catalog::{Family, Labelled};
use crate::snapshot::{AccountSnapshot, ClosedSet as _, DollarsPerHour, Level};

pub(super) static FAMILIES: &[&dyn Family] = &[
    &Labelled::<AccountSnapshot, DollarsPerHour, 2> {
        name: "runpod_gpu_price_dollars_per_hour",
        help: "List price of one GPU by type and cloud; absent if not offered (GraphQL securePrice and communityPrice, REST price).",
        kind: Gauge,
        labels: ["gpu_type_id", "cloud"],
        read: |account, points| {
            for gpu in &account.market {
                for (cloud, price) in &gpu.prices {
                    points.put([&gpu.id, cloud.as_str()], *price);
                }
            }
        },
    },
    &Labelled::<AccountSnapshot, Level, 2> {
        name: "runpod_gpu_stock_level",
        help: "GPU availability by type and product: 0 none, 1 low, 2 medium, 3 high (GraphQL lowestPrice.stockStatus, REST availability).",
        kind: Gauge,
        labels: ["gpu_type_id", "product"],
        read: |account, points| {
            for gpu in &account.market {
                for (product, stock) in &gpu.stock {
                    points.put([&gpu.id, product.as_str()], stock.level());
                }
            }
        },
    },
];
