//! Lists the files of `web/` so that they can lie in the binary. It makes nothing of them.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

/// Endings of files that pages load; the rest (licences, types, scripts that fetch) stays out of the binary.
const SERVED: [&str; 11] =
    ["html", "js", "css", "svg", "png", "ico", "woff2", "webmanifest", "mp3", "ogg", "wav"];

fn main() -> io::Result<()> {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo says where the crate lies"));
    let web = root.join("web");
    println!("cargo::rerun-if-changed=web");
    let mut files = Vec::new();
    gather(&web, &mut files)?;
    files.sort();
    let mut list = String::from("/// All files of the pages.\nconst ASSETS: &[Asset] = &[\n");
    for file in files {
        let name = file.strip_prefix(&web).expect("it was found there").to_string_lossy().replace('\\', "/");
        let path = file.to_string_lossy();
        writeln!(list, "    Asset {{ path: {name:?}, body: include_bytes!({path:?}) }},")
            .expect("a string takes all that is written");
    }
    list.push_str("];\n");
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo says where to write"));
    fs::write(out.join("assets.rs"), list)
}

fn gather(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    if !folder.is_dir() {
        return Ok(());
    }
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let ending = path.extension().and_then(|ending| ending.to_str());
        let test = path.to_string_lossy().ends_with(".test.js");
        if path.is_dir() {
            gather(&path, files)?;
        } else if !test && ending.is_some_and(|ending| SERVED.contains(&ending)) {
            files.push(path);
        }
    }
    Ok(())
}
