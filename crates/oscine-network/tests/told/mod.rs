//! What errors tell, without the lines that are underlined: place and sentence of each, and how to mend it.

use oscine_network::DescriptionErrors;

pub fn told(errors: &DescriptionErrors) -> String {
    let each = errors.errors.iter().map(|error| {
        let help = error.mistake.help();
        let help = help.map_or_else(String::new, |help| format!("  help: {help}\n"));
        format!("{error}\n{help}")
    });
    each.collect()
}
