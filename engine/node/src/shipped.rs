//! The files that ship inside of the binary, and writing them out. It never writes over what is there.

use crate::error::Error;
use std::fs::OpenOptions;
use std::io::{ErrorKind, Write as _};
use std::path::Path;

include!(concat!(env!("OUT_DIR"), "/shipped.rs"));

/// Writes files below a folder; those that are there already stay as they are.
///
/// # Errors
/// A folder or a file cannot be made.
pub(crate) fn write_out(folder: &Path, files: &[(&str, &str)]) -> Result<(), Error> {
    for (name, text) in files {
        write_new(&folder.join(name), text)?;
    }
    Ok(())
}

/// Writes a file with its folders, unless it is there. True when it was written.
///
/// # Errors
/// The folder or the file cannot be made.
pub(crate) fn write_new(file: &Path, text: &str) -> Result<bool, Error> {
    let folder = file.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder).map_err(Error::io("make", folder))?;
    match OpenOptions::new().write(true).create_new(true).open(file) {
        Ok(mut new) => new.write_all(text.as_bytes()).map(|()| true).map_err(Error::io("write", file)),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(Error::io("write", file)(error)),
    }
}
