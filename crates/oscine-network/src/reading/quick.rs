//! Reads `[quick]`: keys of the file with the values that they have in the short form.

use super::fields::Fields;
use super::protocol::flatten;
use super::tree::Kind;
use crate::{Experiment, Named, Text};

pub(crate) fn read(fields: &Fields) -> Named<Text> {
    let Some(node) = fields.take("quick") else {
        return Vec::new();
    };
    let Kind::Table(table) = &node.kind else {
        fields.wrong(
            "quick",
            node,
            "a table such as { \"run.duration\" = \"1 s\" }",
        );
        return Vec::new();
    };
    let mut settings = Vec::new();
    for (key, node) in flatten(table) {
        let value = match &node.kind {
            Kind::Flag(flag) => Some(Text::new(flag.to_string())),
            Kind::List(nodes) => {
                let parts: Vec<String> = nodes
                    .iter()
                    .filter_map(|node| fields.as_text(&format!("quick.{key}"), node))
                    .map(|text| toml_edit::Value::from(text.value).to_string())
                    .collect();
                Some(Text::new(format!("[{}]", parts.join(", "))))
            }
            _ => fields.as_text(&format!("quick.{key}"), node),
        };
        settings.extend(value.map(|value| (key, value)));
    }
    settings
}

impl Experiment {
    /// What `--quick` sets: keys of the file and their values.
    #[must_use]
    pub fn quick_settings(&self) -> Vec<(&str, &str)> {
        let settings = self.quick.iter();
        settings
            .map(|(key, value)| (key.as_str(), value.value.as_str()))
            .collect()
    }
}
