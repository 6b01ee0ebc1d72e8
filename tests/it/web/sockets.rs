//! `--web.systemd-socket`: listeners that systemd opens. Its own tool for tests passes them.

use super::*;

/// The exporter, started at the first connection to one of these sockets.
fn activated(sockets: &[&str]) -> Command {
    let mut command = Command::new("systemd-socket-activate");
    command.args(sockets.iter().flat_map(|socket| ["-l", *socket]));
    command.args(["-E", "RUNPOD_API_KEY", env!("CARGO_BIN_EXE_runpod-exporter"), "--web.systemd-socket"]);
    command.args(["graphql", "rest", "jobs"].map(|api| format!("--runpod.{api}-url=http://127.0.0.1:1")));
    command.env("RUNPOD_API_KEY", KEY).stdin(Stdio::null()).stderr(Stdio::piped()).kill_on_drop(true);
    command
}

#[tokio::test]
async fn the_sockets_of_systemd_are_served() {
    let addresses = [free(), free()];
    let texts = addresses.map(|address| address.to_string());
    let _exporter = activated(&[&texts[0], &texts[1]]).spawn().unwrap();
    let begin = Instant::now();
    for address in addresses {
        let stream = loop {
            match TcpStream::connect(address).await {
                Ok(stream) => break stream,
                Err(error) => assert!(begin.elapsed() < LONG, "{error}"),
            }
            sleep(Duration::from_millis(20)).await; // polling
        };
        let (status, text) = exchange(stream, &request("GET", "/-/healthy", &[])).await.unwrap();
        assert_eq!(status, 200, "{text}");
    }
}

#[tokio::test]
async fn without_a_tcp_socket_the_start_fails_and_says_what_to_do() {
    let folder = TempDir::new().unwrap();
    let socket = folder.path().join("socket");
    let exporter = activated(&[socket.to_str().unwrap()]).spawn().unwrap();
    let begin = Instant::now();
    while tokio::net::UnixStream::connect(&socket).await.is_err() {
        assert!(begin.elapsed() < LONG, "systemd-socket-activate does not listen");
        sleep(Duration::from_millis(20)).await; // polling
    }
    let output = exporter.wait_with_output().await.unwrap();
    let text = String::from_utf8(output.stderr).unwrap();
    let expected = "--web.systemd-socket: fd 3 is not a valid tcp socket; start the exporter by a .socket unit with ListenStream=HOST:PORT, or remove the flag";
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(text.contains(expected), "{text}");
}
