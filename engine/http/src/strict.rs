//! JSON bodies, read strictly: no duplicate keys, no unknown fields, no wrong types, bounded depth; every fault says
//! where it is. It knows no request: the types that it fills do.

use crate::problem::Problem;
use axum::http::StatusCode;
use serde::de::value::{MapAccessDeserializer, StringDeserializer};
use serde::de::{
    self, DeserializeOwned, DeserializeSeed, Deserializer, IntoDeserializer, MapAccess, SeqAccess, Visitor,
};
use std::collections::BTreeSet;
use std::fmt;

/// Deepest nesting of arrays and objects that is read.
const DEPTH_LIMIT: usize = 16;

/// Reads a body.
pub(crate) fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let node = parse(bytes)?;
    T::deserialize(node).map_err(Fault::into_problem)
}

fn parse(bytes: &[u8]) -> Result<Node, Problem> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let node = Grow { depth: DEPTH_LIMIT }.deserialize(&mut reader);
    let node = node.and_then(|node| reader.end().map(|()| node));
    node.map_err(|error| Problem::new(StatusCode::BAD_REQUEST, "invalid_json", error.to_string()))
}

/// Any JSON value, with its keys in order.
enum Node {
    Null,
    Bool(bool),
    Unsigned(u64),
    Signed(i64),
    Float(f64),
    Text(String),
    List(Vec<Node>),
    Object(Vec<(String, Node)>),
}

struct Grow {
    depth: usize,
}

impl Grow {
    fn deeper<E: de::Error>(&self) -> Result<Self, E> {
        match self.depth.checked_sub(1) {
            Some(depth) => Ok(Self { depth }),
            None => Err(E::custom(format_args!("nested deeper than {DEPTH_LIMIT}"))),
        }
    }
}

impl<'de> DeserializeSeed<'de> for Grow {
    type Value = Node;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Node, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Grow {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(Node::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Node, E> {
        Ok(Node::Bool(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Node, E> {
        Ok(Node::Unsigned(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Node, E> {
        Ok(Node::Signed(value))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Node, E> {
        Ok(Node::Float(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Node, E> {
        Ok(Node::Text(value.into()))
    }

    fn visit_string<E>(self, value: String) -> Result<Node, E> {
        Ok(Node::Text(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Node, A::Error> {
        let mut nodes = Vec::new();
        while let Some(node) = list.next_element_seed(self.deeper()?)? {
            nodes.push(node);
        }
        Ok(Node::List(nodes))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Node, A::Error> {
        let (mut fields, mut keys) = (Vec::new(), BTreeSet::new());
        while let Some(key) = map.next_key::<String>()? {
            if !keys.insert(key.clone()) {
                return Err(de::Error::custom(format_args!("the key {key:?} is there twice")));
            }
            fields.push((key, map.next_value_seed(self.deeper()?)?));
        }
        Ok(Node::Object(fields))
    }
}

/// What is wrong, and where.
#[derive(Debug)]
struct Fault {
    pointer: String,
    code: &'static str,
    detail: String,
}

impl Fault {
    fn new(code: &'static str, detail: String) -> Self {
        Self { pointer: String::new(), code, detail }
    }

    /// The same fault, seen from one level further out.
    fn within(mut self, step: &str) -> Self {
        let step = step.replace('~', "~0").replace('/', "~1");
        self.pointer = format!("/{step}{}", self.pointer);
        self
    }

    fn into_problem(self) -> Problem {
        Problem::invalid(self.code, self.detail).at(self.pointer)
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.pointer, self.detail)
    }
}

impl std::error::Error for Fault {}

impl de::Error for Fault {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::new("invalid_value", message.to_string())
    }

    fn invalid_type(unexpected: de::Unexpected<'_>, expected: &dyn de::Expected) -> Self {
        Self::new("wrong_type", format!("{unexpected}, but {expected} is expected"))
    }

    fn invalid_value(unexpected: de::Unexpected<'_>, expected: &dyn de::Expected) -> Self {
        Self::new("invalid_value", format!("{unexpected}, but {expected} is expected"))
    }

    fn unknown_field(field: &str, expected: &'static [&'static str]) -> Self {
        let known = expected.join(", ");
        Self::new("unknown_field", format!("{field:?} is not a field of this; known: {known}")).within(field)
    }

    fn unknown_variant(variant: &str, expected: &'static [&'static str]) -> Self {
        let known = expected.join(", ");
        Self::new("invalid_value", format!("{variant:?} is not one of: {known}"))
    }

    fn missing_field(field: &'static str) -> Self {
        Self::new("missing_field", format!("{field:?} is missing")).within(field)
    }
}

impl<'de> Deserializer<'de> for Node {
    type Error = Fault;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self {
            Self::Null => visitor.visit_unit(),
            Self::Bool(value) => visitor.visit_bool(value),
            Self::Unsigned(value) => visitor.visit_u64(value),
            Self::Signed(value) => visitor.visit_i64(value),
            Self::Float(value) => visitor.visit_f64(value),
            Self::Text(value) => visitor.visit_string(value),
            Self::List(nodes) => visitor.visit_seq(Items { nodes: nodes.into_iter(), next: 0 }),
            Self::Object(fields) => visitor.visit_map(Fields { fields: fields.into_iter(), value: None }),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self {
            Self::Null => visitor.visit_none(),
            node => visitor.visit_some(node),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        match self {
            Self::Text(variant) => {
                let variant: StringDeserializer<Fault> = variant.into_deserializer();
                visitor.visit_enum(variant)
            }
            Self::Object(fields) => {
                let fields = Fields { fields: fields.into_iter(), value: None };
                visitor.visit_enum(MapAccessDeserializer::new(fields))
            }
            other => other.deserialize_any(visitor),
        }
    }

    /// Takes an object alone: serde would take an array of the fields' values as well.
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        match self {
            Self::Object(fields) => visitor.visit_map(Fields { fields: fields.into_iter(), value: None }),
            Self::List(_) => Err(de::Error::invalid_type(de::Unexpected::Seq, &"an object")),
            other => other.deserialize_any(visitor),
        }
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct
        seq tuple tuple_struct map identifier ignored_any
    }
}

impl IntoDeserializer<'_, Fault> for Node {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

struct Items {
    nodes: std::vec::IntoIter<Node>,
    next: usize,
}

impl<'de> SeqAccess<'de> for Items {
    type Error = Fault;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Fault> {
        let Some(node) = self.nodes.next() else { return Ok(None) };
        let index = self.next.to_string();
        self.next += 1;
        seed.deserialize(node).map(Some).map_err(|fault| fault.within(&index))
    }
}

struct Fields {
    fields: std::vec::IntoIter<(String, Node)>,
    value: Option<(String, Node)>,
}

impl<'de> MapAccess<'de> for Fields {
    type Error = Fault;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Fault> {
        let Some((key, node)) = self.fields.next() else { return Ok(None) };
        self.value = Some((key.clone(), node));
        let key: StringDeserializer<Fault> = key.into_deserializer();
        seed.deserialize(key).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Fault> {
        let (key, node) = self.value.take().expect("serde asks for a value after its key");
        seed.deserialize(node).map_err(|fault| fault.within(&key))
    }
}

#[cfg(test)]
mod tests {
    use super::read;
    use hark_core::AgentId;
    use serde::Deserialize;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "what is read is looked at in its printed form")]
    struct Body {
        text: String,
        #[serde(default)]
        agent: Option<AgentId>,
        #[serde(default)]
        inner: Vec<Inner>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "what is read is looked at in its printed form")]
    struct Inner {
        on: bool,
    }

    fn fault(json: &str) -> String {
        let problem = read::<Body>(json.as_bytes()).expect_err("it is wrong");
        let (status, code) = (problem.status.as_u16(), problem.code);
        let shown = format!("{problem:?}");
        let pointer =
            shown.split("pointer: \"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or("-");
        format!("{status} {code} {pointer}")
    }

    #[test]
    fn every_fault_says_what_and_where() {
        assert_eq!(fault("{"), "400 invalid_json -");
        assert_eq!(fault("{\"text\":\"a\"} x"), "400 invalid_json -");
        assert_eq!(fault("{\"text\":\"a\",\"text\":\"b\"}"), "400 invalid_json -");
        assert_eq!(fault(&format!("{}{}", "[".repeat(10_000), "]".repeat(10_000))), "400 invalid_json -");
        assert_eq!(fault("{\"text\":1}"), "422 wrong_type /text");
        assert_eq!(fault("{\"text\":null}"), "422 wrong_type /text");
        assert_eq!(fault("[\"a\"]"), "422 wrong_type ");
        assert_eq!(fault("{}"), "422 missing_field /text");
        assert_eq!(fault("{\"text\":\"a\",\"__proto__\":{}}"), "422 unknown_field /__proto__");
        assert_eq!(fault("{\"text\":\"a\",\"a/b~\":1}"), "422 unknown_field /a~1b~0");
        assert_eq!(fault("{\"text\":\"a\",\"agent\":\"x\"}"), "422 invalid_value /agent");
        assert_eq!(
            fault("{\"text\":\"a\",\"inner\":[{\"on\":true},{\"on\":3}]}"),
            "422 wrong_type /inner/1/on"
        );
        assert_eq!(
            fault("{\"text\":\"a\",\"inner\":[{\"on\":true,\"x\":0}]}"),
            "422 unknown_field /inner/0/x"
        );
    }

    #[test]
    fn what_is_right_is_read() {
        let body = read::<Body>("{\"text\":\"\\ud83d\\ude00\",\"inner\":[{\"on\":false}]}".as_bytes());
        assert_eq!(
            format!("{:?}", body.expect("it is right")),
            "Body { text: \"😀\", agent: None, inner: [Inner { on: false }] }"
        );
    }
}
