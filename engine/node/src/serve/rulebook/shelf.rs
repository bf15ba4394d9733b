//! The files of the scripts' folder: which there are, what they say, and putting another text in the place of one, whole
//! or not at all. Nothing outside of the folder is ever read or written.

use hark_http::rulebook::ScriptRefusal;
use sha2::{Digest, Sha256};
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Component, Path, PathBuf};

/// Largest script, in bytes: what the policy room loads.
pub(super) const LARGEST: u64 = 1 << 20;
/// Longest name of a script, in characters.
const NAME_LIMIT: usize = 100;
/// Deepest folder below the scripts' own that is looked into.
const DEPTH: usize = 4;
/// Most scripts that are listed.
const MOST: usize = 1000;
/// Digits of a version.
const VERSION_DIGITS: usize = 12;
/// Folders that are no admin's: stubs for editors, and what `hark script new` begins with.
const NOT_OURS: [&str; 3] = ["api", "templates", "reference"];
/// Folder of the tests.
pub(super) const TESTS: &str = "test/";

/// The version of a text: the first digits of its SHA-256.
pub(super) fn version_of(text: &str) -> String {
    let digest = Sha256::digest(text);
    let mut version: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    version.truncate(VERSION_DIGITS);
    version
}

/// Names of all scripts below a folder, with `/` between their parts, sorted.
pub(super) fn names(root: &Path) -> Vec<String> {
    let mut names = Vec::new();
    gather(root, "", DEPTH, &mut names);
    names.sort();
    names
}

fn gather(folder: &Path, before: &str, depth: usize, names: &mut Vec<String>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let Ok(name) = entry.file_name().into_string() else { continue };
        let (path, whole) = (entry.path(), format!("{before}{name}"));
        if names.len() == MOST || name.starts_with('.') {
            continue;
        }
        if path.is_dir() && depth > 0 && !NOT_OURS.contains(&whole.as_str()) {
            gather(&path, &format!("{whole}/"), depth - 1, names);
        } else if is_script(&name) && path.is_file() {
            names.push(whole);
        }
    }
}

fn is_script(name: &str) -> bool {
    name.ends_with(".lua") || name.ends_with(".luau")
}

/// Whether a name can be a script's.
///
/// # Errors
/// It cannot: why.
pub(super) fn check_name(name: &str) -> Result<(), ScriptRefusal> {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "_-.".contains(letter);
    let part = |part: &str| !part.is_empty() && !part.starts_with('.') && part.chars().all(plain);
    let fits = name.len() <= NAME_LIMIT && is_script(name) && name.split('/').all(part);
    let first = name.split('/').next().unwrap_or_default();
    if fits && name.split('/').count() <= DEPTH && !NOT_OURS.contains(&first) {
        return Ok(());
    }
    let why = "a script's name is letters, digits, '_', '-' and '.', ends in .lua, and may lie in a folder: test/vip.lua";
    Err(ScriptRefusal::BadName(why.to_owned()))
}

/// The text of a script.
///
/// # Errors
/// There is none, or it cannot be read.
pub(super) fn read(root: &Path, name: &str) -> Result<String, ScriptRefusal> {
    let path = confined(root, name)?;
    match fs::metadata(&path) {
        Ok(metadata) if metadata.len() > LARGEST => Err(ScriptRefusal::TooLarge(LARGEST)),
        Ok(metadata) if metadata.is_file() => {
            fs::read_to_string(&path).map_err(|error| failed("read", &path, &error))
        }
        Ok(_) => Err(ScriptRefusal::NotFound),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Err(ScriptRefusal::NotFound),
        Err(error) => Err(failed("read", &path, &error)),
    }
}

/// When a script was written last, in milliseconds since 1970.
pub(super) fn written_at(root: &Path, name: &str) -> Option<u64> {
    let modified = fs::metadata(confined(root, name).ok()?).ok()?.modified().ok()?;
    let since = modified.duration_since(std::time::UNIX_EPOCH).ok()?;
    u64::try_from(since.as_millis()).ok()
}

/// The path of a script that lies under the root, links followed.
fn confined(root: &Path, name: &str) -> Result<PathBuf, ScriptRefusal> {
    let inside = Path::new(name).components().all(|part| matches!(part, Component::Normal(_)));
    if !inside || !is_script(name) {
        return Err(ScriptRefusal::NotFound);
    }
    let path = root.join(name);
    match (fs::canonicalize(&path), fs::canonicalize(root)) {
        (Ok(real), Ok(root)) if !real.starts_with(&root) => Err(ScriptRefusal::NotFound),
        (Ok(real), _) => Ok(real),
        (Err(_), _) => Ok(path),
    }
}

/// A text that lies beside its place, and takes it when told so.
pub(super) struct Ready {
    beside: PathBuf,
    place: PathBuf,
}

impl Ready {
    /// The text is in its place from now on.
    ///
    /// # Errors
    /// The system does not let us; then the old text stays.
    pub(super) fn put(self) -> Result<(), ScriptRefusal> {
        let folder = self.place.parent().unwrap_or(Path::new("."));
        let moved = fs::rename(&self.beside, &self.place).and_then(|()| File::open(folder)?.sync_all());
        moved.map_err(|error| failed("write", &self.place, &error))
    }

    /// It is not wanted any more.
    pub(super) fn drop_it(self) {
        // What stays behind is a hidden file that nobody loads.
        let _ = fs::remove_file(&self.beside);
    }
}

/// Writes a text beside the place that it is to take.
///
/// # Errors
/// The system does not let us.
pub(super) fn lay(root: &Path, name: &str, text: &str) -> Result<Ready, ScriptRefusal> {
    lay_at(confined(root, name)?, text)
}

/// As [`lay`], for a file of our own.
///
/// # Errors
/// The system does not let us.
pub(super) fn lay_at(place: PathBuf, text: &str) -> Result<Ready, ScriptRefusal> {
    let folder = place.parent().unwrap_or(Path::new("."));
    let file = place.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let beside = folder.join(format!(".{file}.new"));
    let write = || -> io::Result<()> {
        fs::create_dir_all(folder)?;
        let mut new = File::create(&beside)?;
        new.write_all(text.as_bytes())?;
        if let Ok(old) = fs::metadata(&place) {
            fs::set_permissions(&beside, old.permissions())?;
        }
        new.sync_all()
    };
    write().map_err(|error| failed("write", &place, &error))?;
    Ok(Ready { beside, place })
}

/// The system did not let us.
pub(super) fn failed(doing: &str, path: &Path, error: &io::Error) -> ScriptRefusal {
    ScriptRefusal::Failed(format!("cannot {doing} {}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_nowhere_else() {
        for name in ["a.lua", "test/a.lua", "lib/b-c/d.luau"] {
            assert_eq!(check_name(name), Ok(()), "{name}");
        }
        let long = format!("{}.lua", "a".repeat(100));
        let odd =
            ["", "a", "a.txt", "../a.lua", "/a.lua", "a//b.lua", ".a.lua", "api/a.lua", "ä.lua", "a b.lua"];
        for name in odd.iter().copied().chain([long.as_str(), "a/b/c/d/e.lua"]) {
            assert!(matches!(check_name(name), Err(ScriptRefusal::BadName(_))), "{name}");
        }
    }

    #[test]
    fn a_text_takes_its_place_whole_and_links_do_not_lead_out() {
        let dir = tempfile::tempdir().expect("a folder");
        let root = dir.path().join("scripts");
        lay(&root, "test/a.lua", "one").and_then(Ready::put).expect("it can be written");
        let ready = lay(&root, "test/a.lua", "two").expect("it can be laid");
        assert_eq!(read(&root, "test/a.lua").as_deref(), Ok("one"));
        ready.put().expect("it can be put");
        assert_eq!(read(&root, "test/a.lua").as_deref(), Ok("two"));
        lay(&root, "b.lua", "three").expect("it can be laid").drop_it();
        assert_eq!(names(&root), ["test/a.lua"]);
        fs::write(dir.path().join("secret.lua"), "x").expect("it can be written");
        std::os::unix::fs::symlink("../secret.lua", root.join("link.lua")).expect("it can be linked");
        assert_eq!(read(&root, "link.lua"), Err(ScriptRefusal::NotFound));
        assert_eq!(read(&root, "../secret.lua"), Err(ScriptRefusal::NotFound));
        assert!(matches!(lay(&root, "link.lua", "y"), Err(ScriptRefusal::NotFound)));
    }
}
