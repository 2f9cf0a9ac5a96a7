//! `[sweep]`: runs over values of keys, and over seeds.

use oscine_equations::Quantity;

use crate::declaration::kinds::{AtLeastOne, Expression, Flag};
use crate::declaration::named::{all, flatten};
use crate::declaration::reference::Shape;
use crate::declaration::{Table, ValueKind, table};
use crate::reading::fields::{At, Fields, text_of};
use crate::reading::quantities::shorten;
use crate::reading::tree::{Kind, Node, Table as Tree};
use crate::{Mistake, Named, Text, writing};

/// More values than this of one key, or runs in all, are a slip of the pen.
const MOST_VALUES: usize = 1_000_000;

table! {
    /// A sweep: runs over values of keys, and over seeds.
    pub struct Sweep {
        /// Values by key of the file: a list, or a range such as `0:2:0.1` (start, end, step), `1:20`, `0.02:1:log:25`, `0:1:lin:11`.
        over: Named<(Text, Vec<String>)> = Over;
        /// How many seeds each point is run with.
        repeat: usize = AtLeastOne, or 1;
        /// Whether the records of each run are kept, besides what was measured of them.
        keep_records: bool = Flag, usually false;
    }
}

impl Table for Sweep {
    fn settle(&mut self, fields: &Fields) -> bool {
        let whole = fields.has("over") || fields.has("repeat");
        if !whole {
            fields.missing("over", "`over = { \"run.seed\" = \"1:20\" }`");
        }
        let counts = self.over.iter().map(|(_, (_, values))| values.len());
        let runs = counts.fold(self.repeat.max(1), usize::saturating_mul);
        if runs > MOST_VALUES {
            let place = fields.peek("over").or_else(|| fields.peek("repeat"));
            if let Some(node) = place {
                fields
                    .context
                    .note(&node.place, Mistake::TooManyRuns { runs });
            }
        }
        whole
    }
}

/// Values by key: as they are written, and as they come out.
struct Over;

impl ValueKind for Over {
    type Value = Named<(Text, Vec<String>)>;

    fn read(at: &At, node: &Node) -> Option<Self::Value> {
        let Kind::Table(table) = &node.kind else {
            return at.wrong(node, "a table such as { \"run.seed\" = \"1:20\" }");
        };
        all(flatten(table).into_iter().map(|(key, node)| {
            let values = values(&at.inside(&key), node)?;
            Some((key, values))
        }))
    }

    fn write(over: &Self::Value) -> Option<Node> {
        let mut table = Tree::default();
        for (key, (written, values)) in over {
            let is_list = written.value.starts_with('[');
            let node = match is_list {
                true => Node::list(values.iter().map(|value| Node::string(value))),
                false => writing::expression(written),
            };
            table.add(key, node);
        }
        (!over.is_empty()).then(|| Node::table(table))
    }

    fn shape() -> Shape {
        let one = Shape::Either(vec![Shape::Expression, Shape::Flag]);
        let list = Shape::List(Box::new(one));
        let value = Shape::Either(vec![Shape::Expression, Shape::Flag, list]);
        Shape::ByDottedName(Box::new(value))
    }
}

fn values(at: &At, node: &Node) -> Option<(Text, Vec<String>)> {
    let Kind::List(nodes) = &node.kind else {
        if let Kind::Flag(flag) = node.kind {
            return Some((Text::new(flag.to_string()), vec![flag.to_string()]));
        }
        let written = Expression::read(at, node)?;
        return match expand(&written.value) {
            Ok(values) => Some((written, values)),
            Err(mistake) => at.refuse(node, mistake),
        };
    };
    let mut values = Vec::with_capacity(nodes.len());
    for node in nodes {
        match (&node.kind, text_of(node)) {
            (Kind::Flag(flag), _) => values.push(flag.to_string()),
            (_, Some(text)) => values.push(text.value),
            _ => return at.wrong(node, "a list of numbers and strings"),
        }
    }
    if values.is_empty() {
        let what = at.called();
        return at.refuse(node, Mistake::Empty { what });
    }
    let quoted: Vec<String> = values.iter().map(|value| writing::string(value)).collect();
    let mut written = Text::new(format!("[{}]", quoted.join(", ")));
    let in_file = node.place.source == 0 && !node.place.span.is_empty();
    written.place = in_file.then(|| node.place.span.clone());
    Some((written, values))
}

/// The values of `0:2:0.1`, `1:20`, `0.02:1:log:25`, `0:1:lin:11`, each with its unit; any other text is one value.
///
/// The end is a value too where the steps reach it.
pub fn expand(written: &str) -> Result<Vec<String>, Mistake> {
    let bad = |reason: &str| Mistake::BadRange {
        written: shorten(written),
        reason: reason.into(),
    };
    let parts: Vec<&str> = written.split(':').map(str::trim).collect();
    let begins_with_number = parts[0]
        .trim_start_matches(['-', '+', '.'])
        .starts_with(|c: char| c.is_ascii_digit());
    if parts.len() == 1 || !begins_with_number {
        return Ok(vec![written.trim().to_string()]);
    }
    let (start, end, spacing) = match parts.as_slice() {
        [start, end] => (start, end, Spacing::Step("")),
        [start, end, step] => (start, end, Spacing::Step(step)),
        [start, end, scale @ ("lin" | "log"), count] => {
            let count: usize = count
                .parse()
                .map_err(|_| bad("after `lin:` or `log:` comes how many values there are"))?;
            (start, end, Spacing::Count(*scale == "log", count))
        }
        [_, _, scale, _] => return Err(bad(&format!("`{scale}` is neither `lin` nor `log`"))),
        _ => return Err(bad("there are too many parts")),
    };
    let step = match spacing {
        Spacing::Step(step) => step,
        Spacing::Count(..) => "",
    };
    let scale = Scale::of(&[start, end, step], &bad)?;
    let first = scale.number(start, &bad)?;
    let last = scale.number(end, &bad)?;
    let numbers = match spacing {
        Spacing::Step(step) => {
            let step = match step {
                "" => 1.0_f64.copysign(last - first),
                step => scale.number(step, &bad)?,
            };
            stepped(first, last, step, &bad)?
        }
        Spacing::Count(logarithmic, count) => spaced(first, last, logarithmic, count, &bad)?,
    };
    Ok(numbers
        .into_iter()
        .map(|value| scale.write(value))
        .collect())
}

enum Spacing<'a> {
    Step(&'a str),
    Count(bool, usize),
}

fn stepped(
    first: f64,
    last: f64,
    step: f64,
    bad: &dyn Fn(&str) -> Mistake,
) -> Result<Vec<f64>, Mistake> {
    if step == 0.0 {
        return Err(bad("the step is 0"));
    }
    let steps = (last - first) / step;
    if steps < 0.0 {
        return Err(bad("the step leads away from the end"));
    }
    if steps >= MOST_VALUES as f64 {
        return Err(bad("there are more than a million values"));
    }
    // A step that just misses the end by rounding reaches it.
    let count = (steps * (1.0 + 1e-12) + 1e-9).floor() as usize + 1;
    Ok((0..count).map(|k| first + k as f64 * step).collect())
}

fn spaced(
    first: f64,
    last: f64,
    logarithmic: bool,
    count: usize,
    bad: &dyn Fn(&str) -> Mistake,
) -> Result<Vec<f64>, Mistake> {
    if count == 0 || count > MOST_VALUES {
        return Err(bad("the number of values must be between 1 and a million"));
    }
    if logarithmic && !(first > 0.0 && last > 0.0) {
        return Err(bad("a logarithmic range begins and ends above 0"));
    }
    let between = |k: usize| match k {
        0 => first,
        k if k == count - 1 => last,
        k => {
            let part = k as f64 / (count - 1) as f64;
            match logarithmic {
                true => first * (last / first).powf(part),
                false => first + (last - first) * part,
            }
        }
    };
    Ok((0..count).map(between).collect())
}

/// The unit that the values of a range are written in.
struct Scale {
    unit: String,
    factor: f64,
    dimension: oscine_equations::Dimension,
}

impl Scale {
    /// The unit of the last part that has one.
    fn of(parts: &[&str], bad: &dyn Fn(&str) -> Mistake) -> Result<Self, Mistake> {
        let unit = parts
            .iter()
            .rev()
            .map(|part| split(part).1)
            .find(|unit| !unit.is_empty())
            .unwrap_or("");
        let one = format!("1 {unit}");
        let one = Quantity::parse(one.trim()).map_err(|error| bad(&error.mistake().to_string()))?;
        Ok(Self {
            unit: unit.into(),
            factor: one.value,
            dimension: one.dimension,
        })
    }

    /// A part in this unit; a plain number is meant in it.
    fn number(&self, part: &str, bad: &dyn Fn(&str) -> Mistake) -> Result<f64, Mistake> {
        let (number, unit) = split(part);
        let plain: f64 = number
            .parse()
            .map_err(|_| bad(&format!("`{part}` is not a number with or without a unit")))?;
        if !plain.is_finite() {
            return Err(bad(&format!("`{part}` is not finite")));
        }
        if unit.is_empty() || unit == self.unit {
            return Ok(plain);
        }
        let quantity = Quantity::parse(part).map_err(|error| bad(&error.mistake().to_string()))?;
        if quantity.dimension != self.dimension {
            return Err(bad(&format!(
                "`{part}` has another dimension than `{}`",
                self.unit
            )));
        }
        Ok(quantity.value / self.factor)
    }

    /// To fifteen digits, so that `0.1 + 0.2` reads `0.3`.
    fn write(&self, value: f64) -> String {
        let rounded: f64 = format!("{value:.14e}").parse().unwrap_or(value);
        let number = match rounded.abs() {
            0.0 => "0".to_string(),
            size if (1e-4..1e15).contains(&size) => format!("{rounded}"),
            _ => format!("{rounded:e}"),
        };
        match self.unit.as_str() {
            "" => number,
            unit => format!("{number} {unit}"),
        }
    }
}

/// A number and what follows it.
fn split(part: &str) -> (&str, &str) {
    let bytes = part.as_bytes();
    let mut end = 0;
    while end < bytes.len() {
        let exponent = matches!(bytes[end], b'e' | b'E')
            && bytes[end + 1..]
                .iter()
                .find(|byte| !matches!(byte, b'+' | b'-'))
                .is_some_and(u8::is_ascii_digit);
        let sign = matches!(bytes[end], b'+' | b'-')
            && (end == 0 || matches!(bytes[end - 1], b'e' | b'E'));
        if bytes[end].is_ascii_digit() || bytes[end] == b'.' || exponent || sign {
            end += 1;
        } else {
            break;
        }
    }
    let (number, unit) = part.split_at(end);
    (number, unit.trim().trim_start_matches('*').trim())
}
