//! Embeds every file of the workspace's `catalogue/` and `lab/` folders as text.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() {
    let here = env::var("CARGO_MANIFEST_DIR").expect("cargo sets it");
    for folder in ["catalogue", "lab"] {
        embed(&Path::new(&here).join("../..").join(folder), folder);
    }
}

/// Writes a list of (name, folder, text) of the files of a folder.
fn embed(folder: &Path, name: &str) {
    println!("cargo::rerun-if-changed={}", folder.display());
    let list_name = format!("{name}.rs");
    let mut files = Vec::new();
    collect(folder, &mut files);
    files.sort();
    let mut list = String::from("&[\n");
    for file in files {
        let file = file.canonicalize().expect("it was just listed");
        let name = file.file_stem().and_then(|stem| stem.to_str());
        let folder = file
            .parent()
            .and_then(Path::file_name)
            .and_then(|name| name.to_str());
        if let (Some(name), Some(folder)) = (name, folder) {
            writeln!(list, "    ({name:?}, {folder:?}, include_str!({file:?})),")
                .expect("a string takes all");
        }
    }
    list.push(']');
    let out = PathBuf::from(env::var("OUT_DIR").expect("cargo sets it"));
    fs::write(out.join(list_name), list).expect("the build folder is writable");
}

/// Every TOML file of a folder and the folders in it.
fn collect(folder: &Path, into: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            println!("cargo::rerun-if-changed={}", path.display());
            collect(&path, into);
        } else if path
            .extension()
            .is_some_and(|extension| extension == "toml")
        {
            println!("cargo::rerun-if-changed={}", path.display());
            into.push(path);
        }
    }
}
