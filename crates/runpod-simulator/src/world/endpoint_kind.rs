//! The kinds of endpoints that a world has, and the parameters of each.
//!
//! How the parameters play out over time does not belong here.

use std::time::Duration;

use super::profile::{Profile, Releases};

/// A typical kind of endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum EndpointKind {
    /// Constant load, and workers that keep running.
    Steady,
    /// Load in waves, with bursts.
    Bursty,
    /// Rare jobs and no worker between them, so most jobs have a cold start.
    ScaleToZero,
    /// Its GPU is out of stock most of the time.
    Throttled,
    /// One of its workers crashes on every start.
    Unhealthy,
    /// Requests go directly to the workers, without a queue.
    LoadBalanced,
}

const fn s(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

const fn ms(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

static STEADY: Profile = Profile {
    names: &["llama-3-70b", "qwen-2-5-72b", "mistral-small", "gemma-3-27b"],
    load_balanced: false,
    gpu: 4,
    gpu_count: 1,
    workers_min: 2,
    workers_max: 6,
    workers_standby: 2,
    idle_timeout: s(60),
    scaler_value: 4,
    execution_timeout: s(600),
    rate: 0.8,
    wave: 0.15,
    bursts: 0.0,
    burst_factor: 1.0,
    execution: ms(2_800),
    spread: 0.5,
    initializing: (s(20), s(45)),
    loading: (s(15), s(40)),
    scarcity: 0.02,
    failure: 0.004,
    crash: 0.0005,
    broken_workers: 0,
    evicting: false,
    taking_jobs: true,
    releases: Releases::Regular,
};

static BURSTY: Profile = Profile {
    names: &["sdxl-turbo -fb", "flux-schnell -fb", "upscale-4x", "background-removal -fb"],
    load_balanced: false,
    gpu: 1,
    gpu_count: 1,
    workers_min: 1,
    workers_max: 8,
    workers_standby: 3,
    idle_timeout: s(10),
    scaler_value: 2,
    execution_timeout: s(120),
    rate: 0.7,
    wave: 0.8,
    bursts: 1.0 / 240.0,
    burst_factor: 4.5,
    execution: ms(1_400),
    spread: 0.35,
    initializing: (s(8), s(20)),
    loading: (s(4), s(9)),
    scarcity: 0.05,
    failure: 0.01,
    crash: 0.001,
    broken_workers: 0,
    evicting: false,
    taking_jobs: true,
    releases: Releases::Regular,
};

static SCALE_TO_ZERO: Profile = Profile {
    names: &["whisper-large", "tts-nightly", "ocr-invoices", "thumbnail-batch"],
    load_balanced: false,
    gpu: 0,
    gpu_count: 1,
    workers_min: 0,
    workers_max: 3,
    workers_standby: 1,
    idle_timeout: s(5),
    scaler_value: 4,
    execution_timeout: s(300),
    rate: 0.012,
    wave: 0.5,
    bursts: 1.0 / 1_800.0,
    burst_factor: 10.0,
    execution: s(12),
    spread: 0.6,
    initializing: (s(15), s(40)),
    loading: (s(6), s(14)),
    scarcity: 0.03,
    failure: 0.02,
    crash: 0.004,
    broken_workers: 0,
    evicting: false,
    taking_jobs: true,
    releases: Releases::Regular,
};

static THROTTLED: Profile = Profile {
    names: &["mixtral-8x22b", "deepseek-v3", "llama-405b", "video-gen-14b"],
    load_balanced: false,
    gpu: 6,
    gpu_count: 1,
    workers_min: 0,
    workers_max: 4,
    workers_standby: 1,
    idle_timeout: s(30),
    scaler_value: 4,
    execution_timeout: s(600),
    rate: 0.06,
    wave: 0.3,
    bursts: 0.0,
    burst_factor: 1.0,
    execution: s(16),
    spread: 0.4,
    initializing: (s(40), s(90)),
    loading: (s(30), s(60)),
    scarcity: 0.8,
    failure: 0.01,
    crash: 0.002,
    broken_workers: 0,
    evicting: false,
    taking_jobs: true,
    releases: Releases::Regular,
};

static UNHEALTHY: Profile = Profile {
    names: &["comfyui-flux -fb", "lora-trainer", "custom-rag", "face-swap -fb"],
    load_balanced: false,
    gpu: 2,
    gpu_count: 1,
    workers_min: 1,
    workers_max: 5,
    workers_standby: 1,
    idle_timeout: s(30),
    scaler_value: 4,
    execution_timeout: s(60),
    rate: 0.3,
    wave: 0.4,
    bursts: 0.0,
    burst_factor: 1.0,
    execution: ms(5_500),
    spread: 0.8,
    initializing: (s(12), s(25)),
    loading: (s(8), s(16)),
    scarcity: 0.03,
    failure: 0.07,
    crash: 0.01,
    broken_workers: 1,
    evicting: false,
    taking_jobs: true,
    releases: Releases::Regular,
};

static LOAD_BALANCED: Profile = Profile {
    names: &["embeddings-bge", "reranker-v2", "llm-gateway", "moderation"],
    load_balanced: true,
    gpu: 0,
    gpu_count: 1,
    workers_min: 1,
    workers_max: 4,
    workers_standby: 1,
    idle_timeout: s(60),
    scaler_value: 4,
    execution_timeout: s(330),
    rate: 2.5,
    wave: 0.4,
    bursts: 0.0,
    burst_factor: 1.0,
    execution: ms(180),
    spread: 0.4,
    initializing: (s(10), s(20)),
    loading: (s(5), s(9)),
    scarcity: 0.02,
    failure: 0.002,
    crash: 0.0002,
    broken_workers: 0,
    evicting: false,
    taking_jobs: true,
    releases: Releases::Regular,
};

// === impl EndpointKind ===

impl EndpointKind {
    pub(super) fn profile(self) -> &'static Profile {
        match self {
            Self::Steady => &STEADY,
            Self::Bursty => &BURSTY,
            Self::ScaleToZero => &SCALE_TO_ZERO,
            Self::Throttled => &THROTTLED,
            Self::Unhealthy => &UNHEALTHY,
            Self::LoadBalanced => &LOAD_BALANCED,
        }
    }
}
