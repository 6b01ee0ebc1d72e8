//! `simulate`: the simulated Runpod alone, until a signal.

use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;

use clock::Clock;
use runpod_simulator::rest::RestOptions;
use runpod_simulator::webhooks::{WebhookOptions, WebhookUrl};
use runpod_simulator::{Options, Retirement, Simulator};

use super::failure::Failure;
use super::listen::listen;
use super::output::{print, raise_open_files};
use super::signal;
use crate::cli;
use crate::telemetry;

pub(super) async fn run(flags: cli::Simulate, clock: Arc<dyn Clock>) -> Result<ExitCode, Failure> {
    telemetry::start(&flags.log.level, flags.log.format)?;
    raise_open_files();
    let listener = listen(&flags.listen).await?;
    print(how_to_use(listener.local_addr()?).as_bytes())?;
    let options = options(flags.world, flags.key, flags.webhook_url);
    let simulator = Simulator::new(&options, clock);
    simulator.serve(listener, signal::shutdown()?).await?;
    Ok(ExitCode::SUCCESS)
}

/// What is simulated, from what was typed.
pub(super) fn options(world: cli::World, key: Option<String>, webhook: Option<WebhookUrl>) -> Options {
    let cli::World {
        shape,
        seed,
        endpoints,
        pods,
        machines,
        delay,
        graphql_retires_after,
        rest_quota,
        rest_forbid,
        scenes,
        faults,
        webhooks,
    } = world;
    let cli::SimulatedWebhooks { webhook_duplicates, webhook_disorder, webhook_output } = webhooks;
    let webhooks = webhook.map(|url| WebhookOptions {
        duplicates: webhook_duplicates,
        disorder: webhook_disorder,
        output: webhook_output,
        ..WebhookOptions::new(url)
    });
    let graphql_retires = graphql_retires_after.map(Retirement::After);
    let forbidden = rest_forbid.into_iter().collect();
    let rest = RestOptions { quota: rest_quota, forbidden, ..RestOptions::default() };
    let metrics_key = None;
    Options {
        shape,
        seed,
        endpoints,
        pods,
        machines,
        delay,
        key,
        metrics_key,
        faults,
        graphql_retires,
        rest,
        webhooks,
        scenes,
    }
}

fn how_to_use(address: SocketAddr) -> String {
    format!(
        "\nA simulated Runpod API. Point an exporter at it:\n\n  \
         RUNPOD_API_KEY=any \\\n  RUNPOD_GRAPHQL_URL=http://{address}/graphql \\\n  RUNPOD_JOBS_URL=http://{address}/v2 \\\n  RUNPOD_REST_URL=http://{address}/rest/v2 \\\n  runpod-exporter\n\n\
         Inject a fault:  curl -X PUT http://{address}/simulator/faults -d 'graphql=bad-gateway'\n\
         Start a scene:   curl -X PUT http://{address}/simulator/scene -d 'crash-loop'\n\n"
    )
}
