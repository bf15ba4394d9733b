//! Rust source as the rules look at it: parsed, without what exists for tests only. It judges nothing.

use crate::house;
use std::collections::BTreeSet;
use std::ops::RangeInclusive;
use syn::spanned::Spanned as _;
use syn::visit::{self, Visit};
use syn::{Attribute, ImplItemFn, Item, ItemFn, ItemMod, TraitItemFn};

/// One parsed file.
pub(crate) struct Source {
    /// Relative to the root.
    pub(crate) path: String,
    /// As it was read.
    pub(crate) text: String,
    /// As it was parsed, with its tests.
    pub(crate) tree: syn::File,
}

impl Source {
    pub(crate) fn parse(path: &str, text: String) -> Self {
        let tree = syn::parse_file(&text)
            .unwrap_or_else(|error| panic!("{path}:{}: not Rust: {error}", error.span().start().line));
        Self { path: path.to_owned(), text, tree }
    }

    /// Lines that are shipped: all but the items under `#[cfg(test)]`.
    pub(crate) fn production_lines(&self) -> usize {
        let tests: usize = self.test_ranges().iter().map(|lines| lines.end() - lines.start() + 1).sum();
        self.text.lines().count() - tests
    }

    /// The shipped functions, nested ones too.
    pub(crate) fn functions(&self) -> Vec<Function> {
        let mut finder = Functions { lines: self.text.lines().collect(), found: Vec::new() };
        finder.visit_file(&self.tree);
        finder.found
    }

    fn test_ranges(&self) -> Vec<RangeInclusive<usize>> {
        let tests = self.tree.items.iter().filter(|item| is_test(attributes(item)));
        tests.map(|item| item.span().start().line..=item.span().end().line).collect()
    }

    /// Paths without ending of the modules that this file declares for tests only.
    fn test_modules(&self) -> Vec<String> {
        let folder = match self.path.rsplit_once('/') {
            Some((folder, "lib.rs" | "main.rs" | "mod.rs")) => folder,
            _ => self.path.trim_end_matches(".rs"),
        };
        let outside = self.tree.items.iter().filter_map(|item| match item {
            Item::Mod(module) if module.content.is_none() && is_test(&module.attrs) => Some(&module.ident),
            _ => None,
        });
        outside.map(|name| format!("{folder}/{name}")).collect()
    }
}

/// A function and its size.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Function {
    pub(crate) name: String,
    /// Where its signature begins.
    pub(crate) line: usize,
    /// Lines from the signature to the closing brace that are neither blank nor comment only.
    pub(crate) length: usize,
}

struct Functions<'a> {
    lines: Vec<&'a str>,
    found: Vec<Function>,
}

impl Functions<'_> {
    fn note(&mut self, signature: &syn::Signature, end: usize) {
        let line = signature.span().start().line;
        let code = self.lines[line - 1..end].iter().map(|text| text.trim());
        let length = code.filter(|text| !text.is_empty() && !text.starts_with("//")).count();
        self.found.push(Function { name: signature.ident.to_string(), line, length });
    }
}

impl<'ast> Visit<'ast> for Functions<'_> {
    fn visit_item(&mut self, item: &'ast Item) {
        if !is_test(attributes(item)) {
            visit::visit_item(self, item);
        }
    }

    fn visit_item_fn(&mut self, function: &'ast ItemFn) {
        self.note(&function.sig, function.span().end().line);
        visit::visit_item_fn(self, function);
    }

    fn visit_impl_item_fn(&mut self, function: &'ast ImplItemFn) {
        self.note(&function.sig, function.span().end().line);
        visit::visit_impl_item_fn(self, function);
    }

    fn visit_trait_item_fn(&mut self, function: &'ast TraitItemFn) {
        if function.default.is_some() {
            self.note(&function.sig, function.span().end().line);
        }
        visit::visit_trait_item_fn(self, function);
    }
}

/// The shipped Rust files of a folder: what lies in a crate's `src`, less the files that are modules for tests only.
pub(crate) fn production(folder: &str) -> Vec<Source> {
    let paths = house::files_under(folder, ".rs").into_iter().filter(|path| path.contains("/src/"));
    without_test_modules(paths.map(|path| Source::parse(&path, house::read(&path))).collect())
}

fn without_test_modules(mut sources: Vec<Source>) -> Vec<Source> {
    let tests: BTreeSet<String> = sources.iter().flat_map(Source::test_modules).collect();
    let belongs = |path: &str, module: &String| {
        path.strip_prefix(module.as_str()).is_some_and(|rest| rest == ".rs" || rest.starts_with('/'))
    };
    sources.retain(|source| !tests.iter().any(|module| belongs(&source.path, module)));
    sources
}

/// Does the item exist in test builds only?
pub(crate) fn is_test(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("test")
            || attribute.path().is_ident("cfg")
                && attribute.parse_args::<syn::Path>().is_ok_and(|condition| condition.is_ident("test"))
    })
}

fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::ExternCrate(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(ItemMod { attrs, .. }) => attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

#[cfg(test)]
const SAMPLE: &str = "//! A sample.

/// Adds.
pub fn add(
    a: u8,
    b: u8,
) -> u8 {
    // no overflow: the callers' numbers are small

    a + b
}

trait Named {
    fn name(&self) -> u8;
    fn twice(&self) -> u8 { self.name() * 2 }
}

#[cfg(test)]
mod tests {
    #[test]
    fn adds() {}
}
";

#[test]
fn functions_are_measured_without_comments_blanks_and_tests() {
    let functions = Source::parse("engine/a/src/lib.rs", SAMPLE.to_owned()).functions();
    let add = Function { name: "add".to_owned(), line: 4, length: 6 };
    let twice = Function { name: "twice".to_owned(), line: 15, length: 1 };
    assert_eq!(functions, [add, twice]);
}

#[test]
fn production_lines_end_where_the_tests_begin() {
    assert_eq!(Source::parse("engine/a/src/lib.rs", SAMPLE.to_owned()).production_lines(), 17);
}

#[test]
fn a_module_for_tests_in_a_file_of_its_own_is_no_production() {
    let parsed = |path, text: &str| Source::parse(path, text.to_owned());
    let kept = without_test_modules(vec![
        parsed("engine/a/src/lib.rs", "#[cfg(test)] mod proof; mod proofreader;"),
        parsed("engine/a/src/proof.rs", ""),
        parsed("engine/a/src/proof/inner.rs", ""),
        parsed("engine/a/src/proofreader.rs", "#[cfg(test)] mod tests;"),
        parsed("engine/a/src/proofreader/tests.rs", ""),
    ]);
    let paths: Vec<_> = kept.iter().map(|source| source.path.as_str()).collect();
    assert_eq!(paths, ["engine/a/src/lib.rs", "engine/a/src/proofreader.rs"]);
}
