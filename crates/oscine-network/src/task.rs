//! `[task]`: the examples that a network learns from, and those that it is judged by.

use crate::declaration::kinds::{
    AtLeastOne, Expression, Filled, Maybe, Number, Range, Texts, Within,
};
use crate::declaration::named::{ExpressionsByName, all};
use crate::declaration::reference::Shape;
use crate::declaration::{Table, ValueKind, table};
use crate::reading::fields::{At, text_of};
use crate::reading::tree::{Kind, Node};
use crate::{Mistake, Named, Text};

table! {
    /// The task: examples, and how they are parted.
    pub struct Task {
        /// `digits`, `mnist`, a table (`.csv`, `.parquet`), a folder with one folder of images for each class, or `generated`.
        data: Text = Filled<Expression>, needs "`data = \"digits\"`";
        /// The classes that are kept, by name, in the order of the outputs; all where none are written.
        classes: Vec<String> = Labels;
        /// The part that is kept for validation of the examples that are not for the test, 0 to below 1.
        validation: f64 = Part, or 0.0;
        /// The part that is kept for the test. Where the data comes with a test set of its own, that is used if nothing is written here, and
        /// left alone else. Of generated examples these are made beside the others: as many as this part of them.
        test: Option<f64> = Maybe<Part>;
        /// At most so many examples to learn from, drawn anew for each seed; all where nothing is written.
        training: Option<usize> = Maybe<AtLeastOne>;
        /// How many examples are generated, where `data = "generated"`.
        examples: Option<usize> = Maybe<AtLeastOne>;
        /// The column of a table that is to be known; the last where none is written.
        target: Option<Text> = Maybe<Expression>;
        /// The columns of a table that are seen; all others where none are written. Of generated data: expressions of `rand()`, `randn()` by name.
        inputs: Named<Text> = Inputs;
        /// The outputs of generated data: expressions of the inputs, of `rand()` and `randn()`, by name.
        targets: Named<Text> = ExpressionsByName;
    }
}

impl Table for Task {}

impl Task {
    /// The keys that are written and belong to another kind of data, each with the kind that it belongs to.
    pub(crate) fn of_other_data(&self) -> Vec<(&'static str, &'static str)> {
        let data = self.data.value.trim();
        let is_generated = data == "generated";
        let is_table = data.ends_with(".csv") || data.ends_with(".parquet");
        let are_columns = self.inputs.iter().all(|(name, text)| *name == text.value);
        let written = [
            ("target", self.target.is_some() && !is_table, "a table"),
            (
                "inputs",
                match (is_table, is_generated) {
                    (true, _) => !are_columns,
                    (_, true) => false,
                    _ => !self.inputs.is_empty(),
                },
                match is_table {
                    true => "generated data; of a table, name columns such as [\"a\", \"b\"]",
                    false => "a table or generated data",
                },
            ),
            (
                "targets",
                !self.targets.is_empty() && !is_generated,
                "generated data",
            ),
            (
                "examples",
                self.examples.is_some() && !is_generated,
                "generated data",
            ),
        ];
        let foreign = written.into_iter().filter(|(_, is_foreign, _)| *is_foreign);
        foreign.map(|(key, _, of)| (key, of)).collect()
    }
}

/// A part of the examples, 0 to below 1.
type Part = Within<Number, BelowOne>;

struct BelowOne;

impl Range for BelowOne {
    type Value = f64;
    const SAYS: &'static str = "0 to below 1";

    fn wrong(value: &f64, what: &str) -> Option<Mistake> {
        (!(0.0..1.0).contains(value)).then(|| Mistake::NotAProbability {
            what: format!("{what}, the part of the examples that is kept for it,"),
            value: value.to_string(),
        })
    }
}

/// Words or numbers, as words.
struct Labels;

impl ValueKind for Labels {
    type Value = Vec<String>;

    fn read(at: &At, node: &Node) -> Option<Vec<String>> {
        let Kind::List(nodes) = &node.kind else {
            return at.wrong(node, "a list such as [0, 1] or [\"cat\", \"dog\"]");
        };
        all(nodes.iter().map(|node| match text_of(node) {
            Some(text) => Some(text.value),
            None => at.wrong(node, "a list of names or numbers"),
        }))
    }

    fn write(values: &Vec<String>) -> Option<Node> {
        let nodes = values.iter().map(|value| Node::string(value));
        (!values.is_empty()).then(|| Node::list(nodes))
    }

    fn shape() -> Shape {
        Shape::List(Box::new(Shape::Expression))
    }
}

/// Names of columns, or expressions by name.
struct Inputs;

impl ValueKind for Inputs {
    type Value = Named<Text>;

    fn read(at: &At, node: &Node) -> Option<Named<Text>> {
        if let Kind::Table(_) = node.kind {
            return ExpressionsByName::read(at, node);
        }
        let columns = Texts::read(at, node)?.into_iter();
        Some(
            columns
                .map(|column| (column.value.clone(), column))
                .collect(),
        )
    }

    fn write(values: &Named<Text>) -> Option<Node> {
        // Of columns the name is all that there is.
        match values.iter().all(|(name, text)| *name == text.value) {
            true => Node::strings(values.iter().map(|(name, _)| name.as_str())),
            false => ExpressionsByName::write(values),
        }
    }

    fn shape() -> Shape {
        Shape::Either(vec![Texts::shape(), ExpressionsByName::shape()])
    }
}
