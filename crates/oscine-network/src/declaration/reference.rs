//! The experiment file described as data: every table, its keys, their kinds of value, defaults and examples, made from the declarations.
//! The JSON Schema and `oscine explain` are written from it.
//!
//! ```
//! use oscine_network::reference;
//!
//! let file = reference::file();
//! let found = file.find("run.seed");
//! assert_eq!(found[0].key.default.as_deref(), Some("1"));
//! ```

/// What can be written under a key.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    /// A string.
    Text,
    /// A string or a number.
    Expression,
    /// A quantity in a string, or a plain number where the dimension has none.
    Quantity {
        /// In words, with an example.
        expected: &'static str,
        /// The SI unit.
        unit: &'static str,
    },
    /// A number.
    Number,
    /// A whole number.
    Count {
        /// The least that is possible.
        least: usize,
    },
    /// A whole number as a string.
    Digits,
    /// True or false.
    Flag,
    /// `false`, for what there is without the key.
    No,
    /// One of a few words, each with what it is.
    Choice(Vec<(&'static str, &'static str)>),
    /// One of a list of names, or an expression.
    NameOr(Vec<&'static str>),
    /// One, or a list.
    Several(Box<Shape>),
    /// A list.
    List(Box<Shape>),
    /// One, or a matrix with a row for each target and a column for each source, where a table makes projections between many populations.
    OrMatrix(Box<Shape>),
    /// One of these.
    Either(Vec<Shape>),
    /// A table whose keys are names that the file gives.
    ByName(Box<Shape>),
    /// The same, where a name may have points and be written as tables in one another.
    ByDottedName(Box<Shape>),
    /// A table.
    Table(Box<TableReference>),
    /// Any value.
    Anything,
}

/// A table of the file.
#[derive(Clone, Debug, PartialEq)]
pub struct TableReference {
    /// What it is.
    pub doc: &'static str,
    /// Its keys in the order in which they are written.
    pub keys: Vec<KeyReference>,
    /// Further keys by the kind of table.
    pub kinds: Option<Kinds>,
    /// Whether it takes other keys too.
    pub is_open: bool,
}

/// A key of a table.
#[derive(Clone, Debug, PartialEq)]
pub struct KeyReference {
    /// As it is written.
    pub name: &'static str,
    /// What it is.
    pub doc: &'static str,
    /// What can be written.
    pub shape: Shape,
    /// What could be written, where the key must be there.
    pub needs: Option<&'static str>,
    /// What holds where nothing is written, as TOML; `None` where that is nothing.
    pub default: Option<String>,
    /// Which values are possible, in words.
    pub range: Option<&'static str>,
}

/// The kinds of a table: a key names one, and each has keys of its own.
#[derive(Clone, Debug, PartialEq)]
pub struct Kinds {
    /// The key.
    pub key: &'static str,
    /// What it is.
    pub doc: &'static str,
    /// What could be written, where the key must be there.
    pub needs: Option<&'static str>,
    /// The kind where none is written.
    pub usual: Option<&'static str>,
    /// Name and keys of each kind.
    pub variants: Vec<(&'static str, TableReference)>,
    /// What else the key can be, with keys that are not known here.
    pub others: Option<&'static str>,
}

/// A key that was looked up.
#[derive(Clone, Debug, PartialEq)]
pub struct Found<'a> {
    /// How it is reached, as in `stimulus.NAME.rate`.
    pub path: String,
    /// The kind of table that it belongs to, where it belongs to one.
    pub kind: Option<&'static str>,
    /// The key.
    pub key: &'a KeyReference,
}

impl TableReference {
    pub(crate) fn new(doc: &'static str) -> Self {
        Self {
            doc,
            keys: Vec::new(),
            kinds: None,
            is_open: false,
        }
    }
}

/// The experiment file: every table and key.
#[must_use]
pub fn file() -> TableReference {
    super::describe::<crate::Experiment>()
}

impl Shape {
    /// The table that can be written, where one can.
    #[must_use]
    pub fn table(&self) -> Option<&TableReference> {
        match self {
            Self::Table(table) => Some(table),
            Self::ByName(inner)
            | Self::ByDottedName(inner)
            | Self::List(inner)
            | Self::Several(inner)
            | Self::OrMatrix(inner) => inner.table(),
            Self::Either(shapes) => shapes.iter().find_map(Self::table),
            _ => None,
        }
    }

    /// Whether it is tables by names that the file gives.
    #[must_use]
    pub fn has_names(&self) -> bool {
        matches!(self, Self::ByName(inner) if inner.table().is_some())
    }
}

impl TableReference {
    /// The keys of a path as in `run.seed`, `neurons.cells.count` or `neurons.count`: one, or one for each kind of table that has such a key.
    /// Where a table holds others by name, the name may be left out.
    #[must_use]
    pub fn find(&self, path: &str) -> Vec<Found<'_>> {
        let steps: Vec<&str> = path.split('.').map(str::trim).collect();
        let mut found = Vec::new();
        self.search(&steps, String::new(), &mut found);
        found
    }

    /// The names of all keys, those of the kinds too, each once.
    #[must_use]
    pub fn names(&self) -> Vec<&'static str> {
        let mut names: Vec<&str> = self.kinds.iter().map(|kinds| kinds.key).collect();
        for (_, key) in self.all_keys() {
            if !names.contains(&key.name) {
                names.push(key.name);
            }
        }
        names
    }

    /// All keys, those of the kinds with the name of their kind.
    pub fn all_keys(&self) -> impl Iterator<Item = (Option<&'static str>, &KeyReference)> {
        let own = self.keys.iter().map(|key| (None, key));
        let kinds = self.kinds.iter().flat_map(|kinds| &kinds.variants);
        own.chain(
            kinds
                .flat_map(|(name, variant)| variant.keys.iter().map(move |key| (Some(*name), key))),
        )
    }

    fn search<'a>(&'a self, steps: &[&str], before: String, into: &mut Vec<Found<'a>>) {
        let [first, rest @ ..] = steps else {
            return;
        };
        for (kind, key) in self.all_keys().filter(|(_, key)| key.name == *first) {
            let path = match before.as_str() {
                "" => key.name.to_string(),
                before => format!("{before}.{}", key.name),
            };
            match (rest, key.shape.table()) {
                ([], _) => into.push(Found { path, kind, key }),
                (rest, Some(table)) => {
                    let inside = match key.shape.has_names() {
                        true => format!("{path}.NAME"),
                        false => path,
                    };
                    let before = into.len();
                    table.search(rest, inside.clone(), into);
                    // Without a key of that name it is the name of a table.
                    if into.len() == before && key.shape.has_names() && rest.len() > 1 {
                        table.search(&rest[1..], inside, into);
                    }
                }
                _ => {}
            }
        }
    }
}
