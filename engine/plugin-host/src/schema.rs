//! Checks a configuration against a plugin's JSON Schema and says in plain words what is wrong. It knows the keywords
//! that configurations use: type, enum, const, properties, required, additionalProperties, items, the bounds of numbers,
//! texts and lists, allOf, anyOf, oneOf, and references inside the schema. Others are the plugin's to check.

mod nearest;

use nearest::nearest;
use serde_json::{Map, Value};

/// How deep schema and value may go; a reference to itself ends here.
const DEPTH: usize = 64;

/// All that is wrong, each with its place; nothing when all is well.
pub(crate) fn check(schema: &Value, value: &Value) -> Vec<String> {
    let mut checker = Checker { root: schema, wrong: Vec::new() };
    checker.check(schema, value, "", 0);
    checker.wrong
}

/// Whether a number keeps a bound.
type Holds = fn(f64, f64) -> bool;

struct Checker<'a> {
    root: &'a Value,
    wrong: Vec<String>,
}

impl<'a> Checker<'a> {
    fn say(&mut self, place: &str, what: impl AsRef<str>) {
        let what = what.as_ref();
        self.wrong.push(match place {
            "" => format!("the configuration {what}"),
            place => format!("`{place}` {what}"),
        });
    }

    fn check(&mut self, schema: &'a Value, value: &Value, place: &str, depth: usize) {
        let rules = match schema {
            Value::Bool(false) => return self.say(place, "must not be there"),
            Value::Object(rules) => rules,
            _ => return,
        };
        if depth > DEPTH {
            return self.say(place, format!("is nested more than {DEPTH} deep"));
        }
        if let Some(target) = rules.get("$ref").and_then(Value::as_str).and_then(|path| self.lookup(path)) {
            self.check(target, value, place, depth + 1);
        }
        if !self.has_type(rules, value, place) {
            return;
        }
        self.choices(rules, value, place);
        match value {
            Value::Object(fields) => self.object(rules, fields, place, depth),
            Value::Array(items) => self.list(rules, items, place, depth),
            Value::String(text) => {
                let letters = text.chars().count();
                self.bounds(rules, ["minLength", "maxLength"], letters, "characters", place);
            }
            Value::Number(_) => self.number(rules, value, place),
            _ => {}
        }
        self.combined(rules, value, place, depth);
    }

    fn lookup(&self, path: &str) -> Option<&'a Value> {
        self.root.pointer(path.strip_prefix('#')?)
    }

    fn has_type(&mut self, rules: &Map<String, Value>, value: &Value, place: &str) -> bool {
        let wanted: Vec<&str> = match rules.get("type") {
            Some(Value::String(one)) => vec![one],
            Some(Value::Array(several)) => several.iter().filter_map(Value::as_str).collect(),
            _ => return true,
        };
        if wanted.iter().any(|name| is_type(name, value)) {
            return true;
        }
        let wanted: Vec<&str> = wanted.into_iter().map(spoken_type).collect();
        self.say(place, format!("must be {}, but is {}", wanted.join(" or "), shown(value)));
        false
    }

    fn choices(&mut self, rules: &Map<String, Value>, value: &Value, place: &str) {
        if let Some(choices) = rules.get("enum").and_then(Value::as_array)
            && !choices.contains(value)
        {
            let choices: Vec<String> = choices.iter().map(Value::to_string).collect();
            self.say(place, format!("must be one of {}, but is {}", choices.join(", "), shown(value)));
        }
        if let Some(only) = rules.get("const").filter(|only| *only != value) {
            self.say(place, format!("must be {only}, but is {}", shown(value)));
        }
    }

    fn object(
        &mut self,
        rules: &'a Map<String, Value>,
        fields: &Map<String, Value>,
        place: &str,
        depth: usize,
    ) {
        for name in rules.get("required").and_then(Value::as_array).into_iter().flatten() {
            if let Some(name) = name.as_str().filter(|name| !fields.contains_key(*name)) {
                self.say(&inside(place, name), "is missing");
            }
        }
        let known = rules.get("properties").and_then(Value::as_object);
        for (name, value) in fields {
            let place = inside(place, name);
            match (known.and_then(|known| known.get(name)), rules.get("additionalProperties")) {
                (Some(rule), _) => self.check(rule, value, &place, depth + 1),
                (None, Some(Value::Bool(false))) => self.unknown(&place, name, known),
                (None, Some(rule)) => self.check(rule, value, &place, depth + 1),
                (None, None) => {}
            }
        }
        self.bounds(rules, ["minProperties", "maxProperties"], fields.len(), "keys", place);
    }

    fn unknown(&mut self, place: &str, name: &str, known: Option<&Map<String, Value>>) {
        let meant = known.and_then(|known| nearest(name, known.keys()));
        match meant {
            Some(meant) => self.say(place, format!("is not known; did you mean `{meant}`?")),
            None => self.say(place, "is not known"),
        }
    }

    fn list(&mut self, rules: &'a Map<String, Value>, items: &[Value], place: &str, depth: usize) {
        self.bounds(rules, ["minItems", "maxItems"], items.len(), "entries", place);
        let Some(rule) = rules.get("items") else { return };
        for (number, item) in items.iter().enumerate() {
            self.check(rule, item, &format!("{place}[{number}]"), depth + 1);
        }
    }

    fn bounds(&mut self, rules: &Map<String, Value>, keys: [&str; 2], has: usize, what: &str, place: &str) {
        let bound = |key: &str| rules.get(key).and_then(Value::as_u64);
        if let Some(least) = bound(keys[0]).filter(|least| (has as u64) < *least) {
            self.say(place, format!("has {has} {what}, at least {least} are needed"));
        }
        if let Some(most) = bound(keys[1]).filter(|most| has as u64 > *most) {
            self.say(place, format!("has {has} {what}, at most {most} are allowed"));
        }
    }

    fn number(&mut self, rules: &Map<String, Value>, value: &Value, place: &str) {
        let Some(number) = value.as_f64() else { return };
        let tests: [(&str, Holds, &str); 4] = [
            ("minimum", |number, bound| number >= bound, "at least"),
            ("maximum", |number, bound| number <= bound, "at most"),
            ("exclusiveMinimum", |number, bound| number > bound, "more than"),
            ("exclusiveMaximum", |number, bound| number < bound, "less than"),
        ];
        for (key, holds, words) in tests {
            let bound = rules.get(key).filter(|bound| bound.as_f64().is_some_and(|b| !holds(number, b)));
            if let Some(bound) = bound {
                self.say(place, format!("must be {words} {bound}, but is {value}"));
            }
        }
    }

    fn combined(&mut self, rules: &'a Map<String, Value>, value: &Value, place: &str, depth: usize) {
        let several = |key: &str| rules.get(key).and_then(Value::as_array);
        for rule in several("allOf").into_iter().flatten() {
            self.check(rule, value, place, depth + 1);
        }
        for (key, one_only) in [("anyOf", false), ("oneOf", true)] {
            let Some(rules) = several(key) else { continue };
            let tried: Vec<Vec<String>> =
                rules.iter().map(|rule| self.apart(rule, value, place, depth + 1)).collect();
            match tried.iter().filter(|wrong| wrong.is_empty()).count() {
                0 => self.wrong.extend(tried.into_iter().min_by_key(Vec::len).unwrap_or_default()),
                2.. if one_only => self.say(place, "fits several shapes of which only one is allowed"),
                _ => {}
            }
        }
    }

    fn apart(&self, schema: &'a Value, value: &Value, place: &str, depth: usize) -> Vec<String> {
        let mut other = Checker { root: self.root, wrong: Vec::new() };
        other.check(schema, value, place, depth);
        other.wrong
    }
}

fn inside(place: &str, name: &str) -> String {
    if place.is_empty() { name.to_owned() } else { format!("{place}.{name}") }
}

fn is_type(name: &str, value: &Value) -> bool {
    match name {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        "number" => value.is_number(),
        "integer" => value.is_i64() || value.is_u64() || value.as_f64().is_some_and(|n| n.fract() == 0.0),
        // A type of a later schema is not ours to refuse.
        _ => true,
    }
}

fn spoken_type(name: &str) -> &str {
    match name {
        "object" => "a table",
        "array" => "a list",
        "string" => "a text",
        "boolean" => "true or false",
        "null" => "nothing",
        "number" => "a number",
        "integer" => "a whole number",
        other => other,
    }
}

/// What the value is, without what it says: it may be a password.
fn shown(value: &Value) -> String {
    match value {
        Value::Null => "nothing".into(),
        Value::Bool(_) | Value::Number(_) => value.to_string(),
        Value::String(_) => "a text".into(),
        Value::Array(_) => "a list".into(),
        Value::Object(_) => "a table".into(),
    }
}

#[cfg(test)]
mod tests;
