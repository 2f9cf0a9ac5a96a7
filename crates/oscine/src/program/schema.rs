//! `oscine schema`: the JSON Schema of experiment files, for editors that check and complete as one types.

use clap::Args;
use oscine::network::reference::{self, KeyReference, Kinds, Shape, TableReference};
use serde_json::{Map, Value, json};

use super::fault::Fault;

/// Prints the JSON Schema of experiment files.
#[derive(Args)]
#[command(after_help = "Examples:
  oscine schema > oscine.json
  taplo check --schema file://$PWD/oscine.json lab/networks/coba.toml
      checks a file as an editor does; in a file the editor finds it by a first line: #:schema ./oscine.json")]
pub struct SchemaArguments {}

/// Prints it.
pub fn carry_out(_: &SchemaArguments) -> Result<(), Fault> {
    let text = format!("{:#}\n", schema());
    std::io::Write::write_all(&mut std::io::stdout(), text.as_bytes())?;
    Ok(())
}

/// The schema, in the draft that editors for TOML know.
fn schema() -> Value {
    let mut schema = table(&reference::file());
    schema.insert(
        "$schema".into(),
        "http://json-schema.org/draft-07/schema#".into(),
    );
    schema.insert("title".into(), "An experiment of Oscine".into());
    schema.into()
}

fn table(table: &TableReference) -> Map<String, Value> {
    let mut schema = Map::new();
    schema.insert("description".into(), table.doc.into());
    match &table.kinds {
        None => closed(&mut schema, table.keys.iter(), None, table.is_open),
        Some(kinds) => {
            let variants = kinds.variants.iter().map(|(name, variant)| {
                let mut schema = Map::new();
                schema.insert("description".into(), variant.doc.into());
                let mut keys: Vec<&KeyReference> = table.keys.iter().collect();
                keys.extend(&variant.keys);
                closed(&mut schema, keys.into_iter(), Some((kinds, *name)), false);
                Value::from(schema)
            });
            let mut variants: Vec<Value> = variants.collect();
            variants.extend(kinds.others.map(|others| of_other_kind(kinds, others)));
            schema.insert("type".into(), "object".into());
            schema.insert("anyOf".into(), variants.into());
        }
    }
    schema
}

/// A table whose kind is none of the known ones, with keys that are not known here.
fn of_other_kind(kinds: &Kinds, others: &str) -> Value {
    let names: Vec<&str> = kinds.variants.iter().map(|(name, _)| *name).collect();
    json!({
        "description": others,
        "type": "object",
        "properties": { kinds.key: { "type": "string", "not": { "enum": names } } },
        "required": [kinds.key],
    })
}

/// The keys of a table, and that it has no others.
fn closed<'a>(
    schema: &mut Map<String, Value>,
    keys: impl Iterator<Item = &'a KeyReference>,
    kind: Option<(&Kinds, &str)>,
    is_open: bool,
) {
    let mut properties = Map::new();
    let mut required: Vec<&str> = Vec::new();
    if let Some((kinds, name)) = kind {
        let word = json!({ "description": kinds.doc, "const": name });
        properties.insert(kinds.key.into(), word);
        if kinds.usual != Some(name) {
            required.push(kinds.key);
        }
    }
    for key in keys {
        properties.insert(key.name.into(), property(key));
        if key.needs.is_some() {
            required.push(key.name);
        }
    }
    schema.insert("type".into(), "object".into());
    schema.insert("properties".into(), properties.into());
    schema.insert("additionalProperties".into(), is_open.into());
    if !required.is_empty() {
        schema.insert("required".into(), required.into());
    }
}

fn property(key: &KeyReference) -> Value {
    let mut schema = match shape(&key.shape) {
        Value::Object(schema) => schema,
        _ => Map::new(),
    };
    schema.insert("description".into(), key.doc.into());
    // A string, a number or a flag is written in JSON as in TOML.
    if let Some(default) = &key.default
        && let Ok(default) = serde_json::from_str::<Value>(default)
    {
        schema.insert("default".into(), default);
    }
    schema.into()
}

/// What can be written.
fn shape(shape: &Shape) -> Value {
    let list = |items: Value| json!({ "type": "array", "items": items });
    match shape {
        Shape::Text => json!({ "type": "string" }),
        Shape::Expression => json!({ "type": ["string", "number"] }),
        Shape::Quantity { expected, .. } => json!({
            "description": expected,
            "anyOf": [
                { "type": "string", "pattern": "^\\s*[-+]?[0-9.]" },
                { "type": "number", "const": 0 },
            ],
        }),
        Shape::Number => json!({ "type": ["number", "string"] }),
        Shape::Count { least } => json!({ "type": "number", "multipleOf": 1, "minimum": least }),
        Shape::Digits => json!({ "type": "string", "pattern": "^\\s*[0-9]+\\s*$" }),
        Shape::Flag => json!({ "type": "boolean" }),
        Shape::No => json!({ "const": false }),
        Shape::Choice(words) => {
            let words: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            json!({ "type": "string", "enum": words })
        }
        Shape::NameOr(names) => json!({
            "anyOf": [
                { "type": "string", "enum": names },
                { "description": "an expression", "type": ["string", "number"] },
            ],
        }),
        Shape::Several(one) => {
            let one = self::shape(one);
            json!({ "anyOf": [one, list(one.clone())] })
        }
        Shape::List(one) => list(self::shape(one)),
        Shape::OrMatrix(one) => {
            let one = self::shape(one);
            json!({ "anyOf": [one, list(list(one.clone()))] })
        }
        Shape::Either(shapes) => {
            let shapes: Vec<Value> = shapes.iter().map(self::shape).collect();
            json!({ "anyOf": shapes })
        }
        Shape::ByName(one) => {
            json!({ "type": "object", "additionalProperties": self::shape(one) })
        }
        // Keys with points may be tables in one another.
        Shape::ByDottedName(_) => json!({ "type": "object" }),
        Shape::Table(inner) => table(inner).into(),
        Shape::Anything => json!({}),
    }
}
