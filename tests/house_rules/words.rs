//! One vocabulary: the names of types, variants, fields and functions say chat, agent, offer, as the admin and the
//! integrator do. And nothing is left for later in the code.

use crate::house::{Fault, files, read, verdict};
use crate::source::{Source, is_test, production};
use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens as _;
use syn::visit::{self, Visit};
use syn::{Attribute, Field, Ident, ImplItemFn, Item, ItemFn, ItemMod, Lit, TraitItemFn, Variant};

/// A word that we do not use, and the one that we do.
const INSTEAD: [(&str, &str); 4] = [
    ("ticket", "case, or stream_ticket for the single-use ticket of a stream"),
    ("member", "agent"),
    ("operator", "agent or supervisor"),
    ("session", "chat; a session is what a person who signed in has"),
];
/// In the core a call would be a chat; elsewhere it may be a plugin's.
const CORE_INSTEAD: (&str, &str) = ("call", "chat, or job for what a plugin is asked");

const RENAME: &str = "use the word of engine/ARCHITECTURE.md's vocabulary in the command, the event, the field and the page alike";
const FINISH: &str = "finish it, or leave it out: what is not there is told by the types";

/// The words of an identifier in whatever case: `StreamTicket` and `stream_tickets` are stream and ticket.
fn words(identifier: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    for letter in identifier.chars() {
        if !letter.is_alphanumeric() || letter.is_uppercase() {
            words.push(String::new());
        }
        if letter.is_alphanumeric() {
            words.last_mut().expect("it is never empty").extend(letter.to_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    words.into_iter().map(|word| word.strip_suffix('s').map(str::to_owned).unwrap_or(word)).collect()
}

/// What to say instead, when the identifier has a forbidden word. `within` are the names of what it stands in.
fn forbidden(path: &str, identifier: &str, within: &str) -> Option<String> {
    let own = words(identifier);
    let around = words(within);
    let has = |word: &str| own.iter().any(|found| found == word);
    let near = |word: &str| has(word) || around.iter().any(|found| found == word);
    let wrong = |word: &str| match word {
        // The ticket of api.md opens a stream once.
        "ticket" => has(word) && !near("stream"),
        // A session is a person's who signed in; a chat is none.
        "session" => has(word) && has("chat"),
        _ => has(word),
    };
    let core = path.starts_with("engine/core/").then_some(CORE_INSTEAD);
    let found = INSTEAD.into_iter().chain(core).find(|(word, _)| wrong(word));
    found.map(|(word, instead)| format!("`{identifier}` has the word {word}; say {instead}"))
}

/// Goes through a file's declarations, less its tests.
struct Names<'a> {
    path: &'a str,
    /// File and type that the next name stands in.
    within: String,
    faults: Vec<Fault>,
}

impl Names<'_> {
    fn check(&mut self, name: &str, line: usize) {
        if let Some(what) = forbidden(self.path, name, &self.within) {
            self.faults.push(Fault::new(format!("{}:{line}", self.path), what, RENAME));
        }
    }

    fn declared(&mut self, name: &Ident) {
        self.check(&name.to_string(), name.span().start().line);
    }

    /// Names given by `#[serde(rename = "…")]` are seen on the wire.
    fn renamed(&mut self, attributes: &[Attribute]) {
        for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("serde")) {
            for token in attribute.meta.to_token_stream().into_iter().flat_map(flat) {
                if let TokenTree::Literal(literal) = token
                    && let Lit::Str(name) = Lit::new(literal)
                {
                    self.check(&name.value(), name.span().start().line);
                }
            }
        }
    }

    fn type_declared(&mut self, name: &Ident, walk: impl FnOnce(&mut Self)) {
        self.declared(name);
        let outer = self.within.clone();
        self.within = format!("{outer}_{name}");
        walk(self);
        self.within = outer;
    }
}

impl<'ast> Visit<'ast> for Names<'_> {
    fn visit_item(&mut self, item: &'ast Item) {
        match item {
            Item::Enum(found) => self.type_declared(&found.ident, |names| visit::visit_item(names, item)),
            Item::Struct(found) => self.type_declared(&found.ident, |names| visit::visit_item(names, item)),
            Item::Trait(found) => self.type_declared(&found.ident, |names| visit::visit_item(names, item)),
            Item::Type(found) => self.type_declared(&found.ident, |names| visit::visit_item(names, item)),
            Item::Mod(ItemMod { attrs, .. }) if is_test(attrs) => {}
            _ => visit::visit_item(self, item),
        }
    }

    fn visit_variant(&mut self, variant: &'ast Variant) {
        self.declared(&variant.ident);
        self.renamed(&variant.attrs);
        visit::visit_variant(self, variant);
    }

    fn visit_field(&mut self, field: &'ast Field) {
        if let Some(name) = &field.ident {
            self.declared(name);
        }
        self.renamed(&field.attrs);
        visit::visit_field(self, field);
    }

    fn visit_item_fn(&mut self, function: &'ast ItemFn) {
        self.declared(&function.sig.ident);
        visit::visit_item_fn(self, function);
    }

    fn visit_impl_item_fn(&mut self, function: &'ast ImplItemFn) {
        self.declared(&function.sig.ident);
        visit::visit_impl_item_fn(self, function);
    }

    fn visit_trait_item_fn(&mut self, function: &'ast TraitItemFn) {
        self.declared(&function.sig.ident);
        visit::visit_trait_item_fn(self, function);
    }
}

/// A token, and those in its brackets.
fn flat(token: TokenTree) -> Vec<TokenTree> {
    match token {
        TokenTree::Group(group) => group.stream().into_iter().flat_map(flat).collect(),
        token => vec![token],
    }
}

fn name_faults(source: &Source) -> Vec<Fault> {
    let mut names = Names { path: &source.path, within: source.path.clone(), faults: Vec::new() };
    names.visit_file(&source.tree);
    names.faults
}

fn unfinished_faults(path: &str, tokens: TokenStream) -> Vec<Fault> {
    let tokens: Vec<_> = tokens.into_iter().flat_map(flat).collect();
    let left = tokens.windows(2).filter_map(|pair| match pair {
        [TokenTree::Ident(name), TokenTree::Punct(bang)] if bang.as_char() == '!' => Some(name),
        _ => None,
    });
    let left = left.filter(|name| *name == "todo" || *name == "unimplemented");
    left.map(|name| Fault::new(format!("{path}:{}", name.span().start().line), format!("{name}!"), FINISH))
        .collect()
}

#[test]
fn names_are_of_the_vocabulary() {
    let sources = production("engine/").into_iter().chain(production("plugins/"));
    verdict("one vocabulary", sources.flat_map(|source| name_faults(&source)).collect());
}

#[test]
fn nothing_is_left_for_later() {
    let rust = files().into_iter().filter(|path| path.ends_with(".rs"));
    let faults = rust.flat_map(|path| {
        let text = read(&path).parse().unwrap_or_else(|error| panic!("{path}: {error}"));
        unfinished_faults(&path, text)
    });
    verdict("no todo!, no unimplemented!", faults.collect());
}

#[test]
fn forbidden_words_are_found_in_names_of_all_kinds() {
    let text = "struct Ticket; enum E { TeamMember, #[serde(rename = \"operator_id\")] A { tickets: u8 } } type T = u8;
        trait Calls { fn call(&self); } struct ChatSession; fn sessions() {} fn assign_ticket() {}
        struct StreamTicket { ticket: u8 } #[cfg(test)] mod tests { struct Operator; } fn remember() { let member = 1; }";
    let found = |path: &str| {
        let faults = name_faults(&Source::parse(path, text.to_owned()));
        let name = |fault: &Fault| fault.what.split('`').nth(1).expect("the name is quoted").to_owned();
        faults.iter().map(name).collect::<Vec<_>>().join(" ")
    };
    let everywhere = "Ticket TeamMember operator_id tickets";
    assert_eq!(found("engine/http/src/a.rs"), format!("{everywhere} ChatSession assign_ticket"));
    assert_eq!(found("engine/core/src/a.rs"), format!("{everywhere} Calls call ChatSession assign_ticket"));
    assert_eq!(found("engine/http/src/api/stream.rs"), "TeamMember operator_id ChatSession");
}

#[test]
fn what_is_left_for_later_is_found_in_macros_too() {
    let text = "fn a() { select! { _ => { todo!() } } let todo = 1; \"todo!()\"; } // todo!()\nfn b() { unimplemented!() }";
    let told = unfinished_faults("a.rs", text.parse().expect("it is Rust"));
    assert_eq!(told.iter().map(|fault| fault.place.as_str()).collect::<Vec<_>>(), ["a.rs:1", "a.rs:2"]);
}
