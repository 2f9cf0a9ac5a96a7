//! `[stimulus.NAME]`: a function of time, or a source of spikes.

use std::path::PathBuf;
use std::sync::Arc;

use oscine_equations::Quantity;

use crate::checks::Findings;
use crate::declaration::kinds::{
    AtLeastOne, Count, Expression, Filled, Flag, Maybe, Number, Strings, Words,
};
use crate::declaration::named::all;
use crate::declaration::quantities::{Frequency, NotNegative, Positive, Rate, Time};
use crate::declaration::reference::{Shape, TableReference};
use crate::declaration::tables::Flat;
use crate::declaration::words::Choice;
use crate::declaration::{
    Declared, Key, Keys, Table, ValueKind, describe_one, key, table, variants, words,
};
use crate::reading::fields::{At, Fields};
use crate::reading::slices::{self, OneSlice};
use crate::reading::tree::{Kind, Node, Table as Tree};
use crate::{Mistake, Slice, Text};

table! {
    /// A stimulus. Amplitudes carry their unit in their text.
    pub struct Stimulus {
        /// What it is.
        kind: StimulusKind = StimulusKind, or StimulusKind::Step { amplitude: Text::default() };
        /// The beginning, s. Functions are 0 before it, sources silent.
        from: f64 = NotNegative<Time>, usually 0.0;
        /// The end, s; without it there is none. Functions are 0 afterwards, sources silent.
        until: Option<f64> = Maybe<Time>;
    }
}

impl Table for Stimulus {
    fn settle(&mut self, fields: &Fields) -> bool {
        let lacks = |key: &str| !fields.has(key);
        let missing = match &self.kind {
            StimulusKind::Ramp { .. } | StimulusKind::Chirp { .. } if lacks("until") => {
                ("until", "`until = \"1 s\"`")
            }
            StimulusKind::File { .. } if lacks("time") && lacks("every") => (
                "every",
                "`every = \"1 ms\"`, or `time = \"the column with the time\"`",
            ),
            StimulusKind::Task { shown } if shown.code == Code::Rates && lacks("rate") => {
                ("rate", "`rate = \"60 Hz\"`, of a number that is 1")
            }
            StimulusKind::Task { shown } if shown.code != Code::Rates => {
                return fields.refuse("rate");
            }
            _ => return true,
        };
        fields.missing(missing.0, missing.1);
        false
    }
}

variants! {
    /// The kinds of stimulus. Times are in s, frequencies in Hz.
    pub enum StimulusKind by "kind" "What it is.", needs "`kind = \"step\"`, `\"sinusoid\"`, `\"poisson\"` or `\"spikes\"`" {
        /// A step: `amplitude` from `from` until `until`.
        Step = "step" {
            /// The amplitude, with its unit.
            amplitude: Text = Filled<Expression>, needs "`amplitude = \"1 nA\"`";
        };
        /// A ramp: from `start` at `from` to `end` at `until`, in a straight line.
        Ramp = "ramp" {
            /// The value at `from`.
            start: Text = Filled<Expression>, needs "`start = \"0 nA\"`";
            /// The value at `until`.
            end: Text = Filled<Expression>, needs "`end = \"1 nA\"`";
        };
        /// `offset + amplitude sin(2π frequency (t - from) + phase)`.
        Sinusoid = "sinusoid" {
            /// The amplitude, with its unit.
            amplitude: Text = Filled<Expression>, needs "`amplitude = \"1 nA\"`";
            /// The frequency, Hz.
            frequency: f64 = Positive<Frequency>, needs "`frequency = \"5 Hz\"`";
            /// The phase, in radians.
            phase: f64 = Number, or 0.0;
            /// What is added; 0 where none is written.
            offset: Option<Text> = Maybe<Expression>;
        };
        /// A sinusoid whose frequency runs from `first` to `last` between `from` and `until` (ZAP).
        Chirp = "chirp" {
            /// The amplitude, with its unit.
            amplitude: Text = Filled<Expression>, needs "`amplitude = \"1 nA\"`";
            /// The frequency at `from`, Hz.
            first: f64 = NotNegative<Frequency>, needs "`first = \"5 Hz\"`";
            /// The frequency at `until`, Hz.
            last: f64 = NotNegative<Frequency>, needs "`last = \"5 Hz\"`";
            /// Whether the frequency runs exponentially, instead of linearly.
            logarithmic: bool = Flag, or false;
        };
        /// Values held (or joined by straight lines) at a fixed interval; several columns are called as `name(t, i)`.
        Values = "values" {
            /// The values, `[time][column]`, in `unit`; a row that comes again may be shared.
            values: Vec<Arc<[f64]>> = Rows, needs "`values = [0.0, 1.0, 0.5]`";
            /// The time between rows, s.
            every: f64 = Positive<Time>, needs "`every = \"1 ms\"`";
            /// The unit of the values, as text: `"nA"`, `"1"`.
            unit: Text = Unit, or Text::new("1");
            /// Whether they are joined by straight lines instead of held.
            linear: bool = Flag, or false;
        };
        /// Values as in `values`, from a CSV or Parquet file.
        File = "file" {
            /// The file, relative to the experiment's folder.
            path: PathBuf = FilePath, needs "`path = \"current.csv\"`";
            /// The columns, all but the time column where none are written.
            columns: Vec<String> = Strings;
            /// The column with the time in s; without it, rows are `every` apart.
            time: Option<String> = Maybe<Words>;
            /// The time between rows, s.
            every: Option<f64> = Maybe<Positive<Time>>;
            /// The unit of the values.
            unit: Text = Unit, or Text::new("1");
            /// Whether they are joined by straight lines instead of held.
            linear: bool = Flag, or false;
        };
        /// `count` independent Poisson trains.
        Poisson = "poisson" {
            /// How many trains.
            count: usize = AtLeastOne, needs "`count = 100`";
            /// The rate, with the dimension of Hz; an expression of `t` and `i`.
            rate: Text = Filled<Rate>, needs "`rate = \"10 Hz\"`";
        };
        /// At each step each target draws `poisson(inputs*rate*dt)` and adds that many times `weight` to a variable.
        PoissonInput = "poisson-input" {
            /// The targets.
            to: Slice = OneSlice, needs "`to = \"cells\"`";
            /// The variable added to.
            variable: String = VariableName, needs "`variable = \"v\"`";
            /// How many sources each target has.
            inputs: usize = AtLeastOne, needs "`inputs = 100`";
            /// The rate of each source, with the dimension of Hz; an expression of `t`.
            rate: Text = Filled<Rate>, needs "`rate = \"10 Hz\"`";
            /// What is added for each event; an expression of parameters.
            weight: Text = Filled<Expression>, needs "`weight = \"0.1 mV\"`";
        };
        /// `count` trains with given times; without times, only a protocol makes it fire.
        Spikes = "spikes" {
            /// How many trains.
            count: usize = AtLeastOne, needs "`count = 100`";
            /// When they fire.
            times: Option<SpikeTimes> = SpikeTimes;
        };
        /// The examples of the experiment's task, one after another.
        Task = "task" {
            /// How neurons are shown them.
            shown: Shown = Flat<Shown>, or Declared::blank();
        };
    }
}

table! {
    /// How neurons are shown the examples of a task: again from the first when all were shown, in an order that the run's seed draws anew each time.
    pub struct Shown {
        /// What stands for an example.
        code: Code = Choice<Code>, needs "`code = \"rates\"`, `\"latencies\"`, `\"currents\"` or `\"targets\"`", or Code::Currents;
        /// The numbers of an example, or of its targets: trains, or columns of the function.
        count: usize = AtLeastOne, needs "`count = 100`";
        /// Which examples.
        set: ExampleSet = Choice<ExampleSet>, or ExampleSet::Training;
        /// How many of the examples, the first so many; all where nothing is written.
        examples: Option<usize> = Maybe<AtLeastOne>;
        /// How long each is shown, s.
        each: f64 = Positive<Time>, needs "`each = \"100 ms\"`, how long an example is shown";
        /// The time between two in which there is nothing, s.
        pause: f64 = NotNegative<Time>, or 0.0;
        /// The rate of a train whose number is 1, with the dimension of Hz, where `code = "rates"`.
        rate: Option<Text> = Maybe<Filled<Rate>>;
    }
}

words! {
    /// What stands for an example of a task.
    pub enum Code {
        /// Poisson trains, each as fast as its number says.
        Rates = "rates",
        /// One spike of each train, the earlier the greater its number: at once where it is 1, at the end where it is just above 0, none where it is 0.
        Latencies = "latencies",
        /// A function `name(t, i)`: the numbers themselves.
        Currents = "currents",
        /// A function `name(t, i)`: 1 for the class of the example, 0 for the others; or the values to be met.
        Targets = "targets",
    }
}

impl Code {
    /// Whether it is a source of spikes, and not a function of time.
    pub fn fires(self) -> bool {
        matches!(self, Self::Rates | Self::Latencies)
    }
}

words! {
    /// The examples of a task by what they are kept for.
    pub enum ExampleSet, usually Training {
        /// To learn from.
        Training = "training",
        /// To be judged by while learning.
        Validation = "validation",
        /// To be judged by at the end.
        Test = "test",
    }
}

/// A name that an equation can hold.
struct VariableName;

impl ValueKind for VariableName {
    type Value = String;

    fn read(at: &At, node: &Node) -> Option<String> {
        Expression::read(at, node).map(|text| text.value)
    }

    fn write(value: &String) -> Option<Node> {
        Words::write(value)
    }

    fn wrong(value: &String, _: &str) -> Option<Mistake> {
        let is_wrong = !slices::is_name(value) && !value.is_empty();
        is_wrong.then(|| Mistake::NotAName {
            name: value.clone(),
        })
    }

    fn shape() -> Shape {
        Shape::Text
    }
}

/// The path of a file.
struct FilePath;

impl ValueKind for FilePath {
    type Value = PathBuf;

    fn read(at: &At, node: &Node) -> Option<PathBuf> {
        Expression::read(at, node).map(|text| text.value.into())
    }

    fn write(path: &PathBuf) -> Option<Node> {
        Some(Node::string(&path.display().to_string()))
    }

    fn shape() -> Shape {
        Shape::Text
    }
}

/// A unit, as text; `1` for none.
struct Unit;

impl Unit {
    /// The unit in SI units, or what is wrong with it.
    fn value(unit: &Text) -> Result<f64, oscine_equations::EquationError> {
        let one = match unit.value.trim() {
            "1" => "1".to_string(),
            written => format!("1 {written}"),
        };
        Quantity::parse(&one).map(|quantity| quantity.value)
    }
}

impl ValueKind for Unit {
    type Value = Text;

    fn read(at: &At, node: &Node) -> Option<Text> {
        let unit = Expression::read(at, node)?;
        match Self::value(&unit) {
            Ok(_) => Some(unit),
            Err(error) => at.refuse(
                node,
                Mistake::NotAQuantity {
                    what: at.called(),
                    expected: "a unit such as \"nA\"".into(),
                    reason: error.mistake().to_string(),
                    help: error.help().map(str::to_string),
                },
            ),
        }
    }

    fn write(unit: &Text) -> Option<Node> {
        Some(Node::string(&unit.value))
    }

    fn shape() -> Shape {
        Shape::Expression
    }

    fn range() -> Option<&'static str> {
        Some("a unit")
    }
}

/// Rows of numbers; a flat list is a column.
struct Rows;

impl ValueKind for Rows {
    type Value = Vec<Arc<[f64]>>;

    fn read(at: &At, node: &Node) -> Option<Self::Value> {
        let Kind::List(nodes) = &node.kind else {
            return at.wrong(node, "a list of numbers such as [0.0, 1.0, 0.5]");
        };
        let number = |node: &Node| match &node.kind {
            Kind::Integer(value, _) => Some(*value as f64),
            Kind::Float(value, _) if value.is_finite() => Some(*value),
            Kind::Float(_, written) => at.not_finite(node, written),
            _ => at.wrong(node, "a list of numbers; `unit` says what they are"),
        };
        all(nodes.iter().map(|node| match &node.kind {
            Kind::List(row) => all(row.iter().map(number)).map(Into::into),
            _ => Some([number(node)?].into()),
        }))
    }

    fn write(rows: &Self::Value) -> Option<Node> {
        Some(lists(rows))
    }

    fn wrong(rows: &Self::Value, what: &str) -> Option<Mistake> {
        let what = what.to_string();
        let columns = rows.first().map_or(0, |row| row.len());
        if columns == 0 {
            return Some(Mistake::Empty { what });
        }
        rows.iter()
            .any(|row| row.len() != columns)
            .then_some(Mistake::Ragged {
                what,
                found: rows.len(),
            })
    }

    fn shape() -> Shape {
        let row = Shape::List(Box::new(Shape::Number));
        Shape::List(Box::new(Shape::Either(vec![Shape::Number, row])))
    }
}

fn lists<R: AsRef<[f64]>>(rows: &[R]) -> Node {
    let row = |row: &R| Node::list(row.as_ref().iter().map(|value| Node::number(*value)));
    Node::list(rows.iter().map(row))
}

/// When a spike source fires.
#[derive(Clone, Debug, PartialEq)]
pub enum SpikeTimes {
    /// An expression of the train `i` and the spike `k`, for `k` below `each`.
    Expression {
        /// With the dimension of time.
        times: Text,
        /// Spikes of each train.
        each: usize,
    },
    /// `[train][spike]`, in s.
    List(Vec<Vec<f64>>),
    /// A CSV or Parquet file with columns `time` (s) and `index`.
    File(PathBuf),
}

impl SpikeTimes {
    const TIMES: Key = key!(
        times,
        "The times of the spikes: an expression of the train `i` and the spike `k`, or a list for each train."
    );
    const FILE: Key = key!(
        file,
        "A CSV or Parquet file with columns `time` (s) and `index`."
    );
    const EACH: Key = key!(
        each,
        "How many spikes each train has, where `times` is an expression."
    );
    const UNIT: Key = key!(
        unit,
        "The unit of `times`, where they are lists of numbers."
    );

    /// Two keys that do not go together.
    fn contradiction(fields: &Fields, first: &str, second: &str, help: &str) -> bool {
        fields.note(Mistake::Contradiction {
            table: fields.name.clone(),
            first: first.into(),
            second: second.into(),
            help: help.into(),
        });
        false
    }

    /// An expression, with `each`.
    fn expression(fields: &Fields, node: &Node) -> Option<Self> {
        let mut each = 0;
        let needed = Key {
            needs: Some("`each = 60`, the number of spikes of each train"),
            ..Self::EACH
        };
        let counted = <AtLeastOne as Keys>::read_from(fields, &needed, &mut each);
        let times = Filled::<Expression>::read(&fields.at("times"), node)?;
        if let Some(mistake) = Filled::<Expression>::wrong(&times, &fields.at("times").called()) {
            fields.context.note(&node.place, mistake);
        }
        counted.then_some(Self::Expression { times, each })
    }

    /// `[["10 ms", "20 ms"], ["5 ms"]]`, or numbers with `unit`; a flat list is the only train's.
    fn list(fields: &Fields, nodes: &[Node]) -> Option<Self> {
        let at = fields.at("times");
        let mut unit = None;
        let known = <Maybe<Unit> as Keys>::read_from(fields, &Self::UNIT, &mut unit);
        let unit = unit.map(|unit| Unit::value(&unit).unwrap_or(1.0));
        let time = |node: &Node| match (&node.kind, unit) {
            (Kind::Integer(value, _), Some(unit)) => Some(*value as f64 * unit),
            (Kind::Float(value, _), Some(unit)) if value.is_finite() => Some(value * unit),
            _ => Time::read(&at, node),
        };
        let nested = nodes.iter().any(|node| matches!(node.kind, Kind::List(_)));
        let is_one = matches!(
            fields.peek("count").map(|node| &node.kind),
            Some(Kind::Integer(1, _))
        );
        let trains = match !nested && is_one {
            true => all(nodes.iter().map(time)).map(|train| vec![train]),
            false => all(nodes.iter().map(|node| match &node.kind {
                Kind::List(train) => all(train.iter().map(time)),
                _ => at.wrong(node, "a list of spike times for each train"),
            })),
        };
        trains.filter(|_| known).map(Self::List)
    }
}

impl Keys for SpikeTimes {
    type Value = Option<Self>;

    fn read_from(fields: &Fields, _: &Key, into: &mut Option<Self>) -> bool {
        let times = fields.take("times");
        let mut file = None;
        let mut whole = <Maybe<Words> as Keys>::read_from(fields, &Self::FILE, &mut file);
        let is_list = matches!(times.map(|node| &node.kind), Some(Kind::List(_)));
        for (key, belongs, help) in [
            (
                "each",
                times.is_some() && !is_list,
                "`each` counts the spikes of an expression of `k`; a list has its own length",
            ),
            (
                "unit",
                is_list,
                "`unit` is that of a list of numbers; a file has its times in s",
            ),
        ] {
            let other = match (times.is_some(), fields.has("file")) {
                (true, _) => "times",
                (_, true) => "file",
                // Without times it is no key of the table.
                _ => continue,
            };
            fields.take(key);
            if fields.has(key) && !belongs {
                whole = Self::contradiction(fields, other, key, help);
            }
        }
        *into = match (times, file) {
            (Some(_), Some(_)) => {
                whole = Self::contradiction(fields, "times", "file", "keep one of them");
                None
            }
            (None, Some(path)) => Some(Self::File(path.into())),
            (Some(node), None) => {
                let read = match &node.kind {
                    Kind::List(trains) => Self::list(fields, trains),
                    _ => Self::expression(fields, node),
                };
                whole &= read.is_some();
                read
            }
            (None, None) => None,
        };
        whole
    }

    fn write_into(value: &Option<Self>, _: &Key, into: &mut Tree) {
        match value {
            None => {}
            Some(Self::Expression { times, each }) => {
                <Expression as Keys>::write_into(times, &Self::TIMES, into);
                <Count as Keys>::write_into(each, &Self::EACH, into);
            }
            Some(Self::List(trains)) => {
                into.add(Self::TIMES.name, lists(trains));
                into.add(Self::UNIT.name, Node::string("second"));
            }
            Some(Self::File(path)) => {
                into.add(Self::FILE.name, Node::string(&path.display().to_string()));
            }
        }
    }

    fn check(value: &Option<Self>, _: &Key, findings: &mut Findings, path: &str, table: &str) {
        if let Some(Self::Expression { times, each }) = value {
            <Filled<Expression> as Keys>::check(times, &Self::TIMES, findings, path, table);
            <AtLeastOne as Keys>::check(each, &Self::EACH, findings, path, table);
        }
    }

    fn describe(_: &Key, _: Option<&Option<Self>>, into: &mut TableReference) {
        let train = Shape::List(Box::new(Shape::Expression));
        let one = Shape::Either(vec![Shape::Expression, train]);
        let list = Shape::List(Box::new(one));
        let times = Shape::Either(vec![Shape::Expression, list]);
        describe_one(&Self::TIMES, times, into);
        <AtLeastOne as Keys>::describe(&Self::EACH, None, into);
        <Unit as Keys>::describe(&Self::UNIT, None, into);
        <Words as Keys>::describe(&Self::FILE, None, into);
    }
}
