//! Puts the lines of a TOML block into a file as a reader does it by hand: a key that is there gets its new value, a key
//! that is not is written below its table's header, and what has no place yet goes to the end. It knows lines, not TOML's
//! whole grammar.

/// A key with its value: the lines that make it, the first with the key.
struct Entry {
    table: String,
    key: String,
    lines: Vec<String>,
}

/// The file's text with the block's lines in it.
pub(crate) fn put(text: &str, block: &str) -> String {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    // Each [[table]] is one more of its kind.
    if let Some(at) = block.lines().position(|line| line.starts_with("[[")) {
        let (before, list): (Vec<_>, Vec<_>) =
            block.lines().enumerate().partition(|(number, _)| *number < at);
        let join = |lines: Vec<(usize, &str)>| {
            lines.into_iter().map(|(_, line)| format!("{line}\n")).collect::<String>()
        };
        return format!("{}\n{}", put(text, &join(before)).trim_end(), join(list));
    }
    entries(block).into_iter().for_each(|entry| put_entry(&mut lines, entry));
    lines.iter().map(|line| format!("{line}\n")).collect()
}

fn put_entry(lines: &mut Vec<String>, entry: Entry) {
    let header = if entry.table.is_empty() { None } else { Some(format!("[{}]", entry.table)) };
    let begin = match &header {
        None => 0,
        Some(header) => match lines.iter().position(|line| line.trim() == header) {
            Some(at) => at + 1,
            None => {
                lines.push(String::new());
                lines.push(header.clone());
                lines.len()
            }
        },
    };
    let end =
        lines[begin..].iter().position(|line| line.starts_with('[')).map_or(lines.len(), |at| begin + at);
    let there = lines[begin..end].iter().position(|line| key(line) == Some(&entry.key)).map(|at| begin + at);
    let (from, to) = there.map_or((begin, begin), |at| (at, at + length(&lines[at..end])));
    lines.splice(from..to, entry.lines);
}

fn entries(block: &str) -> Vec<Entry> {
    let lines: Vec<String> = block.lines().map(str::to_owned).collect();
    let (mut entries, mut table, mut at) = (Vec::new(), String::new(), 0);
    while let Some(line) = lines.get(at) {
        let many = length(&lines[at..]);
        if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.split(']').next()) {
            name.clone_into(&mut table);
        } else if let Some(key) = key(line) {
            let lines = lines[at..at + many].to_vec();
            entries.push(Entry { table: table.clone(), key: key.to_owned(), lines });
        }
        at += many;
    }
    entries
}

/// The key that a line gives a value to.
fn key(line: &str) -> Option<&str> {
    let (key, _) = line.split_once('=')?;
    let key = key.trim();
    (!key.is_empty() && !key.starts_with(['#', '['])).then_some(key)
}

/// How many lines a value takes: until its brackets are closed.
fn length(lines: &[String]) -> usize {
    if key(&lines[0]).is_none() {
        return 1;
    }
    let mut open = 0_i32;
    for (number, line) in lines.iter().enumerate() {
        let count = |brackets: [char; 2]| line.matches(brackets).count();
        open += i32::try_from(count(['[', '{'])).unwrap_or(0) - i32::try_from(count([']', '}'])).unwrap_or(0);
        if open <= 0 {
            return number + 1;
        }
    }
    lines.len()
}

#[test]
fn lines_go_where_a_reader_would_write_them() {
    let file = "top = 1\n\n[a]\n# about x\nx = [\n    1,\n]\ny = 2\n\n[b]\nx = 3\n";
    let put_in = |block: &str| put(file, block);
    assert_eq!(put_in("[b]\nx = 4\n"), file.replace("x = 3", "x = 4"));
    assert_eq!(put_in("[a]\nx = []\n"), file.replace("x = [\n    1,\n]", "x = []"));
    assert_eq!(put_in("top = 2\n"), file.replace("top = 1", "top = 2"));
    assert_eq!(put_in("[b]\nz = { one = [1, 2] }\n"), file.replace("[b]\n", "[b]\nz = { one = [1, 2] }\n"));
    assert_eq!(put_in("[a.\"c.d\"]\nx = 1\n"), format!("{file}\n[a.\"c.d\"]\nx = 1\n"));
    assert_eq!(put_in("[b]\nx = 5\n[[list]]\nx = 1\n"), file.replace("x = 3", "x = 5") + "[[list]]\nx = 1\n");
    assert!(toml::from_str::<toml::Table>(&put_in("[b]\nz = 1\n[[list]]\nx = 1\n")).is_ok());
}
