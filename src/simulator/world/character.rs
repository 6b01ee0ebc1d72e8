//! The kinds of endpoints that a person meets: what each is called, how its load arrives, what its workers are like.
//!
//! Numbers only. How they play out over time is [`super::load`].

use std::time::Duration;

use super::chance;

/// How an endpoint behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Character {
    /// Constant load, workers that stay.
    Steady,
    /// A wave as over a day, with bursts on it.
    Bursty,
    /// Rare jobs; no worker between them, so most jobs see a cold start.
    ScaleToZero,
    /// The GPU it wants is out of stock most of the time.
    Throttled,
    /// One of its workers crashes whenever it starts.
    Unhealthy,
    /// Requests go straight to the workers, without a queue.
    LoadBalanced,
}

/// What makes a character. A scene may change it for a while.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::simulator) struct Profile {
    /// Names to take in turn. " -fb" is the old mark of `FlashBoot`, which people still have in their names.
    pub(in crate::simulator) names: &'static [&'static str],
    pub(in crate::simulator) load_balanced: bool,
    /// Which GPU of [`super::market::GPUS`].
    pub(in crate::simulator) gpu: usize,
    pub(in crate::simulator) gpu_count: u32,
    pub(in crate::simulator) workers_min: u32,
    pub(in crate::simulator) workers_max: u32,
    pub(in crate::simulator) workers_standby: u32,
    pub(in crate::simulator) idle_timeout: Duration,
    /// Seconds of queue delay, or requests per worker when load balanced.
    pub(in crate::simulator) scaler_value: u32,
    pub(in crate::simulator) execution_timeout: Duration,
    /// Jobs a second, at the mean.
    pub(in crate::simulator) rate: f64,
    /// How far the wave swings around the mean: 0 is flat, 1 goes down to nothing.
    pub(in crate::simulator) wave: f64,
    /// Bursts a second.
    pub(in crate::simulator) bursts: f64,
    /// How many times more jobs arrive in a burst.
    pub(in crate::simulator) burst_factor: f64,
    /// Median run of a job.
    pub(in crate::simulator) execution: Duration,
    /// Shape of its tail.
    pub(in crate::simulator) spread: f64,
    /// Pulling the image.
    pub(in crate::simulator) initializing: (Duration, Duration),
    /// Loading the model.
    pub(in crate::simulator) loading: (Duration, Duration),
    /// Chance that a worker finds no GPU when it starts.
    pub(in crate::simulator) scarcity: f64,
    /// Chance that a job fails in its handler.
    pub(in crate::simulator) failure: f64,
    /// Chance that a job takes its worker down.
    pub(in crate::simulator) crash: f64,
    /// Workers that crash whenever they start.
    pub(in crate::simulator) broken_workers: u32,
    /// Whether hosts take the GPU away from workers that are ready.
    pub(in crate::simulator) evicting: bool,
    /// Whether workers that are ready take jobs.
    pub(in crate::simulator) taking_jobs: bool,
    /// When there are new releases.
    pub(in crate::simulator) releases: Releases,
}

/// When an endpoint has new releases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::simulator) enum Releases {
    /// Some minutes after the world began, and every few hours from then on.
    Regular,
    /// Not any more.
    Ended,
    /// One now, which does not come to the workers that there are.
    Stuck,
}

/// Which kind of world.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cast {
    /// Endpoints and pods of every kind, troubled ones among them.
    Usual,
    /// Endpoints and pods with which nothing is wrong, and an account that can pay for them: the world of scenes.
    Well,
}

/// The order in which a world's endpoints get their characters.
const CYCLE: [Character; 6] = [
    Character::Steady,
    Character::Bursty,
    Character::ScaleToZero,
    Character::Throttled,
    Character::Unhealthy,
    Character::LoadBalanced,
];

/// The same where all is well.
const WELL: [Character; 3] = [Character::Steady, Character::Bursty, Character::LoadBalanced];

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

// === impl Cast ===

impl Cast {
    fn cycle(self) -> &'static [Character] {
        match self {
            Self::Usual => &CYCLE,
            Self::Well => &WELL,
        }
    }

    /// The character of the endpoint number `index`.
    pub(super) fn character(self, index: u64) -> Character {
        let cycle = self.cycle();
        let position = usize::try_from(index % cycle.len() as u64).unwrap_or_default();
        cycle.get(position).copied().unwrap_or(Character::Steady)
    }

    /// How the endpoints of a character are.
    pub(super) fn profile(self, character: Character) -> Profile {
        match self {
            Self::Usual => *character.profile(),
            Self::Well => character.profile().well(),
        }
    }

    /// The name of the endpoint number `index`: numbered once all names of its character are taken.
    pub(super) fn name(self, index: u64) -> String {
        let names = self.character(index).profile().names;
        let (round, count) = (index / self.cycle().len() as u64, names.len().max(1) as u64);
        let position = usize::try_from(round % count).unwrap_or_default();
        let name = names.get(position).copied().unwrap_or("endpoint");
        match round / count {
            0 => name.to_owned(),
            again => match name.strip_suffix(" -fb") {
                Some(bare) => format!("{bare}-{} -fb", again + 1),
                None => format!("{name}-{}", again + 1),
            },
        }
    }
}

// === impl Profile ===

/// Runs of jobs with which nobody finds fault: 95 of 100 end within three seconds, where five are too long by default.
const WELL_EXECUTION: Duration = ms(1_400);
const WELL_SPREAD: f64 = 0.3;

impl Profile {
    /// The same in an account where all is well: enough workers that stay for the highest wave, on hosts that have their
    /// GPUs, with jobs that are short and hardly ever fail.
    fn well(&self) -> Self {
        let execution = self.execution.min(WELL_EXECUTION);
        let busy = chance::scale(execution, self.rate * (1.0 + self.wave));
        let spare = 1 + u32::try_from(busy.as_secs()).unwrap_or_default();
        Self {
            workers_min: 1 + spare,
            bursts: 0.0,
            execution,
            spread: self.spread.min(WELL_SPREAD),
            scarcity: 0.0,
            failure: self.failure.min(0.004),
            crash: 0.0,
            broken_workers: 0,
            releases: Releases::Ended,
            ..*self
        }
    }
}

// === impl Character ===

impl Character {
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn names_are_numbered_once_all_are_taken() {
        for cast in [Cast::Usual, Cast::Well] {
            let names: BTreeSet<String> = (0..500).map(|index| cast.name(index)).collect();
            assert_eq!((names.len(), cast.name(0).as_str()), (500, "llama-3-70b"));
        }
        assert_eq!(Cast::Usual.name(25), "sdxl-turbo-2 -fb");
    }

    #[test]
    fn workers_can_carry_the_mean_load() {
        for character in CYCLE {
            let profile = character.profile();
            if character == Character::Throttled {
                continue; // that it cannot is its character
            }
            let busy = profile.rate * (1.0 + profile.wave) * profile.execution.as_secs_f64();
            assert!(busy < f64::from(profile.workers_max), "{character:?}: {busy}");
        }
    }

    #[test]
    fn where_all_is_well_the_workers_that_stay_carry_the_highest_wave() {
        for character in WELL {
            let profile = Cast::Well.profile(character);
            let busy = profile.rate * (1.0 + profile.wave) * profile.execution.as_secs_f64();
            assert!(busy + 1.0 <= f64::from(profile.workers_min), "{character:?}: {busy}");
            assert!(profile.workers_min < profile.workers_max, "{character:?}");
        }
    }
}
