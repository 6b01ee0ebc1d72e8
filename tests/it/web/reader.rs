//! `--http.config.file`: how `check` reads an exporter that is protected. amtool takes the same file.

use runpod_exporter::testing::config::{Inputs, http_client};
use runpod_simulator::Options;

use super::*;
use crate::command::{Ended, command, end, reading};
use crate::support::{Upstream, write_secret};

const PASSWORD: &str = "correct horse";

/// `check` accepts an example, with the files that the test has.
pub(crate) fn accepts(example: &str) {
    let folder = TempDir::new().unwrap();
    let operator = Authority::new().sign(&[]);
    for (name, text) in [
        ("ca.pem", &*operator.certificate),
        ("operator.pem", &operator.certificate),
        ("operator.key", &operator.key.serialize_pem()),
        ("password", "correct horse"),
        ("client.yml", example),
    ] {
        write_secret(folder.path().join(name), text);
    }
    let read = http_client(&folder.path().join("client.yml"), &Inputs::default());
    assert!(read.is_ok(), "{example}: {}", read.unwrap_err());
}

/// An exporter that requires TLS, a client certificate and a login, and what its clients need.
struct Closed {
    upstream: Upstream,
    exporter: Protected,
}

impl Closed {
    async fn start() -> Self {
        let upstream = Upstream::start(Options { endpoints: 1, pods: 1, ..Options::default() }).await;
        let authority = Authority::new();
        let server = authority.sign(&[loopback()]);
        let person = authority.sign(&[dns("operator")]);
        let hash = bcrypt::hash(PASSWORD, 4).unwrap();
        let yaml = format!(
            "tls_server_config: {{cert_file: server.pem, key_file: server.key, client_auth_type: RequireAndVerifyClientCert, client_ca_file: ca.pem}}\nbasic_auth_users: {{operator: \"{hash}\"}}\n"
        );
        let write = |folder: &Path| {
            write_secret(folder.join("server.key"), server.key.serialize_pem());
            write_secret(folder.join("operator.key"), person.key.serialize_pem());
            write_secret(folder.join("password"), format!("{PASSWORD}\n"));
            for (name, text) in [
                ("server.pem", &server.certificate),
                ("operator.pem", &person.certificate),
                ("ca.pem", &authority.pem()),
            ] {
                std::fs::write(folder.join(name), text).unwrap();
            }
        };
        let exporter = Protected::start_at("127.0.0.1", upstream.address, &yaml, write, &[]).await;
        Self { upstream, exporter }
    }

    /// Writes the file of a client. Returns the flag.
    fn client(&self, yaml: &str) -> String {
        let path = self.exporter.folder.path().join("client.yml");
        write_secret(&path, yaml);
        format!("--http.config.file={}", path.display())
    }

    fn url(&self) -> String {
        format!("https://{}", self.exporter.main)
    }
}

const CERTIFICATES: &str = "tls_config: {ca_file: ca.pem, cert_file: operator.pem, key_file: operator.key}\n";

fn complete() -> String {
    format!("{CERTIFICATES}basic_auth: {{username: operator, password_file: password}}\n")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_protected_exporter_is_read_with_what_it_requires_and_the_error_names_what_is_missing() {
    let closed = Closed::start().await;
    let flag = closed.client(&complete());
    let from = format!("--from={}", closed.url());
    let read = async |flag: &str| end(command(&["check", &from, flag])).await;

    // The exporter reads Runpod by itself at its start.
    let mut ended = read(&flag).await;
    let begin = Instant::now();
    while ended.code == 3 && ended.stderr.contains("it has no data yet") {
        assert!(begin.elapsed() < LONG, "{}", ended.stderr);
        ended = read(&flag).await;
    }
    assert!(ended.code < 3 && ended.stderr.is_empty(), "{}{}", ended.stdout, ended.stderr);
    assert!(ended.stdout.contains(&format!("from the exporter at {}", closed.url())), "{}", ended.stdout);

    for (yaml, message) in [
        ("", "its certificate is not trusted"),
        ("tls_config: {ca_file: ca.pem}", "it requires a client certificate; set tls_config.cert_file"),
        (CERTIFICATES, "it requires a login; write it to the file of --http.config.file"),
        (&complete().replace("operator, ", "nobody, "), "it does not accept the login in the file"),
    ] {
        let Ended { code, stdout, stderr } = read(&closed.client(yaml)).await;
        assert_eq!((code, &*stdout, stderr.lines().count()), (3, "", 1), "{yaml}: {stderr}");
        assert!(stderr.contains(message), "{yaml}: {stderr}");
        assert!(!stderr.contains(PASSWORD), "{stderr}");
    }
    let Ended { code, stderr, .. } = read(&closed.client("tls_config: {ca_file: none.pem}")).await;
    assert_eq!((code, stderr.contains("tls_config: ca_file: cannot read")), (64, true), "{stderr}");
    let skipped = complete().replace("ca_file: ca.pem", "insecure_skip_verify: true");
    let Ended { code, stderr, .. } = read(&closed.client(&skipped)).await;
    assert!(code < 3, "{stderr}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_exporter_on_this_machine_that_requires_a_login_is_named_and_read_with_one() {
    let closed = Closed::start().await;
    let listen = format!("--web.listen-address={}", closed.exporter.main);
    let check =
        async |flag: &str| end(reading(&["check", "--duration=0s", &listen, flag], &closed.upstream)).await;
    let flag = closed.client(CERTIFICATES);
    let Ended { code, stdout, stderr } = check(&flag).await;
    assert!(code < 3, "{stderr}");
    let url = closed.url();
    let words: String = stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    let notice = format!("The exporter at {url}/ was not read: it requires a login or a certificate.");
    assert!(words.contains(&notice), "{stdout}");
    let advice = format!("runpod-exporter check --from={url}/ --http.config.file=FILE");
    assert!(words.contains(&advice), "{stdout}");
    let Ended { stdout, .. } = check(&closed.client(&complete())).await;
    assert!(!stdout.contains("was not read"), "{stdout}");
}

/// The exporter has nothing that amtool reads: what passes is answered with 404.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn amtool_takes_the_same_file() {
    let closed = Closed::start().await;
    let url = format!("--alertmanager.url={}", closed.url());
    let query = async |flag: &str| {
        let mut amtool = Command::new("amtool");
        amtool.args([&url, flag, "alert", "query"]);
        String::from_utf8(amtool.output().await.unwrap().stderr).unwrap()
    };
    // amtool 0.25 looks for relative paths in another folder.
    let folder = closed.exporter.folder.path().display().to_string();
    let absolute = |yaml: &str| yaml.replace("_file: ", &format!("_file: {folder}/"));
    let answer = query(&closed.client(&absolute(&complete()))).await;
    assert!(answer.contains("404"), "{answer}");
    let answer = query(&closed.client(&absolute(CERTIFICATES))).await;
    assert!(answer.contains("401"), "{answer}");
}
