//! Metrics of a vLLM server, under the names that vLLM gives them.

use super::text::Page;
use crate::world::Serving;

const MODEL: &str = "model_name=\"meta-llama/Llama-3.1-8B-Instruct\",engine=\"0\"";

/// A histogram of latencies: the upper bounds of its buckets in seconds, the shares of fast and of slow answers within each, and
/// the means of both.
struct Latency {
    name: &'static str,
    help: &'static str,
    buckets: &'static [(&'static str, f64, f64)],
    means: (f64, f64),
}

const LATENCIES: [Latency; 3] = [
    Latency {
        name: "vllm:e2e_request_latency_seconds",
        help: "Time from the arrival of a request to the end of its answer, in seconds.",
        buckets: &[
            ("0.5", 0.02, 0.0),
            ("1.0", 0.12, 0.0),
            ("1.5", 0.3, 0.01),
            ("2.0", 0.52, 0.03),
            ("2.5", 0.7, 0.06),
            ("5.0", 0.97, 0.35),
            ("10.0", 1.0, 0.82),
            ("15.0", 1.0, 0.95),
            ("20.0", 1.0, 0.99),
            ("30.0", 1.0, 1.0),
        ],
        means: (2.1, 6.9),
    },
    Latency {
        name: "vllm:time_to_first_token_seconds",
        help: "Time from the arrival of a request to the first token of its answer, in seconds.",
        buckets: &[
            ("0.02", 0.01, 0.0),
            ("0.04", 0.15, 0.0),
            ("0.08", 0.62, 0.02),
            ("0.1", 0.8, 0.05),
            ("0.25", 0.98, 0.18),
            ("0.5", 1.0, 0.4),
            ("1.0", 1.0, 0.72),
            ("2.5", 1.0, 0.97),
            ("5.0", 1.0, 1.0),
        ],
        means: (0.08, 0.82),
    },
    Latency {
        name: "vllm:request_queue_time_seconds",
        help: "Time that a request waited, in seconds.",
        buckets: &[
            ("0.3", 1.0, 0.28),
            ("0.5", 1.0, 0.45),
            ("1.0", 1.0, 0.76),
            ("2.5", 1.0, 0.98),
            ("5.0", 1.0, 1.0),
        ],
        means: (0.01, 0.68),
    },
];

pub(super) fn metrics(serving: &Serving) -> String {
    let Serving {
        running,
        waiting,
        cache,
        prompt_tokens,
        generated_tokens,
        finished: (fast, slow),
        cut,
        preemptions,
    } = *serving;
    let mut page = Page::default();
    let mut value = |name: &str, kind, help, value| {
        page.family(name, kind, help);
        page.sample(name, MODEL, value);
    };
    value("vllm:num_requests_running", "gauge", "Number of requests that run.", running);
    value("vllm:num_requests_waiting", "gauge", "Number of requests that wait.", waiting);
    value(
        "vllm:kv_cache_usage_perc",
        "gauge",
        "Used share of the cache for keys and values; 1 is full.",
        cache,
    );
    value("vllm:num_preemptions_total", "counter", "Number of interrupted requests.", preemptions);
    value("vllm:prompt_tokens_total", "counter", "Number of tokens of prompts.", prompt_tokens);
    value("vllm:generation_tokens_total", "counter", "Number of generated tokens.", generated_tokens);
    let success = "vllm:request_success_total";
    page.family(success, "counter", "Number of requests that ended, by reason.");
    for (reason, ended) in [("stop", fast + slow - cut), ("length", cut), ("abort", 0.0)] {
        page.sample(success, &format!("{MODEL},finished_reason=\"{reason}\""), ended);
    }
    for Latency { name, help, buckets, means } in LATENCIES {
        page.family(name, "histogram", help);
        let bucket = format!("{name}_bucket");
        for (bound, of_fast, of_slow) in buckets {
            let within = (of_fast * fast).floor() + (of_slow * slow).floor();
            page.sample(&bucket, &format!("{MODEL},le=\"{bound}\""), within);
        }
        page.sample(&bucket, &format!("{MODEL},le=\"+Inf\""), fast + slow);
        page.sample(&format!("{name}_sum"), MODEL, means.0 * fast + means.1 * slow);
        page.sample(&format!("{name}_count"), MODEL, fast + slow);
    }
    page.finish()
}
