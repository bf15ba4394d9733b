//! Lists the files of `web/` so that they can lie in the binary, as they are and in brotli where that is worth it.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

/// Endings of files that pages load; the rest (licences, types, scripts that fetch) stays out of the binary.
const SERVED: [&str; 11] =
    ["html", "js", "css", "svg", "png", "ico", "woff2", "webmanifest", "mp3", "ogg", "wav"];

/// Endings of files that are text, and get smaller.
const PACKED: [&str; 5] = ["html", "js", "css", "svg", "webmanifest"];

fn main() -> io::Result<()> {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo says where the crate lies"));
    let web = root.join("web");
    println!("cargo::rerun-if-changed=web");
    let mut files = Vec::new();
    gather(&web, &mut files)?;
    files.sort();
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo says where to write"));
    let mut list = String::from("/// All files of the pages.\nconst ASSETS: &[Asset] = &[\n");
    for (number, file) in files.iter().enumerate() {
        let name = file.strip_prefix(&web).expect("it was found there").to_string_lossy().replace('\\', "/");
        let path = file.to_string_lossy();
        let packed = match pack(file, &out.join(format!("{number}.br")))? {
            Some(packed) => format!("Some(include_bytes!({packed:?}))"),
            None => "None".to_owned(),
        };
        writeln!(list, "    Asset {{ path: {name:?}, body: include_bytes!({path:?}), packed: {packed} }},")
            .expect("a string takes all that is written");
    }
    list.push_str("];\n");
    fs::write(out.join("assets.rs"), list)
}

/// Packs a file of text; none when packing does not pay.
fn pack(file: &Path, into: &Path) -> io::Result<Option<PathBuf>> {
    let body = fs::read(file)?;
    let text =
        file.extension().and_then(|ending| ending.to_str()).is_some_and(|ending| PACKED.contains(&ending));
    let mut packed = Vec::new();
    brotli::BrotliCompress(&mut body.as_slice(), &mut packed, &brotli::enc::BrotliEncoderParams::default())?;
    if !text || packed.len() >= body.len() {
        return Ok(None);
    }
    fs::write(into, packed)?;
    Ok(Some(into.to_owned()))
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
