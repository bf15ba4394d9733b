//! The copies of libraries that are loaded. A library that is changed in place while it is loaded would kill the process,
//! and one opened again by its old path would still be the old code; so what is loaded is a copy named by its content.

use crate::limits;
use sha2::{Digest as _, Sha256};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Letters of a hash in a file's name.
const HASH_LETTERS: usize = 64;

/// Copies the library into the folder, unless the same content is there, and says where.
pub(crate) fn copy(library: &Path, folder: &Path) -> Result<PathBuf, String> {
    let content = read(library)?;
    let copy = place(folder, &hash(&content));
    if fs::read(&copy).is_ok_and(|there| there == content) {
        return Ok(copy);
    }
    write(&copy, &content)
        .map_err(|error| format!("it cannot be copied to {}: {error}", folder.display()))?;
    Ok(copy)
}

/// Where the copy of a content lies.
pub(crate) fn place(folder: &Path, hash: &str) -> PathBuf {
    folder.join(format!("{hash}.so"))
}

/// Removes the copies of former builds. What cannot be removed does no harm.
pub(crate) fn prune(folder: &Path, keep: &[PathBuf]) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for path in entries.flatten().map(|entry| entry.path()) {
        if is_copy(&path) && !keep.contains(&path) {
            let _ = fs::remove_file(path);
        }
    }
}

/// The hash that a copy is named by; nothing when it is no copy.
pub(crate) fn hash_of(copy: &Path) -> String {
    let stem = copy.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
    if is_copy(copy) { stem.to_owned() } else { String::new() }
}

fn is_copy(path: &Path) -> bool {
    let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
    let hash = stem.len() == HASH_LETTERS && stem.bytes().all(|letter| letter.is_ascii_hexdigit());
    hash && path.extension().is_some_and(|extension| extension == "so")
}

fn read(library: &Path) -> Result<Vec<u8>, String> {
    let told = |error: io::Error| format!("{} cannot be read: {error}", library.display());
    let about = fs::metadata(library).map_err(told)?;
    if !about.is_file() {
        return Err(format!("{} is not a file", library.display()));
    }
    if about.len() > limits::LIBRARY_BYTES {
        return Err(format!("{} has more than {} bytes", library.display(), limits::LIBRARY_BYTES));
    }
    fs::read(library).map_err(told)
}

fn hash(content: &[u8]) -> String {
    Sha256::digest(content).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Written beside and renamed: a copy is whole or not there.
fn write(copy: &Path, content: &[u8]) -> io::Result<()> {
    if let Some(folder) = copy.parent() {
        fs::create_dir_all(folder)?;
    }
    let beside = copy.with_extension(format!("{}.part", std::process::id()));
    fs::write(&beside, content)?;
    fs::rename(&beside, copy)
}

#[cfg(test)]
mod tests {
    use super::{copy, prune};
    use std::fs;

    #[test]
    fn a_copy_is_named_by_its_content_and_repaired() {
        let folder = tempfile::tempdir().expect("a folder");
        let (library, cache) = (folder.path().join("a.so"), folder.path().join("cache/deep"));
        fs::write(&library, "one").expect("written");
        let first = copy(&library, &cache).expect("copied");
        fs::write(&library, "two").expect("written");
        let second = copy(&library, &cache).expect("copied");
        assert_ne!(first, second);
        fs::write(&second, "torn").expect("written");
        assert_eq!(copy(&library, &cache).expect("copied"), second);
        assert_eq!(fs::read(&second).expect("there"), b"two");
        fs::write(cache.join("mine.so"), "kept").expect("written");
        prune(&cache, std::slice::from_ref(&second));
        assert!(second.exists() && !first.exists() && cache.join("mine.so").exists());
    }

    #[test]
    fn what_is_no_file_is_told() {
        let folder = tempfile::tempdir().expect("a folder");
        for path in [folder.path().join("none.so"), folder.path().to_owned()] {
            let why = copy(&path, folder.path()).expect_err("no library");
            assert!(why.contains(&path.display().to_string()), "{why}");
        }
    }
}
