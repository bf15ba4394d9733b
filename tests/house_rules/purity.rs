//! The core is a function: no operating system, no clock, no order that changes from run to run. And unsafe code is
//! where a foreign function is, nowhere else.

use crate::house::{Fault, absolute, files_under, verdict};
use crate::source::{Source, is_test, production};
use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens as _;
use syn::{AttrStyle, File, Item};

/// Names that would let the world in.
const FORBIDDEN: [&str; 8] =
    ["std", "HashMap", "HashSet", "Instant", "SystemTime", "RandomState", "getrandom", "thread_local"];
/// Rooms with a foreign function in them. Everything else forbids unsafe code.
const FOREIGN: [&str; 2] = ["engine/plugin-host/", "plugins/"];

const FORBID_UNSAFE: &str = "write #![forbid(unsafe_code)] at the crate's root";
const NO_STD: &str = "write #![no_std] at the root of hark-core, and take what is needed from alloc";
const KEEP_OUT: &str = "time and randomness come in with the command; collections are BTreeMap and BTreeSet";

/// Does the crate's root say this, as `#![…]`?
fn says(root: &File, inner: &str) -> bool {
    let plain = |text: String| text.split_whitespace().collect::<String>();
    root.attrs.iter().any(|attribute| {
        matches!(attribute.style, AttrStyle::Inner(_))
            && plain(attribute.meta.to_token_stream().to_string()) == inner
    })
}

fn world_faults(source: &Source) -> Vec<Fault> {
    let mut faults = Vec::new();
    let shipped = source.tree.items.iter().filter(|item| !only_in_tests(item));
    for item in shipped {
        look(item.to_token_stream(), &mut |name, line| {
            let what = format!("names `{name}`");
            faults.push(Fault::new(format!("{}:{line}", source.path), what, KEEP_OUT));
        });
    }
    faults
}

fn look(tokens: TokenStream, note: &mut impl FnMut(String, usize)) {
    for token in tokens {
        match token {
            TokenTree::Ident(name) if FORBIDDEN.contains(&name.to_string().as_str()) => {
                note(name.to_string(), name.span().start().line);
            }
            TokenTree::Group(group) => look(group.stream(), note),
            _ => {}
        }
    }
}

fn only_in_tests(item: &Item) -> bool {
    match item {
        Item::ExternCrate(item) => is_test(&item.attrs),
        Item::Fn(item) => is_test(&item.attrs),
        Item::Mod(item) => is_test(&item.attrs),
        Item::Use(item) => is_test(&item.attrs),
        _ => false,
    }
}

fn root_faults(root: &Source) -> Vec<Fault> {
    let foreign = FOREIGN.iter().any(|folder| root.path.starts_with(folder));
    let mut faults = Vec::new();
    if !foreign && !says(&root.tree, "forbid(unsafe_code)") {
        faults.push(Fault::new(&root.path, "allows unsafe code", FORBID_UNSAFE));
    }
    if root.path.starts_with("engine/core/") && !says(&root.tree, "no_std") {
        faults.push(Fault::new(&root.path, "has the standard library", NO_STD));
    }
    faults
}

#[test]
fn unsafe_code_is_where_a_foreign_function_is() {
    let roots = files_under("", ".rs").into_iter().filter(|path| {
        let (folder, name) = path.rsplit_once("/src/").unwrap_or(("", ""));
        matches!(name, "lib.rs" | "main.rs") && absolute(folder).join("Cargo.toml").is_file()
    });
    let roots: Vec<_> = roots.map(|path| Source::parse(&path, crate::house::read(&path))).collect();
    assert!(
        roots.iter().any(|root| root.path == "engine/core/src/lib.rs"),
        "the core's root was not looked at"
    );
    verdict("crate roots say what they are", roots.iter().flat_map(root_faults).collect());
}

#[test]
fn the_core_knows_no_world() {
    let core = production("engine/core/");
    assert!(!core.is_empty(), "the core has no source files");
    verdict("hark-core is pure", core.iter().flat_map(world_faults).collect());
}

#[test]
fn a_core_that_looks_at_the_clock_is_found() {
    let text = "//! Pure?\n#![no_std]\n#[cfg(test)] extern crate std;\nfn now() { vec![std::time::Instant::now()]; }\n\
        /// Not an [`std::collections::HashMap`].\nfn ok() { \"HashMap\"; }\n#[cfg(test)] mod tests { use std::fs; }\n";
    let source = Source::parse("engine/core/src/lib.rs", text.to_owned());
    let told: Vec<_> = world_faults(&source).into_iter().map(|fault| (fault.place, fault.what)).collect();
    let at = |what: &str| ("engine/core/src/lib.rs:4".to_owned(), format!("names `{what}`"));
    assert_eq!(told, [at("std"), at("Instant")]);
    assert_eq!(root_faults(&source).iter().map(|fault| fault.remedy).collect::<Vec<_>>(), [FORBID_UNSAFE]);
    let worldly = Source::parse("engine/core/src/lib.rs", "#![forbid(unsafe_code)]".to_owned());
    assert_eq!(root_faults(&worldly).iter().map(|fault| fault.remedy).collect::<Vec<_>>(), [NO_STD]);
}
