//! Texts of `--help`, and what is printed at the start.

use std::net::SocketAddr;

use crate::POD_PROXY_PATH as PATH;

/// What follows the flags in `--help`, with examples for a command.
pub fn details(command: &str) -> String {
    format!(
        "\
Exit codes:
  0   Stopped by SIGINT or SIGTERM
  1   Cannot start, for example because the port is in use; or a second signal
  64  Invalid flag

Examples:
  # A large account with a small REST quota
  {command} --endpoints=500 --rest-quota=60/3000/50000

  # Report finished jobs to an exporter, some of them twice
  {command} --webhook-duplicates=0.05 \\
    --webhook-url='http://127.0.0.1:10736/webhooks/jobs/{{endpoint_id}}'"
    )
}

/// How to use a simulator at this address: printed at the start.
pub fn usage(address: SocketAddr) -> String {
    format!(
        "\nA simulated Runpod API. Point an exporter at it:\n\n  \
         RUNPOD_API_KEY=any \\\n  RUNPOD_GRAPHQL_URL=http://{address}/graphql \\\n  RUNPOD_JOBS_URL=http://{address}/v2 \\\n  RUNPOD_REST_URL=http://{address}/rest/v2 \\\n  RUNPOD_POD_PROXY_URL='http://{address}{PATH}' \\\n  runpod-exporter\n\n\
         Inject a fault:  curl -X PUT http://{address}/simulator/faults -d 'graphql=bad-gateway'\n\
         Start a scene:   curl -X PUT http://{address}/simulator/scene -d 'crash-loop'\n\n"
    )
}
