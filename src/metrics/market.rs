//! Price and availability of GPU and CPU types. Disabled by default, because they are the same for all accounts.
//!
//! Source   GraphQL `gpuTypes` without the key, REST `/catalog/gpus`, `/catalog/cpus` and `/catalog/datacenters`, every ten minutes.

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
            for gpu in &account.market.gpus {
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
            for gpu in &account.market.gpus {
                for (product, stock) in &gpu.stock {
                    points.put([&gpu.id, product.as_str()], stock.level());
                }
            }
        },
    },
    &Labelled::<AccountSnapshot, DollarsPerHour, 2> {
        name: "runpod_cpu_price_dollars_per_hour",
        help: "List price of one virtual CPU by type and cloud; absent if not offered (REST catalog/cpus price).",
        kind: Gauge,
        labels: ["cpu_type_id", "cloud"],
        read: |account, points| {
            for cpu in &account.market.cpus {
                for (cloud, price) in &cpu.prices {
                    points.put([&cpu.id, cloud.as_str()], *price);
                }
            }
        },
    },
    &Labelled::<AccountSnapshot, Level, 2> {
        name: "runpod_cpu_stock_level",
        help: "CPU availability by type and product: 0 none, 1 low, 2 medium, 3 high (REST catalog/cpus availability).",
        kind: Gauge,
        labels: ["cpu_type_id", "product"],
        read: |account, points| {
            for cpu in &account.market.cpus {
                for (product, stock) in &cpu.stock {
                    points.put([&cpu.id, product.as_str()], stock.level());
                }
            }
        },
    },
    &Labelled::<AccountSnapshot, Level, 2> {
        name: "runpod_data_center_gpu_stock_level",
        help: "GPU availability in a data center: 0 none, 1 low, 2 medium, 3 high (REST catalog/datacenters gpuAvailability).",
        kind: Gauge,
        labels: ["data_center_id", "gpu_type_id"],
        read: |account, points| {
            for center in &account.market.data_centers {
                for (gpu, stock) in &center.gpus {
                    points.put([&center.id, gpu], stock.level());
                }
            }
        },
    },
    &Labelled::<AccountSnapshot, Level, 2> {
        name: "runpod_data_center_cpu_stock_level",
        help: "CPU availability in a data center: 0 none, 1 low, 2 medium, 3 high (REST catalog/datacenters cpuAvailability).",
        kind: Gauge,
        labels: ["data_center_id", "cpu_type_id"],
        read: |account, points| {
            for center in &account.market.data_centers {
                for (cpu, stock) in &center.cpus {
                    points.put([&center.id, cpu], stock.level());
                }
            }
        },
    },
];
