//! A book as its blocks: Markdown's fenced code, each with the words after the fence and the line it begins at. It judges
//! nothing and runs nothing.

use hark_tests::repository;
use std::fs;

/// One fenced block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Block {
    /// `file:line` of its first line, as compilers write it.
    pub(crate) place: String,
    /// The first word after the fence; empty when there is none.
    pub(crate) language: String,
    /// The other words after the fence.
    pub(crate) words: Vec<String>,
    /// What stands between the fences, without the fences' own indentation.
    pub(crate) text: String,
}

/// The blocks of a page of the repository, in order.
///
/// # Panics
/// The page cannot be read, or a block has no end.
pub(crate) fn blocks(page: &str) -> Vec<Block> {
    let text = fs::read_to_string(repository().join(page)).unwrap_or_else(|error| panic!("{page}: {error}"));
    blocks_of(page, &text)
}

fn blocks_of(page: &str, text: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut lines = text.lines().enumerate();
    while let Some((number, line)) = lines.next() {
        let Some((indent, ticks, info)) = fence(line) else { continue };
        let end = "`".repeat(ticks);
        let body: Vec<&str> =
            lines.by_ref().map(|(_, line)| line).take_while(|line| line.trim() != end).collect();
        let mut words = info.split_whitespace().map(str::to_owned);
        let body = body.iter().map(|line| format!("{}\n", without(line, indent)));
        blocks.push(Block {
            place: format!("{page}:{}", number + 2),
            language: words.next().unwrap_or_default(),
            words: words.collect(),
            text: body.collect(),
        });
    }
    blocks
}

/// Indentation, number of back-ticks and the words after them, when a line opens a block.
fn fence(line: &str) -> Option<(usize, usize, &str)> {
    let inner = line.trim_start_matches(' ');
    let info = inner.trim_start_matches('`');
    let ticks = inner.len() - info.len();
    (ticks >= 3 && !info.contains('`')).then_some((line.len() - inner.len(), ticks, info.trim()))
}

fn without(line: &str, indent: usize) -> &str {
    let blank = line.len() - line.trim_start_matches(' ').len();
    &line[indent.min(blank)..]
}

#[test]
fn blocks_keep_their_words_and_lose_the_indentation_of_their_fence() {
    let text = "# Page\n\n1. First\n\n   ```lua a.lua\n   if x then\n       y()\n   ```\n\n```\nplain\n```\n\n\
                ````text output\n```\ninner\n```\n````\n";
    let blocks = blocks_of("page.md", text);
    let told: Vec<_> = blocks.iter().map(|block| (block.place.as_str(), block.language.as_str())).collect();
    assert_eq!(told, [("page.md:6", "lua"), ("page.md:11", ""), ("page.md:15", "text")]);
    assert_eq!(blocks[0].words, ["a.lua"]);
    assert_eq!(blocks[0].text, "if x then\n    y()\n");
    assert_eq!(blocks[2].text, "```\ninner\n```\n");
}
