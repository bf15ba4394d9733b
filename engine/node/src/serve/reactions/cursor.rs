//! How far a script's reactions have got in the journal: a small file each in the data folder, whole or not there, made
//! durable before the next event is taken. It knows nothing of what lies at that place.

use crate::error::Error;
use hark_runtime::Cursor;
use std::fs::{self, File};
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

/// The folder of these files in the data folder.
const FOLDER: &str = "reactions";
/// Ending of their names.
const ENDING: &str = "cursor";

/// One script's place.
#[derive(Debug)]
pub(super) struct Place {
    file: PathBuf,
}

impl Place {
    /// The place of a script.
    ///
    /// # Errors
    /// The folder cannot be made.
    pub(super) fn of(data_dir: &Path, script: &str) -> Result<Self, Error> {
        let folder = data_dir.join(FOLDER);
        fs::create_dir_all(&folder).map_err(Error::io("make", &folder))?;
        Ok(Self { file: folder.join(format!("{}.{ENDING}", escaped(script))) })
    }

    /// Where the script goes on; none when it is new.
    ///
    /// # Errors
    /// The file cannot be read, or holds something else.
    pub(super) fn read(&self) -> Result<Option<Cursor>, Error> {
        let text = match fs::read_to_string(&self.file) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(Error::io("read", &self.file)(error)),
        };
        let wrong = |_| {
            Error::told(format!(
                "{} holds no place of the journal: remove it, and its script begins at the present end",
                self.file.display()
            ))
        };
        text.trim().parse().map(Some).map_err(wrong)
    }

    /// Keeps a place.
    ///
    /// # Errors
    /// It cannot be made durable.
    pub(super) fn write(&self, cursor: Cursor) -> Result<(), Error> {
        let new = self.file.with_extension("new");
        let write = || -> std::io::Result<()> {
            let mut file = File::create(&new)?;
            file.write_all(format!("{cursor}\n").as_bytes())?;
            file.sync_all()?;
            fs::rename(&new, &self.file)?;
            // The name is durable with its folder; that of before would tell the same events again.
            File::open(self.file.parent().unwrap_or(Path::new(".")))?.sync_all()
        };
        write().map_err(Error::io("write", &self.file))
    }
}

/// A script's name as one of a file: each sign that is none of plain names is written as its number.
fn escaped(script: &str) -> String {
    let sign = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' | b'-' | b'.' => (byte as char).to_string(),
        other => format!("%{other:02x}"),
    };
    script.bytes().map(sign).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_kept_for_each_script() {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let one = Place::of(folder.path(), "lib/after.lua").expect("it is made");
        let other = Place::of(folder.path(), "lib%2fafter.lua").expect("it is made");
        assert_eq!(one.read().expect("it can be read"), None);
        let cursor: Cursor = "c_7_2".parse().expect("a cursor");
        one.write(cursor).expect("it can be written");
        assert_eq!(one.read().expect("it can be read"), Some(cursor));
        assert_eq!(other.read().expect("it can be read"), None, "names are not mixed up");
        fs::write(&one.file, "half a cur").expect("it can be written");
        assert!(one.read().expect_err("it is none").to_string().contains("after.lua.cursor holds no place"));
    }
}
