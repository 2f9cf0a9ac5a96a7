//! Settings from outside the file (`--set KEY=VALUE`, the points of a sweep), grafted onto the tree before it is read.

use super::fields::{Context, Fields};
use super::tree::{Entry, Kind, Node, Place, Table};
use crate::checks;
use crate::declaration::named::flatten;
use crate::{Experiment, Mistake, Value, nearest};

/// What a setting is called in messages.
const SETTING: &str = "--set";

/// Tables whose keys are names that the file gives.
const NAMED: [&str; 6] = [
    "neurons", "synapses", "stimulus", "noise", "record", "measure",
];

/// Gives each key its value, in order.
pub(crate) fn apply(context: &Context, root: &mut Node, settings: &[(String, Value)]) {
    for (key, value) in settings {
        let whole = format!("{key}={value}");
        let source = context.add_source(SETTING, &whole);
        let mut node = value.0.clone();
        node.move_to(&Place {
            source,
            span: key.len() + 1..whole.len(),
        });
        let place = Place {
            source,
            span: 0..key.len().max(1),
        };
        if let Err(mistake) = graft(root, key, &place, node) {
            context.note(&place, mistake);
        }
    }
}

fn graft(root: &mut Node, key: &str, place: &Place, value: Node) -> Result<(), Mistake> {
    let bad = |reason: &str| Mistake::BadSetting {
        setting: key.into(),
        reason: reason.into(),
    };
    let steps: Vec<&str> = key.split('.').map(str::trim).collect();
    if steps.iter().any(|step| step.is_empty()) {
        return Err(bad("has no key, as in `run.seed=3`"));
    }
    let mut node = root;
    for (depth, step) in steps.iter().enumerate() {
        let rest = steps[depth..].join(".");
        node = match &mut node.kind {
            Kind::Table(table) => {
                let last = depth + 1 == steps.len();
                if depth == 1 && NAMED.contains(&steps[0]) && table.get(step).is_none() {
                    let there: Vec<String> = table
                        .entries
                        .iter()
                        .map(|entry| entry.key.clone())
                        .collect();
                    return Err(Mistake::UnknownName {
                        what: what_of(steps[0]).into(),
                        name: step.to_string(),
                        nearest: nearest(step, there.iter().map(String::as_str)),
                        there,
                    });
                }
                // Keys with points in quotation marks, as in `set = { "cells.I" = "1 nA" }`.
                let known = if table.get(&rest).is_some() {
                    rest.as_str()
                } else {
                    step
                };
                if last || known == rest {
                    replace(table, known, place, value);
                    return Ok(());
                }
                enter(table, step, place)
            }
            Kind::List(nodes) => {
                let index = find(nodes, step)
                    .ok_or_else(|| bad(&format!("names no phase or place `{step}` in a list")))?;
                if depth + 1 == steps.len() {
                    nodes[index] = value;
                    return Ok(());
                }
                &mut nodes[index]
            }
            _ => {
                return Err(bad(&format!(
                    "goes on with `{rest}` inside something that is no table"
                )));
            }
        };
    }
    Ok(())
}

fn replace(table: &mut Table, key: &str, place: &Place, value: Node) {
    match table.get_mut(key) {
        Some(entry) => {
            entry.place = place.clone();
            entry.node = value;
        }
        None => table.entries.push(Entry {
            key: key.into(),
            place: place.clone(),
            node: value,
        }),
    }
}

fn enter<'a>(table: &'a mut Table, key: &str, place: &Place) -> &'a mut Node {
    let index = match table.entries.iter().position(|entry| entry.key == key) {
        Some(index) => index,
        None => {
            table.entries.push(Entry {
                key: key.into(),
                place: place.clone(),
                node: Node {
                    kind: Kind::Table(Table::default()),
                    place: place.clone(),
                },
            });
            table.entries.len() - 1
        }
    };
    &mut table.entries[index].node
}

/// By number, or by `name`.
fn find(nodes: &[Node], step: &str) -> Option<usize> {
    let by_name = nodes.iter().position(|node| {
        let Kind::Table(table) = &node.kind else {
            return false;
        };
        let name = table.get("name").map(|entry| &entry.node.kind);
        matches!(name, Some(Kind::Text(name, _)) if name == step)
    });
    by_name.or_else(|| step.parse().ok().filter(|index| *index < nodes.len()))
}

/// Every key of the sweep must be one of the file's, and its first and last value possible there.
pub(crate) fn check_sweep(context: &Context, root: &Node, experiment: &Experiment) {
    let Some(sweep) = &experiment.sweep else {
        return;
    };
    for (key, (_, values)) in &sweep.over {
        if let Some(mistake) = unknown_parameter(experiment, key) {
            context.note(&place_of(context, root, key), mistake);
            continue;
        }
        let ends = [values.first(), values.last().filter(|_| values.len() > 1)];
        for value in ends.into_iter().flatten() {
            if let Some(reason) = try_setting(root, experiment, key, value) {
                let place = place_of(context, root, key);
                let mistake = Mistake::BadSweep {
                    key: key.clone(),
                    value: value.clone(),
                    reason,
                };
                context.note(&place, mistake);
                break;
            }
        }
    }
}

/// A key of a sweep that names a parameter which nothing reads would change nothing.
fn unknown_parameter(experiment: &Experiment, key: &str) -> Option<Mistake> {
    let steps: Vec<&str> = key.split('.').collect();
    let [table, owner, "parameters", name] = steps[..] else {
        return None;
    };
    let (what, equations, parameters) = match table {
        "neurons" => {
            let (_, neurons) = experiment
                .neurons
                .iter()
                .find(|(known, _)| known == owner)?;
            ("population", &neurons.equations, &neurons.parameters)
        }
        "synapses" => {
            let (_, synapses) = experiment
                .synapses
                .iter()
                .find(|(known, _)| known == owner)?;
            ("projection", &synapses.equations, &synapses.parameters)
        }
        _ => return None,
    };
    let mut there: Vec<String> = parameters.iter().map(|(known, _)| known.clone()).collect();
    there.extend(oscine_equations::declared_names(&equations.value).unwrap_or_default());
    if there.iter().any(|known| known == name) {
        return None;
    }
    Some(Mistake::UnknownName {
        what: format!("parameter of the {what} `{owner}`"),
        name: name.into(),
        nearest: nearest(name, there.iter().map(String::as_str)),
        there,
    })
}

/// The keys of the short form must be the file's, and their values possible there, all together.
pub(crate) fn check_quick(context: &Context, root: &Node, experiment: &Experiment) {
    if experiment.quick.is_empty() {
        return;
    }
    if let Some(reason) = try_settings(root, experiment, &experiment.quick) {
        let place = Fields::of_file(context, root, "the file")
            .and_then(|fields| fields.take("quick"))
            .map_or(root.place.clone(), |node| node.place.clone());
        context.note(&place, Mistake::BadQuick { reason });
    }
}

/// What is wrong with the file when a key has a value; `None` where nothing is.
fn try_setting(root: &Node, experiment: &Experiment, key: &str, value: &str) -> Option<String> {
    try_settings(root, experiment, &[(key.into(), Value::parse(value))])
}

fn try_settings(
    root: &Node,
    experiment: &Experiment,
    settings: &[(String, Value)],
) -> Option<String> {
    let context = Context::of_no_file(&experiment.folder);
    let mut root = root.clone();
    apply(&context, &mut root, settings);
    let changed = super::read_root(&context, &root);
    let sentence = |mistake: &Mistake| match mistake.help() {
        Some(help) => format!("{mistake} ({help})"),
        None => mistake.to_string(),
    };
    if let Some((_, mistake)) = context.found.borrow().first() {
        return Some(sentence(mistake));
    }
    let findings = checks::check(&changed?, &context.unread.borrow());
    findings.first().map(|finding| sentence(&finding.mistake))
}

/// Where a key of the sweep stands.
fn place_of(context: &Context, root: &Node, key: &str) -> Place {
    let over = Fields::of_file(context, root, "the file")
        .and_then(|fields| fields.take("sweep"))
        .and_then(|sweep| match &sweep.kind {
            Kind::Table(table) => table.get("over"),
            _ => None,
        });
    let Some(over) = over else {
        return root.place.clone();
    };
    match &over.node.kind {
        Kind::Table(table) => flatten(table)
            .into_iter()
            .find(|(name, _)| name == key)
            .map_or(over.place.clone(), |(_, node)| node.place.clone()),
        _ => over.place.clone(),
    }
}

/// What the names in a table are names of.
fn what_of(table: &str) -> &str {
    match table {
        "neurons" => "population",
        "synapses" => "projection",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use crate::Experiment;

    #[test]
    fn a_sweep_over_a_parameter_that_is_not_there_is_a_mistake() {
        let text = |key: &str| {
            format!(
                "[run]\nduration = \"1 s\"\n[neurons.a]\ncount = 1\nequations = \"dv/dt = (drive - v)/second : 1\"\nparameters = {{ drive = 1 }}\n\
                 [sweep]\nover = {{ \"neurons.a.parameters.{key}\" = \"1:2\" }}\n"
            )
        };
        let read = |key: &str| Experiment::parse(&text(key), "a.toml", "".as_ref());
        assert!(read("drive").is_ok());
        let errors = read("driev").unwrap_err().to_string();
        assert!(
            errors.contains("parameter of the population `a`") && errors.contains("driev"),
            "{errors}"
        );
    }
}
