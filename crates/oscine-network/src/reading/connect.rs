//! Reads `connect`: a word, a condition, or a table with one rule.

use super::fields::{Fields, text_of};
use super::tree::{Kind, Node};
use crate::{Connect, Mistake, Text, nearest};

const RULES: [&str; 7] = [
    "probability",
    "condition",
    "fixed-in-degree",
    "fixed-out-degree",
    "fixed-total",
    "file",
    "pairs",
];

pub(crate) fn read(fields: &Fields) -> Option<Connect> {
    let Some(node) = fields.take("connect") else {
        fields.missing(
            "connect",
            "`connect = \"all-to-all\"`, or `connect = { probability = 0.1 }`",
        );
        return None;
    };
    match &node.kind {
        Kind::Text(word, _) => by_word(fields, node, word),
        Kind::Table(_) => {
            let inner = Fields::of(
                fields.context,
                node,
                format!("`connect` of {}", fields.name),
            )?;
            let rule = by_table(&inner);
            inner.finish();
            rule
        }
        _ => {
            fields.wrong(
                "connect",
                node,
                "a string or a table such as { probability = 0.1 }",
            );
            None
        }
    }
}

fn by_word(fields: &Fields, node: &Node, word: &str) -> Option<Connect> {
    match word {
        "all-to-all" => return Some(Connect::AllToAll),
        "one-to-one" => return Some(Connect::OneToOne),
        _ => {}
    }
    // A word that is no expression at all: more likely one of the two misspelt than a condition.
    let words = ["all-to-all", "one-to-one"];
    let plain = word
        .chars()
        .all(|c| c.is_alphabetic() || matches!(c, '-' | '_' | ' '));
    if plain && (nearest(word, words).is_some() || word.contains('-') || word.trim().is_empty()) {
        fields.context.note(
            &node.place,
            super::fields::not_one_of(
                fields.called("connect"),
                word,
                words.into_iter().chain(["a condition such as i != j"]),
            ),
        );
        return None;
    }
    Some(Connect::Condition {
        condition: text_of(node)?,
        probability: None,
    })
}

fn by_table(inner: &Fields) -> Option<Connect> {
    let autapses = inner.flag("autapses");
    let multapses = inner.flag("multapses");
    let written: Vec<&str> = RULES.into_iter().filter(|rule| inner.has(rule)).collect();
    let pair = written == ["probability", "condition"];
    if written.len() > 1 && !pair {
        inner.note(Mistake::Contradiction {
            table: inner.name.clone(),
            first: written[0].into(),
            second: written[1].into(),
            help: "keep one rule; only `condition` and `probability` go together".into(),
        });
    }
    let condition = inner.text("condition");
    let probability = inner.take("probability");
    let in_degree = inner.count("fixed-in-degree");
    let out_degree = inner.count("fixed-out-degree");
    let total = inner.count("fixed-total");
    let file = inner.string("file");
    let pairs = inner.take("pairs");
    // As in Brian2: a rule leaves out a cell's synapse onto itself only where it says so.
    let autapses_allowed = autapses.unwrap_or(true);
    let multapses_allowed = multapses.unwrap_or(true);
    let rule = match written.first() {
        Some(&"probability") if !pair => by_probability(inner, probability?, autapses_allowed),
        Some(&"probability" | &"condition") => Some(Connect::Condition {
            condition: condition?,
            probability: match probability {
                Some(node) => Some(inner.as_text("probability", node)?),
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
                second: written[0].into(),
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
        probability: inner.number("probability")?,
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
        inner.wrong("pairs", node, "a list of pairs such as [[0, 1], [1, 2]]");
        return None;
    };
    let mut pairs = Vec::with_capacity(nodes.len());
    for node in nodes {
        match pair(node) {
            Some(both) => pairs.push(both),
            None => {
                inner.wrong(
                    "pairs",
                    node,
                    "a list of pairs of cells such as [[0, 1], [1, 2]]",
                );
                return None;
            }
        }
    }
    Some(pairs)
}
