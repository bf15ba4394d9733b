//! Looks for names that nobody gave a value, in functions that loading does not run. It reads text and runs nothing.
//!
//! Scopes are not told apart: a name that is local anywhere in a file counts as known in all of it. So a slip can pass
//! here and fail in its decision, but nothing that is right is ever called wrong.

use crate::fault::Fault;
use crate::lexer::{Kind, Token, tokens};
use crate::sandbox;
use std::collections::BTreeSet;

const KEYWORDS: [&str; 21] = [
    "and", "break", "do", "else", "elseif", "end", "false", "for", "function", "if", "in", "local", "nil",
    "not", "or", "repeat", "return", "then", "true", "until", "while",
];
/// Words that mean something in one place and are names in all others, and the hidden parameter of methods.
const SPECIAL: [&str; 4] = ["continue", "export", "self", "type"];

/// The faults of one file's names. `known` are the globals that scripts have.
pub(crate) fn check(file: &str, text: &str, known: &BTreeSet<String>) -> Vec<Fault> {
    let tokens = tokens(text);
    let mut reader = Reader { tokens: &tokens, declared: BTreeSet::new(), used: Vec::new() };
    reader.read();
    let Reader { declared, used, .. } = reader;
    let unknown = used.into_iter().filter(|(token, _)| {
        !declared.contains(token.text) && !known.contains(token.text) && !SPECIAL.contains(&token.text)
    });
    let fault = |(token, written): (Token<'_>, bool)| {
        let name = token.text;
        let names = known.iter().map(String::as_str).chain(declared.iter().copied());
        let message = if written {
            format!("global '{name}' cannot be written: write `local` where it begins")
        } else {
            sandbox::unknown_global(name, names)
        };
        Fault { file: file.to_owned(), line: token.line, column: Some(token.column), message }
    };
    unknown.map(fault).collect()
}

struct Reader<'t, 'a> {
    tokens: &'t [Token<'a>],
    declared: BTreeSet<&'a str>,
    /// Each with whether it is written.
    used: Vec<(Token<'a>, bool)>,
}

impl<'a> Reader<'_, 'a> {
    fn text(&self, at: usize) -> &'a str {
        self.tokens.get(at).map_or("", |token| if token.kind == Kind::Literal { "" } else { token.text })
    }

    fn is_name(&self, at: usize) -> bool {
        self.tokens.get(at).is_some_and(|token| token.kind == Kind::Word && !KEYWORDS.contains(&token.text))
    }

    fn read(&mut self) {
        let mut at = 0;
        while at < self.tokens.len() {
            at = match self.text(at) {
                "local" if self.text(at + 1) == "function" => {
                    self.declare(at + 2);
                    self.parameters(at + 3)
                }
                "local" | "for" => self.list(at + 1),
                "function" if self.is_name(at + 1) => self.named_function(at + 1),
                "function" => self.parameters(at + 1),
                "::" => self.skip_type(at + 1),
                "type" if self.is_type_statement(at) => self.type_statement(at + 1),
                _ if self.is_name(at) => {
                    self.name(at);
                    at + 1
                }
                _ => at + 1,
            };
        }
    }

    fn declare(&mut self, at: usize) {
        if self.is_name(at) {
            self.declared.insert(self.text(at));
        }
    }

    /// Names with types and attributes, parted by commas: of `local`, `for` and parameters.
    fn list(&mut self, mut at: usize) -> usize {
        loop {
            self.declare(at);
            at += 1;
            if self.text(at) == "<" {
                at += 3;
            }
            if self.text(at) == ":" {
                at = self.skip_type(at + 1);
            }
            if self.text(at) != "," {
                return at;
            }
            at += 1;
        }
    }

    fn parameters(&mut self, mut at: usize) -> usize {
        if self.text(at) == "<" {
            at = self.skip_balanced(at, "<", ">");
        }
        if self.text(at) != "(" {
            return at;
        }
        at = if self.text(at + 1) == ")" { at + 1 } else { self.list(at + 1) };
        if self.text(at) == ")" {
            at += 1;
        }
        if self.text(at) == ":" { self.skip_type(at + 1) } else { at }
    }

    /// `function name(…)` writes a global; `function name.field(…)` uses one.
    fn named_function(&mut self, mut at: usize) -> usize {
        let written = !matches!(self.text(at + 1), "." | ":");
        self.used.push((self.tokens[at], written));
        while matches!(self.text(at + 1), "." | ":") {
            at += 2;
        }
        self.parameters(at + 1)
    }

    fn name(&mut self, at: usize) {
        let before = if at == 0 { "" } else { self.text(at - 1) };
        let is_field = matches!(before, "." | ":");
        let after = self.text(at + 1);
        let is_key = after == "=" && matches!(before, "{" | "," | ";") && self.is_in_table(at);
        if !is_field && !is_key {
            self.used.push((self.tokens[at], after == "="));
        }
    }

    /// Whether the innermost bracket that is open here is `{`.
    fn is_in_table(&self, at: usize) -> bool {
        let mut depth = 0;
        for place in (0..at).rev() {
            match self.text(place) {
                "}" | ")" | "]" => depth += 1,
                "{" | "(" | "[" if depth > 0 => depth -= 1,
                sign @ ("{" | "(" | "[") => return sign == "{" && !self.is_block_between(place, at),
                _ => {}
            }
        }
        false
    }

    /// Whether a function's body lies between a bracket and here: then `=` assigns.
    fn is_block_between(&self, from: usize, to: usize) -> bool {
        let mut open: i32 = 0;
        for place in from..to {
            match self.text(place) {
                "function" | "do" | "repeat" => open += 1,
                "end" | "until" => open -= 1,
                _ => {}
            }
        }
        open > 0
    }

    fn is_type_statement(&self, at: usize) -> bool {
        let fresh = at == 0 || !matches!(self.text(at - 1), "." | ":");
        fresh && self.is_name(at + 1) && matches!(self.text(at + 2), "=" | "<")
    }

    fn type_statement(&mut self, at: usize) -> usize {
        let after = if self.text(at + 1) == "<" { self.skip_balanced(at + 1, "<", ">") } else { at + 1 };
        self.skip_type(after + 1)
    }

    /// The place after a type.
    fn skip_type(&self, mut at: usize) -> usize {
        loop {
            at = match self.text(at) {
                "|" | "&" | "..." => at + 1,
                "{" => self.skip_balanced(at, "{", "}"),
                "(" => self.skip_balanced(at, "(", ")"),
                _ => self.skip_type_name(at),
            };
            while self.text(at) == "?" {
                at += 1;
            }
            match self.text(at) {
                "|" | "&" | "->" => at += 1,
                _ => return at,
            }
        }
    }

    fn skip_type_name(&self, mut at: usize) -> usize {
        at += 1;
        while self.text(at) == "." {
            at += 2;
        }
        match self.text(at) {
            "<" => self.skip_balanced(at, "<", ">"),
            "(" if self.text(at - 1) == "typeof" => self.skip_balanced(at, "(", ")"),
            _ => at,
        }
    }

    fn skip_balanced(&self, mut at: usize, open: &str, close: &str) -> usize {
        let mut depth = 0;
        while at < self.tokens.len() {
            let text = self.text(at);
            at += 1;
            if text == open {
                depth += 1;
            } else if text == close {
                depth -= 1;
                if depth == 0 {
                    break;
                }
            }
        }
        at
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> Vec<String> {
        let known = ["string", "table", "hark", "error", "tostring", "typeof"].map(str::to_owned).into();
        check("a.lua", text, &known).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn what_is_right_is_not_called_wrong() {
        let text = r#"
--!strict
--[==[ a long
comment = nothing ]==]
type Pair<T> = { first: T, second: T? } | nil
export type F = (number, ...string) -> (boolean, { [string]: Pair<number> })
local a: number, b: { x: string }? = 0x1F, { x = [[long]] .. 'q\'uote', ["k"] = a, y = { z = 1 }, }
local function f<T>(one: T, ...: number): (number, string?) return 1e-5, `{one} and {`nested {b.x}`} \{` end
for index = 1, 10 do if index > 3 then continue end local _ = index .. "x" end
for key, value in { 1, 2 } do a += value; b[key] = value end
local t = { f = function(self) local inner inner = 2 return inner end, g = 1; h = 2 }
function t.method(x: number): number return x end
function t:other() return self.method(x) end
local cast = (a :: any) :: number
hark.on("x", function(chat, { }) return if chat.a then chat.b else string.format("%d", 1..2) end)
"#
        .replace(", { }", "");
        assert_eq!(told(&text), [] as [&str; 0]);
    }

    #[test]
    fn unknown_names_are_told_with_their_places() {
        let text = "local chat = 1\nhark.on('x', function(agent)\n  return agnet.skill, strng.len(x), os.time()\nend)\ncount = 1\nfunction helper() end\nlocal t = { a = function() y = 1 end, b = z }";
        let expected = [
            "a.lua:3:10: unknown global 'agnet', did you mean 'agent'?",
            "a.lua:3:23: unknown global 'strng', did you mean 'string'?",
            "a.lua:3:33: unknown global 'x'",
            "a.lua:3:37: 'os' is not available to scripts",
            "a.lua:5:1: global 'count' cannot be written: write `local` where it begins",
            "a.lua:6:10: global 'helper' cannot be written: write `local` where it begins",
            "a.lua:7:28: global 'y' cannot be written: write `local` where it begins",
            "a.lua:7:43: unknown global 'z'",
        ];
        assert_eq!(told(text), expected);
    }
}
