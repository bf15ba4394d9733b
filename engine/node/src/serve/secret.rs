//! The installation's secret: 32 random bytes in a file that only its owner reads. Guests' tokens are made from it, so it
//! is made durable before it is used, and never made anew while the old one is there.

use crate::error::Error;
use std::fs::{self, File, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

/// Its file in the data folder.
const FILE: &str = "secret";

/// Reads the secret of a data folder, or makes it.
///
/// # Errors
/// The folder or the file cannot be read or written, or the file is not a secret.
pub(crate) fn secret(data_dir: &Path) -> Result<[u8; 32], Error> {
    let file = data_dir.join(FILE);
    match fs::read(&file) {
        Ok(bytes) => bytes.try_into().map_err(|bytes: Vec<u8>| {
            Error::told(format!("{} has {} bytes, a secret has 32", file.display(), bytes.len()))
        }),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            make(data_dir, &file).map_err(Error::io("write", &file))
        }
        Err(error) => Err(Error::io("read", &file)(error)),
    }
}

fn make(data_dir: &Path, file: &Path) -> std::io::Result<[u8; 32]> {
    let mut secret = [0; 32];
    getrandom::fill(&mut secret).map_err(std::io::Error::other)?;
    // Whole under its name or not at all: a half-written secret would be taken for the secret.
    let new = file.with_extension("new");
    let mut writer = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&new)?;
    writer.write_all(&secret)?;
    writer.sync_all()?;
    fs::rename(&new, file)?;
    File::open(data_dir)?.sync_all()?;
    Ok(secret)
}

#[cfg(test)]
mod tests {
    use super::secret;
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn a_secret_is_made_once_and_for_its_owner_alone() {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let first = secret(folder.path()).expect("it is made");
        assert_eq!(secret(folder.path()).expect("it is read"), first);
        let file = folder.path().join("secret");
        let mode = std::fs::metadata(&file).expect("it is there").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        std::fs::write(&file, b"short").expect("it can be written");
        assert!(secret(folder.path()).expect_err("it is no secret").to_string().contains("has 5 bytes"));
    }
}
