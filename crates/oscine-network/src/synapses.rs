//! `[synapses.NAME]`: a projection from one population, or spike source, to another.

use crate::connect::Connect;
use crate::declaration::kinds::{Expression, Filled, Maybe, Words};
use crate::declaration::named::{by_name, override_with, write_by_name};
use crate::declaration::reference::Shape;
use crate::declaration::words::IntegratorName;
use crate::declaration::{Declared, Table, ValueKind, describe, read, table};
use crate::reading::fields::{At, Fields};
use crate::reading::models;
use crate::reading::slices::OneSlice;
use crate::reading::tree::{Kind, Node, Table as Tree};
use crate::{Entry, Named, Text};

table! {
    /// A projection: synapses from one population, or spike source, to another.
    pub struct Synapses {
        /// The sources: a slice of a population or of a stimulus that fires. A list of them makes a projection for each pair.
        from: Slice = OneSlice, needs "`from = \"cells\"`";
        /// The targets: a slice of a population (or of a spike source, for plasticity without a cell). A list of them makes a projection for each pair.
        to: Slice = OneSlice, needs "`to = \"cells\"`";
        /// The connectivity, who connects to whom: `all-to-all`, `one-to-one`, a condition such as `i != j`, or a table with a rule.
        connect: Connect = Connect, needs "`connect = \"all-to-all\"`, or `connect = { probability = 0.1 }`";
        /// The equations of the synapse: parameters, `event-driven`, `clock-driven` and `summed` ones.
        equations: Text = Expression, usually Text::default();
        /// Statements at the arrival of a presynaptic spike.
        on_pre: Option<Text> = Maybe<Filled<Expression>>;
        /// Statements at a postsynaptic spike.
        on_post: Option<Text> = Maybe<Filled<Expression>>;
        /// The delay from the presynaptic spike to `on_pre` (axonal).
        delay: Delay = Delay;
        /// The delay from the postsynaptic spike to `on_post` (dendritic, back-propagating).
        delay_post: Delay = Delay;
        /// Constants, and expressions of `i`, `j`, `rand()`, `randn()`, positions `x_pre` … and distance, by name.
        parameters: Named<Text> = WithinBounds;
        /// Where the synaptic variables start: expressions as for parameters.
        initial: Named<Text> = WithinBounds;
        /// The integrator of clock-driven equations by name.
        integrator: Option<String> = IntegratorName;
        /// The name of the model that the texts were made from; stands in written files instead of `model`.
        model as "made_from": Option<String> = Maybe<Words>;
    }
    reads {
        /// The model that the projection is made from: an entry of the catalogue, or a file of your own. Its parts are overridden key by key.
        model: Maybe<Words>;
    }
    keeps {
        /// For a parameter or initial value, by its name: draw again while it lies outside (lower, upper).
        bounds: Named<(Option<Text>, Option<Text>)>;
    }
}

impl Table for Synapses {
    fn prepare(&mut self, fields: &Fields) -> bool {
        // The first of the known keys in a message.
        for key in ["from", "to", "connect"] {
            fields.take(key);
        }
        let Some(entry) = models::of(fields, "synapse") else {
            return !fields.has("model");
        };
        self.fill_from(&entry);
        let to = fields.peek("to").and_then(OneSlice::plain);
        if let Some(to) = to {
            let mut wanted = fields.context.wanted.borrow_mut();
            wanted.push((to.name, entry.target));
        }
        true
    }

    fn settle(&mut self, fields: &Fields) -> bool {
        for key in ["parameters", "initial"] {
            let Some(Kind::Table(table)) = fields.peek(key).map(|node| &node.kind) else {
                continue;
            };
            for entry in table.entries.iter().filter(|entry| entry.node.is_table()) {
                let Some(drawn) = Delay::read(&fields.at(key).inside(&entry.key), &entry.node)
                else {
                    continue;
                };
                if drawn.lower.is_some() || drawn.upper.is_some() {
                    self.bounds
                        .push((entry.key.clone(), (drawn.lower, drawn.upper)));
                }
            }
        }
        true
    }

    fn wrote(&self, into: &mut Tree) {
        for (name, (lower, upper)) in &self.bounds {
            let is_parameter = self.parameters.iter().any(|(other, _)| other == name);
            let key = if is_parameter {
                "parameters"
            } else {
                "initial"
            };
            let Some(Kind::Table(table)) = into.get_mut(key).map(|entry| &mut entry.node.kind)
            else {
                continue;
            };
            if let Some(entry) = table.get_mut(name) {
                entry.node = bounded(entry.node.clone(), lower, upper);
            }
        }
    }
}

impl Synapses {
    pub(crate) fn fill_from(&mut self, entry: &Entry) {
        self.model = Some(entry.name.clone());
        self.equations = entry.equations.clone();
        self.on_pre = entry.on_pre.clone();
        self.on_post = entry.on_post.clone();
        self.parameters = entry.parameters.clone();
        self.initial = entry.initial.clone();
        self.integrator = entry.integrator.clone();
    }
}

table! {
    /// A delay, or another value that is drawn again while it lies outside its bounds.
    pub struct Delay {
        /// An expression: a constant, or of `rand()`, `randn()`, positions. A delay has the dimension of time, and is 0 where none is written.
        value: Option<Text> = Maybe<Expression>, needs "`{ value = \"1.5*ms + 0.2*ms*randn()\", lower = \"0.1 ms\" }`";
        /// Drawn again while it lies below this.
        lower: Option<Text> = Maybe<Expression>;
        /// Drawn again while it lies above this.
        upper: Option<Text> = Maybe<Expression>;
    }
}

impl Table for Delay {}

impl Default for Delay {
    fn default() -> Self {
        Self::blank()
    }
}

impl ValueKind for Delay {
    type Value = Self;

    fn read(at: &At, node: &Node) -> Option<Self> {
        if node.is_table() {
            let fields = Fields::of(at.context, node, at.called())?;
            return read(fields, Self::blank());
        }
        let value = Expression::read(at, node)?;
        Some(Self {
            value: Some(value),
            ..Self::blank()
        })
    }

    fn write(delay: &Self) -> Option<Node> {
        let value = Expression::write(delay.value.as_ref()?)?;
        Some(bounded(value, &delay.lower, &delay.upper))
    }

    fn shape() -> Shape {
        let table = Shape::Table(Box::new(describe::<Self>()));
        Shape::OrMatrix(Box::new(Shape::Either(vec![Shape::Expression, table])))
    }
}

/// A value, or a table with its bounds where it has some.
fn bounded(value: Node, lower: &Option<Text>, upper: &Option<Text>) -> Node {
    if lower.is_none() && upper.is_none() {
        return value;
    }
    let mut table = Tree::default();
    table.add("value", value);
    for (key, bound) in [("lower", lower), ("upper", upper)] {
        if let Some(node) = Maybe::<Expression>::write(bound) {
            table.add(key, node);
        }
    }
    Node::table(table)
}

/// Values by name, each an expression or `{ value, lower, upper }`; the bounds are kept apart.
struct WithinBounds;

impl ValueKind for WithinBounds {
    type Value = Named<Text>;

    fn read(at: &At, node: &Node) -> Option<Named<Text>> {
        let drawn = by_name(at, node, "a table such as { w = \"0.5 nS\" }", Delay::read)?;
        let values = drawn.into_iter();
        Some(
            values
                .filter_map(|(name, drawn)| Some((name, drawn.value?)))
                .collect(),
        )
    }

    fn put(into: &mut Named<Text>, read: Named<Text>) {
        override_with(into, read);
    }

    fn write(values: &Named<Text>) -> Option<Node> {
        write_by_name::<Expression>(values)
    }

    fn shape() -> Shape {
        Shape::ByName(Box::new(Delay::shape()))
    }
}

/// `cells[0:3200]`: a population by name, and a contiguous part of it.
///
/// Two slices are equal when they hold the same cells, wherever they stand.
#[derive(Clone, Debug, Default)]
pub struct Slice {
    /// The population or stimulus.
    pub name: String,
    /// The first cell.
    pub first: usize,
    /// One past the last cell; `None`: to the end.
    pub end: Option<usize>,
    /// Where it stands in the file.
    pub place: Option<std::ops::Range<usize>>,
}

impl Slice {
    /// A whole population.
    pub fn all(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            first: 0,
            end: None,
            place: None,
        }
    }
}

impl PartialEq for Slice {
    fn eq(&self, other: &Self) -> bool {
        (&self.name, self.first, self.end) == (&other.name, other.first, other.end)
    }
}

impl Eq for Slice {}

impl std::fmt::Display for Slice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (self.first, self.end) {
            (0, None) => f.write_str(&self.name),
            (first, Some(end)) if end == first + 1 => write!(f, "{}[{first}]", self.name),
            (first, Some(end)) => write!(f, "{}[{first}:{end}]", self.name),
            (first, None) => write!(f, "{}[{first}:]", self.name),
        }
    }
}
