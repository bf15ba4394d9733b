//! Cuts a script into words, signs and literals, with their places. It understands no grammar and judges nothing.

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A name or keyword.
    Word,
    /// A sign; `..`, `==`, `->`, `::` and their like are one.
    Sign,
    /// A string or number.
    Literal,
}

/// One token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Token<'a> {
    pub(crate) kind: Kind,
    pub(crate) text: &'a str,
    pub(crate) line: u32,
    pub(crate) column: u32,
}

/// Signs of several characters, longest first.
const LONG_SIGNS: [&str; 21] = [
    "...", "..=", "//=", "==", "~=", "<=", ">=", "->", "::", "..", "//", "+=", "-=", "*=", "/=", "%=", "^=",
    "<<", ">>", "!=", "&&",
];

/// All tokens. The text is taken to compile: what does not is cut somehow.
pub(crate) fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut lexer = Lexer { text, at: 0, line: 1, line_start: 0, tokens: Vec::new(), open: Vec::new() };
    while lexer.at < text.len() {
        lexer.next();
    }
    lexer.tokens
}

struct Lexer<'a> {
    text: &'a str,
    at: usize,
    line: u32,
    line_start: usize,
    tokens: Vec<Token<'a>>,
    /// Open braces: true for one that opened inside an interpolated string.
    open: Vec<bool>,
}

impl<'a> Lexer<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn next(&mut self) {
        let rest = self.rest();
        let first = rest.chars().next().expect("the caller looked");
        match first {
            _ if rest.starts_with("--") => self.comment(),
            _ if first.is_whitespace() => self.skip(first.len_utf8()),
            '"' | '\'' => self.quoted(first),
            '`' => {
                self.skip(1);
                self.interpolated();
            }
            '[' if long_bracket(rest).is_some() => self.long(),
            '0'..='9' => self.take(Kind::Literal, number_length(rest)),
            _ if is_word(first) => {
                let length = rest.find(|c: char| !is_word(c)).unwrap_or(rest.len());
                self.take(Kind::Word, length);
            }
            '}' if self.open.last() == Some(&true) => {
                self.open.pop();
                self.push(Kind::Sign, ")");
                self.skip(1);
                self.interpolated();
            }
            _ => self.sign(first),
        }
    }

    fn sign(&mut self, first: char) {
        match first {
            '{' => self.open.push(false),
            '}' => drop(self.open.pop()),
            _ => {}
        }
        let long = LONG_SIGNS.iter().find(|sign| self.rest().starts_with(**sign));
        self.take(Kind::Sign, long.map_or(first.len_utf8(), |sign| sign.len()));
    }

    /// What stands between `{` and `}` in an interpolated string is an expression: it is told in round brackets.
    fn interpolated(&mut self) {
        while let Some(c) = self.rest().chars().next() {
            match c {
                '\\' => self.skip_char_after_backslash(),
                '`' => {
                    self.push(Kind::Literal, "");
                    return self.skip(1);
                }
                '{' => {
                    self.open.push(true);
                    self.push(Kind::Sign, "(");
                    return self.skip(1);
                }
                c => self.skip(c.len_utf8()),
            }
        }
    }

    fn quoted(&mut self, quote: char) {
        self.push(Kind::Literal, "");
        self.skip(1);
        while let Some(c) = self.rest().chars().next() {
            match c {
                '\\' => self.skip_char_after_backslash(),
                c if c == quote => return self.skip(1),
                c => self.skip(c.len_utf8()),
            }
        }
    }

    fn skip_char_after_backslash(&mut self) {
        self.skip(1);
        if let Some(c) = self.rest().chars().next() {
            self.skip(c.len_utf8());
        }
    }

    fn comment(&mut self) {
        if long_bracket(&self.rest()[2..]).is_some() {
            self.skip(2);
            self.skip_long();
        } else {
            self.skip(self.rest().find('\n').unwrap_or(self.rest().len()));
        }
    }

    fn long(&mut self) {
        self.push(Kind::Literal, "");
        self.skip_long();
    }

    fn skip_long(&mut self) {
        let level = long_bracket(self.rest()).unwrap_or(0);
        let close = format!("]{}]", "=".repeat(level));
        let length = self.rest().find(&close).map_or(self.rest().len(), |found| found + close.len());
        self.skip(length);
    }

    fn take(&mut self, kind: Kind, length: usize) {
        self.push(kind, &self.rest()[..length]);
        self.skip(length);
    }

    fn push(&mut self, kind: Kind, text: &'a str) {
        let column = self.text[self.line_start..self.at].chars().count() + 1;
        self.tokens.push(Token { kind, text, line: self.line, column: u32::try_from(column).unwrap_or(0) });
    }

    fn skip(&mut self, length: usize) {
        for (index, _) in self.text[self.at..self.at + length].match_indices('\n') {
            self.line += 1;
            self.line_start = self.at + index + 1;
        }
        self.at += length;
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The length of a number; one that ends before `..` is no range.
fn number_length(rest: &str) -> usize {
    let mut length = 0;
    let mut before = ' ';
    for c in rest.chars() {
        let exponent = matches!(before, 'e' | 'E' | 'p' | 'P') && matches!(c, '+' | '-');
        let dot = c == '.' && !rest[length..].starts_with("..");
        if !(is_word(c) || exponent || dot) {
            break;
        }
        length += c.len_utf8();
        before = c;
    }
    length
}

/// The level of a long bracket that opens here.
fn long_bracket(rest: &str) -> Option<usize> {
    let inside = rest.strip_prefix('[')?;
    let level = inside.len() - inside.trim_start_matches('=').len();
    inside[level..].starts_with('[').then_some(level)
}
