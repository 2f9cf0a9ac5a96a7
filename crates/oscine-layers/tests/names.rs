//! What a file may name, `oscine-network` knows; what each name is, `oscine-layers`: the two must agree.

use oscine_layers::{ACTIVATION_TEXTS, INITIALISATION_TEXTS, LOSS_TEXTS, OPTIMISER_TEXTS};
use oscine_network::{ACTIVATIONS, INITIALISATIONS, LOSSES, OPTIMISERS};

fn agree<'a>(named: &[&'a str], written: impl Iterator<Item = &'a str>) {
    let (mut named, mut written) = (named.to_vec(), written.collect::<Vec<_>>());
    named.sort_unstable();
    written.sort_unstable();
    assert_eq!(named, written);
}

#[test]
fn every_name_has_a_text_and_every_text_a_name() {
    // Softmax is of all units of a layer together, no text of one.
    let activations = ACTIVATION_TEXTS.iter().map(|(name, _)| *name);
    agree(&ACTIVATIONS, activations.chain(["softmax"]));
    agree(&LOSSES, LOSS_TEXTS.iter().map(|(name, _)| *name));
    let optimisers = OPTIMISERS.map(|known| known.name);
    agree(&optimisers, OPTIMISER_TEXTS.iter().map(|text| text.name));
    for text in OPTIMISER_TEXTS {
        let known = OPTIMISERS.iter().find(|known| known.name == text.name);
        let parameters: Vec<&str> = known.map_or(Vec::new(), |known| {
            known.parameters.iter().map(|(name, _)| *name).collect()
        });
        agree(&parameters, text.parameters.iter().map(|(name, _)| *name));
    }
    agree(
        &INITIALISATIONS,
        INITIALISATION_TEXTS.iter().map(|(name, _)| *name),
    );
}
