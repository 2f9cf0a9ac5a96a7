//! Layers that are written once and stand several times: `depth = 20`.

use std::borrow::Cow;

use oscine_network::{Experiment, Text};

/// The description with each layer of some depth as so many layers, `hidden.1`, `hidden.2` and on; noise at one place of it is at that place of each.
#[must_use]
pub fn unrolled(experiment: &Experiment) -> Cow<'_, Experiment> {
    if experiment.layers.iter().all(|(_, layer)| layer.depth <= 1) {
        return Cow::Borrowed(experiment);
    }
    let mut unrolled = experiment.clone();
    unrolled.layers.clear();
    for (name, layer) in &experiment.layers {
        if layer.depth <= 1 {
            unrolled.layers.push((name.clone(), layer.clone()));
            continue;
        }
        for number in 1..=layer.depth {
            let mut one = layer.clone();
            one.depth = 1;
            unrolled.layers.push((format!("{name}.{number}"), one));
        }
    }
    for (_, noise) in &mut unrolled.noise {
        let places = std::mem::take(&mut noise.at).into_iter();
        noise.at = places.flat_map(|at| places_of(experiment, at)).collect();
    }
    Cow::Owned(unrolled)
}

fn places_of(experiment: &Experiment, at: Text) -> Vec<Text> {
    let split = at.value.split_once('.');
    let found = split.and_then(|(name, place)| {
        let layer = experiment.layers.iter().find(|(known, _)| known == name)?;
        (layer.1.depth > 1).then(|| {
            let numbers = 1..=layer.1.depth;
            let each = numbers.map(|number| Text::new(format!("{name}.{number}.{place}")));
            each.collect()
        })
    });
    found.unwrap_or_else(|| vec![at])
}
