//! What packages install besides the program: man pages, completions, an example of the configuration file.

use super::*;

async fn printed(args: &[&str]) -> String {
    let Ended { code, stdout, stderr } = end(command(args)).await;
    assert_eq!((code, stderr.as_str()), (0, ""), "{args:?}");
    stdout
}

#[tokio::test]
async fn the_example_of_the_configuration_is_valid_and_never_overwrites() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("runpod.yml");
    let path = file.to_str().unwrap();
    assert_eq!(printed(&["config", "init", path]).await, "");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), printed(&["config", "init"]).await);

    let mut check = command(&["--config.check", "--config.file", path, "--web.listen-address=127.0.0.1:0"]);
    check.env("RUNPOD_API_KEY", KEY);
    let Ended { code, stdout, stderr } = end(check).await;
    assert_eq!((code, stdout.as_str()), (0, "the configuration is valid; accounts: default\n"), "{stderr}");

    std::fs::write(&file, "mine").unwrap();
    let Ended { code, stderr, .. } = end(command(&["config", "init", path])).await;
    assert_eq!((code, stderr.lines().count()), (1, 1), "{stderr}");
    assert!(stderr.contains(&format!("cannot write {path}: ")), "{stderr}");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "mine");
}

#[tokio::test]
async fn every_command_has_a_man_page() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("man1");
    assert_eq!(printed(&["man", "--dir", dir.to_str().unwrap()]).await, "");
    let mut names: Vec<_> =
        std::fs::read_dir(&dir).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    let help = printed(&["--help"]).await;
    let commands =
        help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    for name in commands.filter_map(|line| line.split_whitespace().next()).filter(|name| *name != "help") {
        let file = format!("runpod-exporter-{name}.1");
        assert!(names.iter().any(|found| *found == *file), "{file} is not in {names:?}");
        assert_eq!(std::fs::read_to_string(dir.join(&file)).unwrap(), printed(&["man", name]).await);
    }
    let page = printed(&["man", "config", "init"]).await;
    assert!(page.contains("runpod\\-exporter config init"), "{page}");

    let Ended { code, stderr, .. } = end(command(&["man", "chekc"])).await;
    assert_eq!((code, stderr.lines().count()), (64, 1), "{stderr}");
    assert!(stderr.contains("no command chekc; use one of serve, "), "{stderr}");
}

#[tokio::test]
async fn shells_complete_commands_flags_and_values() {
    for (shell, has_values) in
        [("bash", true), ("zsh", true), ("fish", true), ("elvish", false), ("powershell", false)]
    {
        let script = printed(&["completions", shell]).await;
        for word in ["check", "config.file"].into_iter().chain(has_values.then_some("no-capacity")) {
            assert!(script.contains(word), "{shell}: no {word}");
        }
    }
    let Ended { code, stderr, .. } = end(command(&["completions", "ksh"])).await;
    assert_eq!((code, stderr.lines().count()), (64, 1), "{stderr}");
}
