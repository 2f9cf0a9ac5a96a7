//! Every model of the catalogue is read, its dimensions checked.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use oscine_equations::{
    Binding, Dimension, EquationError, Graph, Model, Quantity, Scope, declared_names, resolve,
    resolve_as, resolve_condition, resolve_statements,
};
use toml_edit::{DocumentMut, Item};

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            files(&path, found);
        } else if path
            .extension()
            .is_some_and(|extension| extension == "toml")
        {
            found.push(path);
        }
    }
}

/// What the engine gives to every neuron and synapse.
fn given() -> Scope {
    let mut scope = Scope::new();
    for (name, dimension) in [
        ("t", Dimension::SECOND),
        ("dt", Dimension::SECOND),
        ("lastspike", Dimension::SECOND),
        ("i", Dimension::DIMENSIONLESS),
        ("j", Dimension::DIMENSIONLESS),
        ("N", Dimension::DIMENSIONLESS),
    ] {
        let writable = false;
        scope.bind(
            name,
            Binding::Symbol {
                dimension,
                writable,
            },
        );
    }
    scope
}

fn text<'a>(table: &'a Item, key: &str) -> Option<&'a str> {
    table.get(key)?.as_str()
}

/// Binds parameters, which may be expressions of one another, in whichever order they can be read.
fn bind_parameters(table: &Item, scope: &mut Scope, declared: &[String], place: &str) {
    let mut open: BTreeMap<String, String> = BTreeMap::new();
    for (name, value) in table
        .get("parameters")
        .and_then(Item::as_table_like)
        .into_iter()
        .flat_map(|t| t.iter())
    {
        let written = value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned);
        if !declared.contains(&name.to_owned()) {
            assert_eq!(Scope::reserved(name), None, "{place}: {name}");
            open.insert(name.to_owned(), written);
        }
    }
    while !open.is_empty() {
        let before = open.len();
        let mut last: Option<EquationError> = None;
        open.retain(|name, written| {
            let mut graph = Graph::new();
            let read = Quantity::parse(written).or_else(|_| {
                let typed = resolve(&mut graph, scope, written)?;
                let value = graph.constant_value(typed.expression).unwrap_or(f64::NAN);
                Ok(Quantity {
                    value,
                    dimension: typed.dimension,
                })
            });
            match read {
                Ok(quantity) => scope.bind(name.clone(), Binding::Constant(quantity)),
                Err(error) => {
                    last = Some(error);
                    return true;
                }
            }
            false
        });
        assert!(open.len() < before, "{place}: {open:?}: {last:?}");
    }
}

/// Reads one neuron with all that belongs to it.
fn read_neuron(table: &Item, place: &str) {
    let equations = text(table, "equations").expect("equations");
    let mut scope = given();
    let declared = declared_names(equations).unwrap_or_else(|error| panic!("{place}: {error:?}"));
    bind_parameters(table, &mut scope, &declared, place);
    if let Some(input) = table.get("input").and_then(Item::as_table_like) {
        for (name, _) in input.iter() {
            let (dimension, writable) = (Dimension::DIMENSIONLESS, false);
            if scope.get(name).is_none() {
                scope.bind(
                    name,
                    Binding::Symbol {
                        dimension,
                        writable,
                    },
                );
            }
        }
    }
    let mut graph = Graph::new();
    let model = Model::compile(&mut graph, equations, &scope)
        .unwrap_or_else(|error| panic!("{place}: {error:?}"));
    assert!(
        !model.states.is_empty() || !model.subexpressions.is_empty(),
        "{place}"
    );
    if let Some(threshold) = text(table, "threshold") {
        resolve_condition(&mut graph, &model.scope, threshold, "the threshold")
            .unwrap_or_else(|error| panic!("{place}: {threshold}: {error:?}"));
    }
    if let Some(reset) = text(table, "reset") {
        resolve_statements(&mut graph, &model.scope, reset)
            .unwrap_or_else(|error| panic!("{place}: {error:?}"));
    }
    for (name, value) in table
        .get("initial")
        .and_then(Item::as_table_like)
        .into_iter()
        .flat_map(|t| t.iter())
    {
        let state = model.states.iter().find(|state| state.name == name);
        if let (Some(state), Some(value)) = (state, value.as_str()) {
            resolve_as(
                &mut graph,
                &model.scope,
                value,
                state.dimension,
                "the initial value",
            )
            .unwrap_or_else(|error| panic!("{place}: {value}: {error:?}"));
        }
    }
}

#[test]
fn every_neuron_of_the_catalogue_is_read() {
    let mut found = Vec::new();
    files(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("../../catalogue/neurons"),
        &mut found,
    );
    assert!(found.len() >= 14, "the catalogue has its fourteen neurons");
    for path in found {
        let place = path.display().to_string();
        let document: DocumentMut = fs::read_to_string(&path)
            .expect("readable")
            .parse()
            .expect("TOML");
        read_neuron(document.as_item(), &place);
    }
}

#[test]
fn every_synapse_and_noise_of_the_catalogue_is_read() {
    let mut found = Vec::new();
    for folder in ["synapses", "noise"] {
        files(
            &Path::new(env!("CARGO_MANIFEST_DIR"))
                .join("../../catalogue")
                .join(folder),
            &mut found,
        );
    }
    assert!(found.len() >= 11);
    for path in found {
        let place = path.display().to_string();
        let document: DocumentMut = fs::read_to_string(&path)
            .expect("readable")
            .parse()
            .expect("TOML");
        let table = document.as_item();
        let equations = text(table, "equations").unwrap_or("");
        let target = text(table, "target").unwrap_or("");
        let names =
            |text: &str| declared_names(text).unwrap_or_else(|error| panic!("{place}: {error:?}"));
        let declared: Vec<String> = names(equations).into_iter().chain(names(target)).collect();
        let mut scope = given();
        bind_parameters(table, &mut scope, &declared, &place);
        let (dimension, writable) = (Dimension::VOLT, true);
        scope.bind(
            "v",
            Binding::Symbol {
                dimension,
                writable,
            },
        );
        let mut graph = Graph::new();
        let around = Model::compile(&mut graph, target, &scope)
            .unwrap_or_else(|error| panic!("{place}: {error:?}"));
        let mut inside = around.scope.clone();
        for parameter in &around.parameters {
            let (dimension, writable) = (parameter.dimension, true);
            inside.bind(
                format!("{}_post", parameter.name),
                Binding::Symbol {
                    dimension,
                    writable,
                },
            );
        }
        let model = Model::compile(&mut graph, equations, &inside)
            .unwrap_or_else(|error| panic!("{place}: {error:?}"));
        let mut events = model.scope.clone();
        for variable in ["v_post", "ge_post"] {
            if events.get(variable).is_none() {
                events.bind(
                    variable,
                    Binding::Symbol {
                        dimension,
                        writable,
                    },
                );
            }
        }
        for key in ["on_pre", "on_post"] {
            if let Some(statements) = text(table, key) {
                resolve_statements(&mut graph, &events, statements)
                    .unwrap_or_else(|error| panic!("{place}: {statements}: {error:?}"));
            }
        }
    }
}
