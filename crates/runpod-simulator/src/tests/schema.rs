//! The fields of each schema, and how other fields are refused.

use serde_json::{Value, json};

use super::*;

/// The read queries of Runpod's Python library.
const PYTHON_LIBRARY: [&str; 5] = [
    "query Query { myself { endpoints { aiKey gpuIds id idleTimeout name networkVolumeId locations scalerType
       scalerValue templateId type userId version workersMax workersMin workersStandby gpuCount
       env { key value } createdAt networkVolume { id dataCenterId } } } }",
    "query myPods { myself { pods { id containerDiskInGb costPerHr desiredStatus dockerArgs dockerId env gpuCount
       imageName lastStatusChange machineId memoryInGb name podType port ports uptimeSeconds vcpuCount volumeInGb
       volumeMountPath runtime { ports { ip isIpPublic privatePort publicPort type } }
       machine { gpuDisplayName } } } }",
    "query GpuTypes { gpuTypes { id displayName memoryInGb } }",
    "query GpuTypes { gpuTypes(input: {id: \"NVIDIA H100 80GB HBM3\"}) { maxGpuCount id displayName manufacturer
       memoryInGb cudaCores secureCloud communityCloud securePrice communityPrice oneMonthPrice threeMonthPrice
       oneWeekPrice communitySpotPrice secureSpotPrice
       lowestPrice(input: {gpuCount: 1}) { minimumBidPrice uninterruptablePrice } } }",
    "query myself { myself { id pubKey networkVolumes { id name size dataCenterId } } }",
];

/// Queries of a monitor of the live API.
const LIVE: [&str; 3] = [
    "query Account { myself { id email clientBalance currentSpendPerHr spendLimit minBalance underBalance
       hostBalance maxServerlessConcurrency machines { id } machineEarnings { date }
       spendDetails { localStoragePerHour networkStoragePerHour gpuComputePerHour }
       serverlessDiscount { type discountFactor expirationDate activeDiscountFactor activeWorkers }
       savingsPlans { startTime endTime planLength savingsPlanType costPerHr upfrontCost gpuTypeId podId }
       networkVolumes { id name size dataCenterId } } }",
    "query Endpoints { myself { endpoints { id name type templateId version gpuIds gpuCount instanceIds computeType
       idleTimeout scalerType scalerValue workersMin workersMax workersStandby locations networkVolumeId
       networkVolumeIds allowedCudaVersions minCudaVersion executionTimeoutMs createdAt userId flashBootType
       networkVolume { id name size dataCenterId } template { id name imageName }
       pods { id desiredStatus costPerHr aiApiId slsVersion machine { gpuTypeId dataCenterId } } } } }",
    "query Pods { myself { pods { id name desiredStatus podType costPerHr adjustedCostPerHr imageName gpuCount
       vcpuCount memoryInGb containerDiskInGb volumeInGb networkVolumeId machineId machineType createdAt
       lastStartedAt lastStatusChange uptimeSeconds locked version aiApiId
       runtime { uptimeInSeconds container { cpuPercent memoryPercent }
         gpus { id gpuUtilPercent memoryUtilPercent } ports { privatePort } }
       machine { gpuDisplayName gpuTypeId location dataCenterId secureCloud costPerHr currentPricePerGpu podHostId
         diskMBps maxDownloadSpeedMbps maintenanceNote cpuCount vcpuTotal memoryTotal }
       latestTelemetry { state time cpuUtilization memoryUtilization lastStateTransitionTimestamp
         averageGpuMetrics { percentUtilization temperatureCelcius memoryUtilization powerWatts }
         individualGpuMetrics { id percentUtilization } } } } }",
];

/// Queries of Runpod's MCP server and of Runpod Flash.
const TOOLS: [&str; 6] = [
    "{ gpuTypes { id secureCloud lowestPrice(input: { gpuCount: 1, secureCloud: true }) { stockStatus uninterruptablePrice
       gpuTypeCudaVersions { cudaVersion availability } } } }",
    "query G($price: GpuLowestPriceInput = { gpuCount: 1, dataCenterId: null, includeAiApi: true, compliance: [],
       allowedCudaVersions: [] }) { gpuTypes(input: {ids: [\"NVIDIA L40S\"]}) { lowestPrice(input: $price) { stockStatus } } }",
    "query C($cpu: CpuFlavorInput = { id: \"cpu3c\" }, $instance: SpecificsInput = { instanceId: \"cpu3c-4-8\",
       dataCenterId: \"EU-RO-1\" }) { cpuFlavors(input: $cpu) { specifics(input: $instance) { stockStatus } } }",
    "{ listings(input: {}) { id repoId title description repoName repoOwner createdAt updatedAt views stars deploys
       language category tags type listedRelease { id name tagName createdAt config build { id imageName } } } }",
    "{ allAiApiPublicConfigs { id aiApiId modelName displayName description metadata isLive createdAt updatedAt } }",
    "query F { myself { flashApps { id name flashEnvironments { id name state createdAt activeBuildId }
       flashBuilds { id createdAt } } } }",
];

const DOCUMENTED: [&str; 2] = [
    "query Account { myself { id email currentSpendPerHr clientBalance serverlessDiscount
       savingsPlans { planType startTime endTime }
       endpoints { id name status workersMin workersMax workers { ready running } queue { inQueue inProgress } }
       pods { id name desiredStatus gpuType gpuCount uptimeSeconds costPerHr } } }",
    "query Endpoint($id: String!) { endpoint(id: $id) { id name status templateId gpuType workersMin workersMax
       idleTimeout createdAt updatedAt workers { ready running pending initializing throttled }
       queue { inQueue inProgress completed failed cancelled retried }
       metrics { requestsPerMinute requestsTotal avgExecutionTimeMs p50ExecutionTimeMs p95ExecutionTimeMs
         p99ExecutionTimeMs avgColdStartTimeMs successRate errorRate } } }",
];

#[tokio::test]
async fn the_live_schema_has_the_fields_of_clients() {
    let running = Running::with_shape(Shape::Live).await;
    for document in PYTHON_LIBRARY.iter().chain(&LIVE).chain(&TOOLS) {
        running.data(document).await;
    }
    let id = running.first_endpoint();
    let one = running.data(&format!("{{ myself {{ endpoint(id: \"{id}\") {{ id name }} }} }}")).await;
    assert_eq!(one["myself"]["endpoint"]["id"], json!(id));
    let none = running
        .data("{ myself { endpoint(id: \"none\") { id } } pod(input: {podId: \"none\"}) { id } }")
        .await;
    assert_eq!(none, json!({ "myself": { "endpoint": null }, "pod": null }));
    let market = running.data("{ cpuTypes { id cores } dataCenters { id location } }").await;
    assert_eq!(market["dataCenters"][0], json!({ "id": "EU-RO-1", "location": "Romania" }));
}

#[tokio::test]
async fn products_without_stock_have_no_price() {
    let running = Running::start(&Options::default()).await;
    let price = async |input: &str| {
        let query = format!(
            "{{ gpuTypes {{ id lowestPrice(input: {{ gpuCount: 1 {input} }}) {{ stockStatus }} }} }}"
        );
        let mut data = running.data(&query).await;
        let types: Vec<Value> = serde_json::from_value(data["gpuTypes"].take()).unwrap();
        types.into_iter().filter(|gpu| gpu["lowestPrice"]["stockStatus"].is_string()).count()
    };
    let all = price("").await;
    assert!(all > 3);
    assert_eq!(price("allowedCudaVersions: []").await, all);
    assert_eq!(price("allowedCudaVersions: [\"12.4\"]").await, 0);
    let nvidia = price("allowedCudaVersions: [\"12.4\", \"12.8\"]").await;
    assert!((all - 1..=all).contains(&nvidia), "all but those of AMD: {nvidia} of {all}");
    let flavors = |input: &str| {
        format!("{{ cpuFlavors(input: {{ id: \"cpu3g\" }}) {{ id specifics{input} {{ securePrice }} }} }}")
    };
    for (input, price) in [
        ("", json!({ "securePrice": 0.03 })),
        ("(input: { instanceId: \"cpu3g-4-16\" })", json!({ "securePrice": 0.06 })),
        ("(input: { instanceId: \"cpu3g-4-8\" })", Value::Null),
        ("(input: { instanceId: \"cpu5c-4-8\" })", Value::Null),
    ] {
        let data = running.data(&flavors(input)).await;
        assert_eq!(data["cpuFlavors"], json!([{ "id": "cpu3g", "specifics": price }]), "{input}");
    }
    let id = running.first_endpoint();
    let data = running.data(&format!("{{ myself {{ endpoint(id: \"{id}\") {{ templateId }} }} }}")).await;
    let id = data["myself"]["endpoint"]["templateId"].as_str().unwrap();
    let data = running
        .data(&format!(
            "{{ podTemplate(id: \"{id}\") {{ name imageName }} none: podTemplate(id: \"x\") {{ id }} }}"
        ))
        .await;
    let rest = running.get(&format!("/rest/v2/templates/{id}")).await.json();
    assert_eq!(
        data,
        json!({ "podTemplate": { "name": rest["name"], "imageName": rest["image"] }, "none": null })
    );
}

#[tokio::test]
async fn the_documented_schema_has_the_fields_of_guides() {
    let running = Running::with_shape(Shape::Documented).await;
    let [account, endpoint] = DOCUMENTED;
    let account = running.data(account).await;
    assert!(account["myself"]["serverlessDiscount"].is_f64());
    let id = account["myself"]["endpoints"][0]["id"].clone();
    let reply = running.post(&json!({ "query": endpoint, "variables": { "id": id } }).to_string()).await;
    let endpoint = &reply.json()["data"]["endpoint"];
    let (metrics, percentile) =
        (&endpoint["metrics"], |name: &str| endpoint["metrics"][name].as_f64().unwrap());
    assert!(percentile("p50ExecutionTimeMs") <= percentile("p95ExecutionTimeMs"));
    assert!(percentile("p95ExecutionTimeMs") <= percentile("p99ExecutionTimeMs"));
    let (success, error) = (metrics["successRate"].as_f64().unwrap(), metrics["errorRate"].as_f64().unwrap());
    assert!((success + error - 1.0).abs() < 1e-9 && success > 0.9, "{metrics}");
    let id = account["myself"]["pods"][0]["id"].as_str().unwrap();
    let pod = running
        .data(&format!(
            "query Pod {{ pod(input: {{podId: \"{id}\"}}) {{ id name imageName gpuType gpuCount desiredStatus
               machineId costPerHr uptimeSeconds runtime memoryInGb vcpuCount }} gpuTypes {{ id }} }}"
        ))
        .await;
    assert!(pod["pod"]["runtime"].is_u64());
}

/// A query for each shape, and the lines that the other shape refuses.
#[tokio::test]
async fn each_missing_field_is_refused_with_its_line() {
    let documented = "query EndpointDetail($id: String!) {\n  endpoint(id: $id) {\n    id\n  }\n  myself {\n    id\n    \
                      endpoints {\n      id\n      status\n      workers {\n        ready\n      }\n    }\n    \
                      serverlessDiscount\n  }\n}";
    let running = Running::with_shape(Shape::Live).await;
    let reply = running.post(&json!({ "query": documented, "variables": { "id": "a" } }).to_string()).await;
    assert_eq!(reply.status, 400);
    let refusal = reply.json();
    assert_eq!(lines(&refusal), [2, 9, 10, 14]);
    assert_eq!(refusal.get("data"), None);
    assert_eq!(
        refusal["errors"][1],
        json!({
            "message": "Cannot query field \"status\" on type \"Endpoint\".",
            "locations": [{ "line": 9, "column": 7 }],
            "extensions": { "code": "GRAPHQL_VALIDATION_FAILED" },
        })
    );

    let running = Running::with_shape(Shape::Documented).await;
    let live = "query Account {\n  myself {\n    id\n    spendLimit\n    serverlessDiscount {\n      type\n    }\n  }\n  \
                pod(input: {podId: \"a\"}) {\n    runtime {\n      uptimeInSeconds\n    }\n    machine {\n      \
                gpuTypeId\n    }\n  }\n}";
    assert_eq!(lines(&running.graphql(live).await.json()), [4, 5, 10, 13]);
}

fn lines(refusal: &Value) -> Vec<u64> {
    let errors = refusal["errors"].as_array().unwrap();
    errors.iter().map(|error| error["locations"][0]["line"].as_u64().unwrap()).collect()
}

#[tokio::test]
async fn what_apollo_refuses_is_refused() {
    let running = Running::start(&Options::default()).await;
    let table = [
        (json!({ "query": "{ __schema { types { name } } }" }), "GRAPHQL_VALIDATION_FAILED"),
        (
            json!({ "query": "query Q { ...f } fragment f on Query { __type(name: \"Pod\") { name } }" }),
            "GRAPHQL_VALIDATION_FAILED",
        ),
        (json!({ "query": "{ myself { id" }), "GRAPHQL_PARSE_FAILED"),
        (json!({ "query": "{ pod(podId: \"a\") { id } }" }), "GRAPHQL_VALIDATION_FAILED"),
        (json!({ "query": "{ pod(input: {podId: 5}) { id } }" }), "GRAPHQL_VALIDATION_FAILED"),
        (json!({ "query": "{ myself }" }), "GRAPHQL_VALIDATION_FAILED"),
        (json!({ "query": "query Q($id: String!) { pod(input: {podId: $id}) { id } }" }), "BAD_USER_INPUT"),
        (
            json!({ "query": "query Q($id: String!) { pod(input: {podId: $id}) { id } }", "variables": { "id": 5 } }),
            "BAD_USER_INPUT",
        ),
        (
            json!({ "query": "query A { myself { id } } query B { myself { id } }" }),
            "OPERATION_RESOLUTION_FAILURE",
        ),
        (json!({ "query": "{ myself { id } }", "operationName": "A" }), "OPERATION_RESOLUTION_FAILURE"),
        (json!([{ "query": "{ myself { id } }" }]), "BAD_REQUEST"),
        (json!({ "variables": {} }), "BAD_REQUEST"),
    ];
    for (body, code) in table {
        let reply = running.post(&body.to_string()).await;
        let refusal = reply.json();
        assert_eq!(
            (reply.status, &refusal["errors"][0]["extensions"]["code"]),
            (400, &json!(code)),
            "{refusal}"
        );
        assert_eq!(refusal.get("data"), None);
    }
    assert_eq!(running.post("{not json").await.status, 400);
    assert_eq!(running.get("/graphql").await.status, 405);
    assert_eq!(running.data("{ __typename }").await, json!({ "__typename": "Query" }));
}

#[tokio::test]
async fn the_named_operation_is_executed() {
    let running = Running::start(&Options::default()).await;
    let body =
        json!({ "query": "query A { myself { id } } query B { gpuTypes { id } }", "operationName": "B" });
    let reply = running.post(&body.to_string()).await.json();
    assert!(reply["data"].get("gpuTypes").is_some(), "{reply}");
    assert_eq!(running.simulator.traffic().operation(crate::Api::Graphql, "B"), 1);
}

#[tokio::test]
async fn pods_have_every_typical_state() {
    let running = Running::start(&Options::default()).await;
    let data = running
        .data("{ myself { pods { desiredStatus gpuCount runtime { uptimeInSeconds gpus { gpuUtilPercent } } machine { gpuTypeId } } } }")
        .await;
    let pods = data["myself"]["pods"].as_array().unwrap();
    let some = |test: &dyn Fn(&Value) -> bool| assert!(pods.iter().any(test), "{data}");
    let status = |pod: &Value| pod["desiredStatus"].as_str().unwrap().to_owned();
    let busy = |pod: &Value| pod["runtime"]["gpus"][0]["gpuUtilPercent"].as_f64();
    some(&|pod| status(pod) == "RUNNING" && busy(pod) > Some(50.0));
    some(&|pod| status(pod) == "RUNNING" && busy(pod) == Some(0.0));
    some(&|pod| status(pod) == "RUNNING" && pod["runtime"].is_null());
    some(&|pod| status(pod) == "EXITED" && pod["runtime"].is_null());
    some(&|pod| status(pod) == "EXITED" && pod["runtime"].is_object());
    some(&|pod| pod["gpuCount"] == json!(0) && pod["machine"]["gpuTypeId"].is_null());
}

#[test]
fn shapes_are_parsed_and_displayed() {
    for shape in [Shape::Live, Shape::Documented] {
        assert_eq!(shape.to_string().parse(), Ok(shape));
    }
    let error = "old".parse::<Shape>().map_err(|error| error.to_string());
    assert_eq!(error, Err("unknown shape \"old\": expected live or documented".to_owned()));
}
