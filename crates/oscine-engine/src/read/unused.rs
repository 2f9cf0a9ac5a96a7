//! Parameters that nothing reads: a note for each, since a misspelt name elsewhere is the likeliest cause.

use oscine_network::{Experiment, Neurons, Refractory, Setting, StimulusKind, Synapses, Text};

/// A sentence for each parameter of the file that no text names. Those that a model brings along are not the user's.
pub(crate) fn notes(experiment: &Experiment) -> Vec<String> {
    let everywhere = texts_of_all(experiment);
    let mut notes = Vec::new();
    for (population, neurons) in experiment
        .neurons
        .iter()
        .filter(|(_, own)| own.model.is_none())
    {
        let own = texts_of_neurons(neurons);
        for (name, _) in &neurons.parameters {
            if !own.iter().chain(&everywhere).any(|text| names(text, name)) {
                notes.push(format!(
                    "[neurons.{population}] the parameter `{name}` is read by nothing"
                ));
            }
        }
    }
    for (projection, synapses) in experiment
        .synapses
        .iter()
        .filter(|(_, own)| own.model.is_none())
    {
        let own = texts_of_synapses(synapses);
        for (name, _) in &synapses.parameters {
            if !own.iter().chain(&everywhere).any(|text| names(text, name)) {
                notes.push(format!(
                    "[synapses.{projection}] the parameter `{name}` is read by nothing"
                ));
            }
        }
    }
    notes
}

/// True where a text has the name as a whole word, alone or as a variable of one side of a synapse.
fn names(text: &str, name: &str) -> bool {
    text.split(|letter: char| !letter.is_alphanumeric() && letter != '_')
        .any(|word| {
            word == name
                || word.strip_suffix("_pre") == Some(name)
                || word.strip_suffix("_post") == Some(name)
        })
}

fn values(named: &[(String, Text)]) -> impl Iterator<Item = &str> {
    named.iter().map(|(_, text)| text.value.as_str())
}

fn texts_of_neurons(neurons: &Neurons) -> Vec<&str> {
    let refractory = neurons
        .refractory
        .iter()
        .map(|refractory| match refractory {
            Refractory::Duration(text) | Refractory::While(text) => text.value.as_str(),
        });
    let plain = [&neurons.threshold, &neurons.reset].into_iter().flatten();
    std::iter::once(neurons.equations.value.as_str())
        .chain(plain.map(|text| text.value.as_str()))
        .chain(refractory)
        .chain(values(&neurons.parameters))
        .chain(values(&neurons.initial))
        .chain(values(&neurons.input))
        .collect()
}

fn texts_of_synapses(synapses: &Synapses) -> Vec<&str> {
    let optional = [
        &synapses.on_pre,
        &synapses.on_post,
        &synapses.delay.value,
        &synapses.delay.lower,
        &synapses.delay.upper,
        &synapses.delay_post.value,
    ];
    let bounds = synapses
        .bounds
        .iter()
        .flat_map(|(_, (lower, upper))| [lower, upper]);
    let connect = match &synapses.connect {
        oscine_network::Connect::Condition {
            condition,
            probability,
        } => std::iter::once(condition)
            .chain(probability)
            .map(|text| text.value.as_str())
            .collect(),
        _ => Vec::new(),
    };
    std::iter::once(synapses.equations.value.as_str())
        .chain(
            optional
                .into_iter()
                .chain(bounds)
                .flatten()
                .map(|text| text.value.as_str()),
        )
        .chain(values(&synapses.parameters))
        .chain(values(&synapses.initial))
        .chain(connect)
        .collect()
}

/// Texts that may name anybody's parameters: synapses, noise, Poisson input, measures, figures, records.
fn texts_of_all(experiment: &Experiment) -> Vec<&str> {
    let mut texts: Vec<&str> = Vec::new();
    for (_, synapses) in &experiment.synapses {
        texts.extend(texts_of_synapses(synapses));
    }
    texts.extend(experiment.noise.iter().flat_map(|(_, noise)| {
        noise
            .at
            .iter()
            .chain([&noise.level])
            .map(|text| text.value.as_str())
    }));
    for (_, stimulus) in &experiment.stimuli {
        if let StimulusKind::PoissonInput { rate, weight, .. } = &stimulus.kind {
            texts.extend([rate.value.as_str(), weight.value.as_str()]);
        }
    }
    for (_, measure) in &experiment.measures {
        texts.extend(measure.value.iter().map(|text| text.value.as_str()));
        for (name, setting) in &measure.settings {
            texts.push(name);
            texts_of_setting(setting, &mut texts);
        }
    }
    texts.extend(
        experiment
            .figures
            .iter()
            .map(|figure| figure.plot.value.as_str()),
    );
    texts.extend(
        experiment
            .claims
            .iter()
            .map(|claim| claim.value.value.as_str()),
    );
    for (_, record) in &experiment.records {
        texts.extend(record.variables.iter().map(String::as_str));
    }
    for phase in &experiment.protocol {
        texts.extend(phase.set.iter().map(|(place, _)| place.as_str()));
        texts.extend(values(&phase.set).chain(values(&phase.fire)));
    }
    texts
}

fn texts_of_setting<'a>(setting: &'a Setting, texts: &mut Vec<&'a str>) {
    match setting {
        Setting::Text(text) => texts.push(&text.value),
        Setting::List(list) => list.iter().for_each(|inner| texts_of_setting(inner, texts)),
        Setting::Table(table) => {
            for (name, inner) in table {
                texts.push(name);
                texts_of_setting(inner, texts);
            }
        }
        Setting::Number(_) | Setting::Flag(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use oscine_network::Experiment;

    #[test]
    fn only_what_nothing_reads_is_noted() {
        let text = r#"
[run]
duration = "1 ms"
[neurons.cells]
count = 1
equations = "dv/dt = -v/tau : 1"
threshold = "v > 1"
parameters = { tau = "10 ms", tau_m = "10 ms", w = 2 }
[synapses.recurrent]
from = "cells"
to = "cells"
connect = "all-to-all"
on_pre = "v += w_post*J"
parameters = { J = 0.1, K = 0.2 }
"#;
        let experiment = Experiment::parse(text, "test.toml", std::path::Path::new("."))
            .unwrap_or_else(|errors| panic!("{errors}"));
        assert_eq!(
            notes(&experiment),
            [
                "[neurons.cells] the parameter `tau_m` is read by nothing",
                "[synapses.recurrent] the parameter `K` is read by nothing",
            ]
        );
    }
}
