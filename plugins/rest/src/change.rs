//! What of a record is another than before: a request that changes it says that and no more, for what it does not say the
//! other system leaves alone. It compares values and knows no system.

use crate::request::Fields;
use crate::template::Template;
use hark_plugin_sdk::Json;
use std::collections::BTreeSet;

/// How a record's values differ from those that are stored.
#[derive(Clone, Debug)]
pub struct Change {
    changed: BTreeSet<String>,
    cleared: BTreeSet<String>,
    same: BTreeSet<String>,
    empty: Json,
}

impl Change {
    /// What has to be done to `before` to make it `after`; an empty value is none. `empty` is what the other system
    /// takes for a value that is no more.
    #[must_use]
    pub fn between(before: &Fields, after: &Fields, empty: Json) -> Self {
        let value = |fields: &Fields, name: &str| fields.get(name).filter(|value| !value.is_empty()).cloned();
        let mut change =
            Self { changed: BTreeSet::new(), cleared: BTreeSet::new(), same: BTreeSet::new(), empty };
        let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
        for name in names {
            let (old, new) = (value(before, name), value(after, name));
            let kind = match (&old, &new) {
                _ if old == new => &mut change.same,
                (_, None) => &mut change.cleared,
                _ => &mut change.changed,
            };
            kind.insert(name.clone());
        }
        change
    }

    /// The same, for a system that is sent all of a record: what is as before is said as well.
    #[must_use]
    pub fn whole(self) -> Self {
        Self { same: BTreeSet::new(), ..self }
    }

    /// The names of the values that are other ones now, or are no more.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.changed.iter().chain(&self.cleared).map(String::as_str)
    }

    /// Whether a text of the body says only what is as before.
    pub(crate) fn leaves_out(&self, template: &Template) -> bool {
        let named = |names: &BTreeSet<String>| template.names().any(|name| names.contains(name));
        named(&self.same) && !named(&self.changed) && !named(&self.cleared)
    }

    /// What stands in the place of a text of which nothing is left.
    pub(crate) fn in_place_of(&self, template: &Template) -> Option<Json> {
        let mut names = template.names().peekable();
        let gone = names.peek().is_some() && names.all(|name| self.cleared.contains(name));
        gone.then(|| self.empty.clone())
    }
}
