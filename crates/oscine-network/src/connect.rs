//! `connect` of a projection: a word, a condition, or a table with one rule.

use std::path::PathBuf;

use crate::declaration::kinds::{Count, Expression, Flag, Number, Words};
use crate::declaration::reference::{Shape, TableReference};
use crate::declaration::{Key, ValueKind, describe_one};
use crate::reading::fields::{At, Fields, not_one_of, text_of};
use crate::reading::tree::{Kind, Node, Table as Tree};
use crate::{Mistake, Text, nearest};

/// Who connects to whom. `i` counts sources and `j` targets from 0, within their slices' populations.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Connect {
    /// Every source to every target.
    #[default]
    AllToAll,
    /// The k-th source of the slice to the k-th target.
    OneToOne,
    /// Each pair by itself with this probability; `autapses`: a cell may connect to itself.
    Probability {
        /// In [0, 1].
        probability: f64,
        /// Whether a cell may connect to itself.
        autapses: bool,
    },
    /// Each target has exactly this many synapses, from sources drawn with (`multapses`) or without replacement.
    FixedInDegree {
        /// Synapses of each target.
        count: usize,
        /// Whether a cell may connect to itself.
        autapses: bool,
        /// Whether a pair may have more than one synapse.
        multapses: bool,
    },
    /// Each source has exactly this many synapses.
    FixedOutDegree {
        /// Synapses of each source.
        count: usize,
        /// Whether a cell may connect to itself.
        autapses: bool,
        /// Whether a pair may have more than one synapse.
        multapses: bool,
    },
    /// This many synapses in all, each between a source and a target drawn alike.
    FixedTotal {
        /// Synapses in all.
        count: usize,
        /// Whether a cell may connect to itself.
        autapses: bool,
        /// Whether a pair may have more than one synapse.
        multapses: bool,
    },
    /// Where a condition holds, of `i`, `j`, `rand()`, positions `x_pre`, `x_post` … and parameters: `i != j`; and there with
    /// a probability (an expression of the same).
    Condition {
        /// The condition.
        condition: Text,
        /// With this probability where the condition holds; 1 where `None`.
        probability: Option<Text>,
    },
    /// Pairs from a file with columns `i` and `j` (and `weight`-like further ones by the name of a parameter, and `delay`): CSV or Parquet.
    File {
        /// The file, relative to the experiment's folder.
        path: PathBuf,
    },
    /// Pairs as they stand.
    Pairs {
        /// Source and target.
        pairs: Vec<(usize, usize)>,
    },
}

/// The rules of a table, each with what it is.
const RULES: [(&str, &str); 7] = [
    (
        "probability",
        "Each pair by itself with this probability: a number, or an expression of each pair's `i`, `j` and positions.",
    ),
    (
        "condition",
        "Where this holds, of `i`, `j`, `rand()`, positions `x_pre`, `x_post` … and parameters; with or without `probability`.",
    ),
    (
        "fixed-in-degree",
        "Each target has exactly this many synapses, from sources drawn.",
    ),
    (
        "fixed-out-degree",
        "Each source has exactly this many synapses, to targets drawn.",
    ),
    (
        "fixed-total",
        "This many synapses in all, each between a source and a target drawn.",
    ),
    (
        "file",
        "Pairs from a CSV or Parquet file with columns `i` and `j`, and further ones by the name of a parameter, and `delay`.",
    ),
    (
        "pairs",
        "Pairs of source and target as they stand: `[[0, 1], [1, 2]]`.",
    ),
];

/// As in Brian2: a rule leaves out a cell's synapse onto itself, or a second one of a pair, only where it says so.
const OPTIONS: [(&str, &str); 2] = [
    ("autapses", "Whether a cell may connect to itself."),
    (
        "multapses",
        "Whether a pair may have more than one synapse.",
    ),
];

/// Connections that are a word.
const WORDS: [(&str, &str); 2] = [
    ("all-to-all", "Every source to every target."),
    (
        "one-to-one",
        "The k-th source of the slice to the k-th target.",
    ),
];

impl ValueKind for Connect {
    type Value = Self;

    fn read(at: &At, node: &Node) -> Option<Self> {
        match &node.kind {
            Kind::Text(word, _) => by_word(at, node, word),
            Kind::Table(_) => {
                let inner = at.fields(node)?;
                let rule = by_table(&inner);
                inner.finish();
                rule
            }
            _ => at.wrong(node, "a string or a table such as { probability = 0.1 }"),
        }
    }

    fn write(connect: &Self) -> Option<Node> {
        let mut table = Tree::default();
        let mut drawn = |rule: &str, count: Node, autapses: bool, multapses: bool| {
            table.add(rule, count);
            for (key, allowed) in [("autapses", autapses), ("multapses", multapses)] {
                if !allowed {
                    table.add(key, Node::flag(false));
                }
            }
        };
        match connect {
            Self::AllToAll => return Some(Node::string("all-to-all")),
            Self::OneToOne => return Some(Node::string("one-to-one")),
            Self::Probability {
                probability,
                autapses,
            } => {
                drawn("probability", Node::number(*probability), *autapses, true);
            }
            Self::FixedInDegree {
                count,
                autapses,
                multapses,
            } => {
                drawn(
                    "fixed-in-degree",
                    Node::whole(*count),
                    *autapses,
                    *multapses,
                );
            }
            Self::FixedOutDegree {
                count,
                autapses,
                multapses,
            } => {
                drawn(
                    "fixed-out-degree",
                    Node::whole(*count),
                    *autapses,
                    *multapses,
                );
            }
            Self::FixedTotal {
                count,
                autapses,
                multapses,
            } => {
                drawn("fixed-total", Node::whole(*count), *autapses, *multapses);
            }
            Self::Condition {
                condition,
                probability,
            } => {
                table.add("condition", Node::string(&condition.value));
                if let Some(probability) = probability {
                    table.add("probability", crate::writing::expression(probability));
                }
            }
            Self::File { path } => table.add("file", Node::string(&path.display().to_string())),
            Self::Pairs { pairs } => {
                let pair = |(source, target): &(usize, usize)| {
                    Node::list([Node::whole(*source), Node::whole(*target)].into_iter())
                };
                table.add("pairs", Node::list(pairs.iter().map(pair)));
            }
        }
        Some(Node::table(table))
    }

    fn shape() -> Shape {
        let mut table = TableReference::new("A rule, with what it allows.");
        let pair = Shape::List(Box::new(Shape::Count { least: 0 }));
        let shapes = [
            Shape::OrMatrix(Box::new(Shape::Expression)),
            Shape::Expression,
            Shape::OrMatrix(Box::new(Shape::Count { least: 1 })),
            Shape::OrMatrix(Box::new(Shape::Count { least: 1 })),
            Shape::OrMatrix(Box::new(Shape::Count { least: 1 })),
            Shape::Text,
            Shape::List(Box::new(pair)),
        ];
        let flags = std::iter::repeat(Shape::Flag);
        let keys = RULES
            .into_iter()
            .zip(shapes)
            .chain(OPTIONS.into_iter().zip(flags));
        for ((name, doc), shape) in keys {
            let key = Key {
                name,
                doc,
                needs: None,
            };
            describe_one(&key, shape, &mut table);
        }
        Shape::Either(vec![
            Shape::Choice(WORDS.to_vec()),
            Shape::Text,
            Shape::Table(Box::new(table)),
        ])
    }
}

fn by_word(at: &At, node: &Node, word: &str) -> Option<Connect> {
    match word {
        "all-to-all" => return Some(Connect::AllToAll),
        "one-to-one" => return Some(Connect::OneToOne),
        _ => {}
    }
    // A word that is no expression at all: more likely one of the two misspelt than a condition.
    let words = WORDS.map(|(word, _)| word);
    let plain = word
        .chars()
        .all(|c| c.is_alphabetic() || matches!(c, '-' | '_' | ' '));
    if plain && (nearest(word, words).is_some() || word.contains('-') || word.trim().is_empty()) {
        let choices = words.into_iter().chain(["a condition such as i != j"]);
        return at.refuse(node, not_one_of(at.called(), word, choices));
    }
    Some(Connect::Condition {
        condition: text_of(node)?,
        probability: None,
    })
}

/// A key of the table, where it is written.
fn written<K: ValueKind>(inner: &Fields, key: &'static str) -> Option<K::Value> {
    K::read(&inner.at(key), inner.take(key)?)
}

fn by_table(inner: &Fields) -> Option<Connect> {
    let autapses = written::<Flag>(inner, "autapses");
    let multapses = written::<Flag>(inner, "multapses");
    let rules: Vec<&str> = RULES
        .iter()
        .map(|(rule, _)| *rule)
        .filter(|rule| inner.has(rule))
        .collect();
    let pair = rules == ["probability", "condition"];
    if rules.len() > 1 && !pair {
        inner.note(Mistake::Contradiction {
            table: inner.name.clone(),
            first: rules[0].into(),
            second: rules[1].into(),
            help: "keep one rule; only `condition` and `probability` go together".into(),
        });
    }
    let condition = written::<Expression>(inner, "condition");
    let probability = inner.take("probability");
    let in_degree = written::<Count>(inner, "fixed-in-degree");
    let out_degree = written::<Count>(inner, "fixed-out-degree");
    let total = written::<Count>(inner, "fixed-total");
    let file = written::<Words>(inner, "file");
    let pairs = inner.take("pairs");
    let (autapses_allowed, multapses_allowed) =
        (autapses.unwrap_or(true), multapses.unwrap_or(true));
    let rule = match rules.first() {
        Some(&"probability") if !pair => by_probability(inner, probability?, autapses_allowed),
        Some(&"probability" | &"condition") => Some(Connect::Condition {
            condition: condition?,
            probability: match probability {
                Some(node) => Some(Expression::read(&inner.at("probability"), node)?),
                None => None,
            },
        }),
        Some(&"fixed-in-degree") => Some(Connect::FixedInDegree {
            count: in_degree?,
            autapses: autapses_allowed,
            multapses: multapses_allowed,
        }),
        Some(&"fixed-out-degree") => Some(Connect::FixedOutDegree {
            count: out_degree?,
            autapses: autapses_allowed,
            multapses: multapses_allowed,
        }),
        Some(&"fixed-total") => Some(Connect::FixedTotal {
            count: total?,
            autapses: autapses_allowed,
            multapses: multapses_allowed,
        }),
        Some(&"file") => Some(Connect::File { path: file?.into() }),
        Some(_) => Some(Connect::Pairs {
            pairs: read_pairs(inner, pairs?)?,
        }),
        None => {
            // A misspelt rule is an unknown key already.
            if inner.rest().next().is_none() {
                inner.missing("probability", "`connect = { probability = 0.1 }`");
            }
            None
        }
    };
    let rule = rule?;
    let takes_autapses = !matches!(
        rule,
        Connect::Condition { .. } | Connect::File { .. } | Connect::Pairs { .. }
    );
    let takes_multapses = takes_autapses && !matches!(rule, Connect::Probability { .. });
    for (key, given, taken) in [
        ("autapses", autapses, takes_autapses),
        ("multapses", multapses, takes_multapses),
    ] {
        if given.is_some() && !taken {
            inner.note(Mistake::Contradiction {
                table: inner.name.clone(),
                first: key.into(),
                second: rules[0].into(),
                help: format!("`{key}` belongs to the rules that draw sources or targets"),
            });
        }
    }
    Some(rule)
}

/// A number is the same for every pair; an expression is one of each pair's `i`, `j` and positions.
fn by_probability(inner: &Fields, node: &Node, autapses: bool) -> Option<Connect> {
    if let Kind::Text(text, _) = &node.kind
        && text.trim().parse::<f64>().is_err()
    {
        let condition = if autapses { "True" } else { "i != j" };
        return Some(Connect::Condition {
            condition: Text::new(condition),
            probability: text_of(node),
        });
    }
    Some(Connect::Probability {
        probability: Number::read(&inner.at("probability"), node)?,
        autapses,
    })
}

fn read_pairs(inner: &Fields, node: &Node) -> Option<Vec<(usize, usize)>> {
    let pair = |node: &Node| {
        let Kind::List(ends) = &node.kind else {
            return None;
        };
        match ends.as_slice() {
            [
                Node {
                    kind: Kind::Integer(source, _),
                    ..
                },
                Node {
                    kind: Kind::Integer(target, _),
                    ..
                },
            ] => Some((
                usize::try_from(*source).ok()?,
                usize::try_from(*target).ok()?,
            )),
            _ => None,
        }
    };
    let Kind::List(nodes) = &node.kind else {
        return inner
            .at("pairs")
            .wrong(node, "a list of pairs such as [[0, 1], [1, 2]]");
    };
    let mut pairs = Vec::with_capacity(nodes.len());
    for node in nodes {
        match pair(node) {
            Some(both) => pairs.push(both),
            None => {
                return inner
                    .at("pairs")
                    .wrong(node, "a list of pairs of cells such as [[0, 1], [1, 2]]");
            }
        }
    }
    Some(pairs)
}
