//! Metrics of NVIDIA's DCGM exporter, under its names.

use super::text::Page;
use crate::world::{Gpu, Usage};

pub(super) fn metrics(usage: &Usage, gpu: Option<&Gpu>) -> String {
    let mut page = Page::default();
    let model = gpu.map_or("", |gpu| gpu.id);
    let labels: Vec<String> = usage
        .gpus
        .iter()
        .zip(0_u32..)
        .map(|(gpu, index)| format!("gpu=\"{index}\",UUID=\"{}\",modelName=\"{model}\"", gpu.id))
        .collect();
    let mut family = |name, help, values: Vec<f64>| {
        page.family(name, "gauge", help);
        for (labels, value) in labels.iter().zip(values) {
            page.sample(name, labels, value);
        }
    };
    let of = |value: fn(&crate::world::GpuUsage) -> f64| usage.gpus.iter().map(value).collect();
    family("DCGM_FI_DEV_GPU_UTIL", "GPU utilization in percent.", of(|gpu| gpu.busy));
    family("DCGM_FI_DEV_GPU_TEMP", "GPU temperature in degrees Celsius.", of(|gpu| gpu.temperature));
    family("DCGM_FI_DEV_POWER_USAGE", "Power draw in watts.", of(|gpu| gpu.power));
    page.finish()
}
