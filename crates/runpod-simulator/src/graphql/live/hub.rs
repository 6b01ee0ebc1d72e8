//! What Runpod publishes: repositories in the Hub, and public endpoints. They need no key.

use serde::Serialize;
use serde_json::json;

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Listing {
    id: &'static str,
    repo_id: &'static str,
    title: &'static str,
    description: &'static str,
    repo_name: &'static str,
    repo_owner: &'static str,
    created_at: &'static str,
    updated_at: &'static str,
    views: u32,
    stars: u32,
    deploys: u32,
    language: &'static str,
    category: &'static str,
    tags: [&'static str; 1],
    #[serde(rename = "type")]
    kind: &'static str,
    listed_release: Release,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Release {
    id: &'static str,
    name: &'static str,
    tag_name: &'static str,
    created_at: &'static str,
    /// JSON.
    config: String,
    build: Build,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Build {
    id: &'static str,
    image_name: &'static str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PublicEndpoint {
    id: &'static str,
    ai_api_id: &'static str,
    model_name: &'static str,
    display_name: &'static str,
    description: &'static str,
    /// JSON.
    metadata: String,
    is_live: bool,
    created_at: &'static str,
    updated_at: &'static str,
}

const CREATED: &str = "2026-03-02T09:00:00.000Z";
const UPDATED: &str = "2026-10-21T16:30:00.000Z";

pub(super) fn listings() -> [Listing; 2] {
    let listing = |id, title, repo_name, category, kind, image_name, deploys| Listing {
        id,
        repo_id: "r0000001",
        title,
        description: "A simulated repository",
        repo_name,
        repo_owner: "runpod-workers",
        created_at: CREATED,
        updated_at: UPDATED,
        views: 20 * deploys,
        stars: deploys / 10,
        deploys,
        language: "Python",
        category,
        tags: [category],
        kind,
        listed_release: Release {
            id: "rel00001",
            name: "1.0.0",
            tag_name: "v1.0.0",
            created_at: UPDATED,
            config: json!({ "runsOn": "GPU", "containerDiskInGb": 20, "env": [] }).to_string(),
            build: Build { id: "bld00001", image_name },
        },
    };
    [
        listing(
            "hub0vllm",
            "vLLM",
            "worker-vllm",
            "language",
            "SERVERLESS",
            "runpod/worker-v1-vllm:v2.11.0",
            9_100,
        ),
        listing(
            "hub0comf",
            "ComfyUI",
            "worker-comfyui",
            "image",
            "POD",
            "runpod/worker-comfyui:5.5.0-flux1-dev",
            4_700,
        ),
    ]
}

pub(super) fn public_endpoints() -> [PublicEndpoint; 2] {
    let endpoint = |id, name, model_name, source, is_live| PublicEndpoint {
        id,
        ai_api_id: id,
        model_name,
        display_name: name,
        description: "A simulated public endpoint",
        metadata:
            json!({ "source": source, "owner": "example", "tag": "demo", "priceString": "$0.01 per job" })
                .to_string(),
        is_live,
        created_at: CREATED,
        updated_at: UPDATED,
    };
    [
        endpoint("qwen3-32b-awq", "Qwen3 32B", "Qwen/Qwen3-32B-AWQ", "language", true),
        endpoint("flux-dev", "Flux Dev", "black-forest-labs/FLUX.1-dev", "image", false),
    ]
}
