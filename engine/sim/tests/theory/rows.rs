//! Reads `tests/data/queueing/oracle-examples.csv`, as it lies there.

use std::collections::BTreeMap;

/// One row: its cells by the names of their columns.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub(crate) id: String,
    cells: BTreeMap<String, String>,
}

impl Row {
    pub(crate) fn text(&self, column: &str) -> &str {
        self.cells.get(column).map_or("", String::as_str)
    }

    /// The number of a cell; none when it is empty.
    pub(crate) fn number(&self, column: &str) -> Option<f64> {
        let text = self.text(column);
        (!text.is_empty()).then(|| text.parse().unwrap_or_else(|_| panic!("{}: {column} is {text}", self.id)))
    }

    pub(crate) fn need(&self, column: &str) -> f64 {
        self.number(column).unwrap_or_else(|| panic!("{} has no {column}", self.id))
    }

    /// A number in the JSON of the last but one column.
    pub(crate) fn extra(&self, key: &str) -> f64 {
        let text = self.text("extra");
        let (_, after) =
            text.split_once(&format!("\"{key}\": ")).unwrap_or_else(|| panic!("{text}: no {key}"));
        let end = after.find([',', '}']).expect("the object ends");
        after[..end].parse().expect("it is a number")
    }

    /// All lists of numbers in the brackets of `extra`.
    pub(crate) fn lists(&self) -> Vec<Vec<f64>> {
        let text = self.text("extra");
        let lists = text.split('[').skip(1).filter_map(|part| part.split_once(']').map(|(list, _)| list));
        let numbers = |list: &str| list.split(',').filter_map(|number| number.trim().parse().ok()).collect();
        lists.map(numbers).filter(|list: &Vec<f64>| !list.is_empty()).collect()
    }

    /// Rates of all classes, in chats an hour.
    pub(crate) fn rates(&self) -> Vec<f64> {
        self.text("all_lambda_per_h").split(';').map(|rate| rate.parse().expect("a rate")).collect()
    }
}

/// All rows of the table.
pub(crate) fn all() -> Vec<Row> {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/data/queueing/oracle-examples.csv");
    let text = std::fs::read_to_string(file).unwrap_or_else(|error| panic!("{file}: {error}"));
    let mut lines = text.lines().map(cells);
    let columns = lines.next().expect("a head");
    let row = |cells: Vec<String>| {
        assert_eq!(cells.len(), columns.len(), "{cells:?}");
        Row { id: cells[0].clone(), cells: columns.iter().cloned().zip(cells).collect() }
    };
    lines.map(row).collect()
}

/// Cells of one line: commas part them, but not within quotes, of which two stand for one.
fn cells(line: &str) -> Vec<String> {
    let (mut cells, mut quoted) = (vec![String::new()], false);
    let mut letters = line.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '"' if quoted && letters.peek() == Some(&'"') => {
                letters.next();
                cells.last_mut().expect("there is one").push('"');
            }
            '"' => quoted = !quoted,
            ',' if !quoted => cells.push(String::new()),
            letter => cells.last_mut().expect("there is one").push(letter),
        }
    }
    cells
}
