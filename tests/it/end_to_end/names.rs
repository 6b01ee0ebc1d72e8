//! Names are not unique: two volumes, endpoints or alerts of one name count as two on every dashboard.

use std::fs;
use std::process::Command;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::board::boards;
use super::history;

/// Two objects of one name, with different numbers.
const SERIES: &[(&str, u64)] = &[
    (
        r#"runpod_network_volume_size_bytes{account="a",volume_id="vol1",volume_name="models",data_center_id="EU-RO-1"}"#,
        100,
    ),
    (
        r#"runpod_network_volume_size_bytes{account="a",volume_id="vol2",volume_name="models",data_center_id="EU-RO-1"}"#,
        400,
    ),
    (
        r#"runpod_network_volume_size_bytes{account="a",volume_id="vol3",volume_name="data",data_center_id="EU-RO-1"}"#,
        50,
    ),
    (
        r#"runpod_network_volume_billed_month_dollars{account="a",volume_id="vol1",volume_name="models",data_center_id="EU-RO-1"}"#,
        7,
    ),
    (
        r#"runpod_network_volume_billed_month_dollars{account="a",volume_id="vol2",volume_name="models",data_center_id="EU-RO-1"}"#,
        28,
    ),
    (
        r#"runpod_network_volume_billed_day_dollars{account="a",volume_id="vol1",volume_name="models",data_center_id="EU-RO-1"}"#,
        1,
    ),
    (
        r#"runpod_network_volume_billed_day_dollars{account="a",volume_id="vol2",volume_name="models",data_center_id="EU-RO-1"}"#,
        2,
    ),
    (
        r#"runpod_workers_placed{account="a",endpoint_id="e1",endpoint_name="llm",gpu_type_id="x",data_center_id="d",state="running"}"#,
        3,
    ),
    (
        r#"runpod_workers_placed{account="a",endpoint_id="e2",endpoint_name="llm",gpu_type_id="x",data_center_id="d",state="running"}"#,
        2,
    ),
    (
        r#"runpod_finding{account="a",endpoint_id="e1",endpoint_name="llm",finding="queue_deep",severity="warning"}"#,
        1,
    ),
    (
        r#"runpod_finding{account="a",endpoint_id="e2",endpoint_name="llm",finding="queue_deep",severity="warning"}"#,
        1,
    ),
    (
        r#"ALERTS{alertname="RunpodQueueDeep",alertstate="firing",severity="warning",account="a",endpoint_id="e1",endpoint_name="llm"}"#,
        1,
    ),
    (
        r#"ALERTS{alertname="RunpodQueueDeep",alertstate="firing",severity="warning",account="a",endpoint_id="e2",endpoint_name="llm"}"#,
        1,
    ),
    (
        r#"ALERTS{alertname="RunpodPodIdle",alertstate="firing",severity="warning",account="b",pod_id="p1",pod_name="gpu"}"#,
        1,
    ),
    (
        r#"ALERTS{alertname="RunpodPodIdle",alertstate="firing",severity="warning",account="b",pod_id="p2",pod_name="gpu"}"#,
        1,
    ),
    (r#"runpod_pod_cost_dollars_per_hour{account="a",pod_id="p1",pod_name="gpu"}"#, 2),
    (r#"runpod_pod_cost_dollars_per_hour{account="a",pod_id="p2",pod_name="gpu"}"#, 3),
];

/// The queries of a panel: their sum and their number of rows.
const EXPECTED: &[(&str, &str, u64, u64)] = &[
    ("runpod-cost", "Network volumes", 550, 1),
    ("runpod-cost", "Network volumes", 550, 3),
    ("runpod-cost", "Network volumes", 3, 2),
    ("runpod-cost", "Network volumes", 35, 2),
    ("runpod-endpoint", "Worker locations", 5, 2),
    ("runpod-endpoint", "Findings", 2, 2),
    ("runpod-overview", "Active alerts", 4, 4),
    ("runpod-pods", "Cost", 5, 1),
];

#[test]
fn objects_of_one_name_are_counted_separately() {
    let mut tests: Vec<Value> = Vec::new();
    let boards = boards();
    let mut used = Vec::new();
    for (uid, title, sum, rows) in EXPECTED {
        let board = boards.iter().find(|board| board.uid == *uid).unwrap();
        let position = used.iter().filter(|name| *name == &(uid, title)).count();
        used.push((uid, title));
        let query = board.queries.iter().filter(|query| query.panel == *title).nth(position).unwrap();
        let expr = query.expression(&board.everything(), history::span());
        for (function, value) in [("sum", sum), ("count", rows)] {
            let samples = json!([{"labels": "{}", "value": value}]);
            tests.push(
                json!({"expr": format!("{function}({expr})"), "eval_time": "1m", "exp_samples": samples}),
            );
        }
    }
    let series =
        SERIES.iter().map(|(series, value)| json!({"series": series, "values": format!("{value}x5")}));
    let test =
        json!({"interval": "1m", "input_series": series.collect::<Vec<_>>(), "promql_expr_test": tests});
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("names.json"); // JSON is YAML
    fs::write(&file, json!({"rule_files": [], "tests": [test]}).to_string()).unwrap();
    let output = Command::new("promtool").args(["test", "rules"]).arg(&file).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
