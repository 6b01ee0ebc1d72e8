//! The folders in which a change can replace a file: those of the file and of each symbolic link on the way to it.
//!
//! git-sync replaces a link to a folder, Kubernetes a link between two links, editors the file, an administrator a folder.
//! A watch on the file itself would see none of these.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::ffi::OsString;
use std::fs::Metadata;
use std::path::{Component, Path, PathBuf};

/// Maximum number of links on the way to a file, as in Linux.
const MAX_LINKS: usize = 40;

/// The identity of a folder: one that was removed and made again is another.
type Identity = Option<(u64, u64)>;

/// The way to some files.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Trail {
    /// The existing folders to watch.
    folders: BTreeMap<PathBuf, Identity>,
    /// The entries of these folders on which the files depend, and the folders themselves.
    entries: BTreeSet<PathBuf>,
}

impl Trail {
    /// The way to these files as it is now. It ends where an entry is missing.
    pub(super) fn of(files: &[PathBuf]) -> Self {
        let mut trail = Self::default();
        for file in files {
            trail.follow(file);
        }
        trail
    }

    /// The folders to watch.
    pub(super) fn folders(&self) -> impl Iterator<Item = &Path> {
        self.folders.keys().map(PathBuf::as_path)
    }

    /// Whether the files depend on this entry.
    pub(super) fn has(&self, entry: &Path) -> bool {
        self.entries.contains(entry)
    }

    fn follow(&mut self, file: &Path) {
        let mut left: VecDeque<OsString> = parts(file);
        let (mut at, mut links) = (root(file), 0);
        while let Some(part) = left.pop_front() {
            if part == ".." {
                at.pop();
                continue;
            }
            let entry = at.join(&part);
            match std::fs::symlink_metadata(&entry) {
                Ok(metadata) if metadata.is_symlink() && links < MAX_LINKS => {
                    self.watch(&at, &entry);
                    links += 1;
                    let Ok(target) = std::fs::read_link(&entry) else { return };
                    if target.has_root() {
                        at = root(&target);
                    }
                    let mut target = parts(&target);
                    target.append(&mut left);
                    left = target;
                }
                Ok(metadata) if metadata.is_dir() && !left.is_empty() => {
                    // The folder itself may be replaced; its parent is watched only if it is the last one, because the
                    // folders above, such as `/tmp`, have many events.
                    if left.len() == 1 {
                        self.watch(&at, &entry);
                    }
                    at = entry;
                }
                // The file, or what is missing.
                _ => return self.watch(&at, &entry),
            }
        }
    }

    fn watch(&mut self, folder: &Path, entry: &Path) {
        let identity = std::fs::metadata(folder).ok().and_then(|metadata| identity(&metadata));
        self.folders.insert(folder.to_owned(), identity);
        self.entries.insert(folder.to_owned());
        self.entries.insert(entry.to_owned());
    }
}

/// Where an absolute path begins.
fn root(path: &Path) -> PathBuf {
    path.components().take_while(|part| matches!(part, Component::Prefix(_) | Component::RootDir)).collect()
}

/// The parts of a path after its root.
fn parts(path: &Path) -> VecDeque<OsString> {
    let named = |part: &Component<'_>| matches!(part, Component::Normal(_) | Component::ParentDir);
    path.components().filter(named).map(|part| part.as_os_str().to_owned()).collect()
}

#[cfg(unix)]
#[expect(clippy::unnecessary_wraps, reason = "the same signature as on Windows")]
fn identity(metadata: &Metadata) -> Identity {
    use std::os::unix::fs::MetadataExt as _;
    Some((metadata.dev(), metadata.ino()))
}

#[cfg(not(unix))]
const fn identity(_: &Metadata) -> Identity {
    None
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    /// The folders and entries of the way to a file, relative to a folder.
    fn trail(base: &Path, file: &str) -> (Vec<String>, Vec<String>) {
        let trail = Trail::of(&[base.join(file)]);
        let relative = |path: &Path| {
            path.strip_prefix(base)
                .ok()
                .map(|path| path.display().to_string())
                .filter(|path| !path.is_empty())
        };
        let folders: Vec<_> = trail.folders().filter_map(relative).collect();
        let entries =
            trail.entries.iter().filter_map(|path| relative(path)).filter(|path| !folders.contains(path));
        (folders.clone(), entries.collect())
    }

    #[test]
    fn every_link_on_the_way_is_watched() {
        let folder = tempfile::tempdir().unwrap();
        let base = folder.path().canonicalize().unwrap();
        for made in ["trees/a", "config/..2026", "deep/er"] {
            std::fs::create_dir_all(base.join(made)).unwrap();
        }
        for file in ["trees/a/runpod.yml", "config/..2026/runpod.yml", "deep/er/file", "plain"] {
            std::fs::write(base.join(file), "").unwrap();
        }
        symlink("trees/a", base.join("current")).unwrap();
        symlink("..2026", base.join("config/..data")).unwrap();
        symlink("..data/runpod.yml", base.join("config/runpod.yml")).unwrap();
        symlink(base.join("deep"), base.join("absolute")).unwrap();
        symlink("circle", base.join("circle")).unwrap();

        let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        for (file, folders, entries) in [
            ("plain", &[][..], &["plain"][..]),
            ("current/runpod.yml", &["trees", "trees/a"], &["current", "trees/a/runpod.yml"]),
            (
                "config/runpod.yml",
                &["config", "config/..2026"],
                &["config/..2026/runpod.yml", "config/..data", "config/runpod.yml"],
            ),
            ("absolute/er/file", &["deep", "deep/er"], &["absolute", "deep/er/file"]),
            ("deep/../plain", &[], &["plain"]),
            ("deep/missing/file", &["deep"], &["deep/missing"]),
            ("nowhere/missing/file", &[], &["nowhere"]),
            ("circle/file", &[], &["circle"]),
        ] {
            assert_eq!(trail(&base, file), (owned(folders), owned(entries)), "{file}");
        }
    }

    #[test]
    fn a_folder_that_was_made_again_is_another() {
        let folder = tempfile::tempdir().unwrap();
        let (inner, file) = (folder.path().join("inner"), folder.path().join("inner/file"));
        let make = || {
            std::fs::create_dir(&inner).unwrap();
            std::fs::write(&file, "").unwrap();
        };
        make();
        let before = Trail::of(std::slice::from_ref(&file));
        assert_eq!(Trail::of(std::slice::from_ref(&file)), before);
        std::fs::rename(&inner, folder.path().join("old")).unwrap();
        make();
        assert_ne!(Trail::of(std::slice::from_ref(&file)), before);
    }
}
