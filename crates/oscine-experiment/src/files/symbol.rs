//! Units as symbols for tables and plots: `V`, `S/m^2`.

use oscine_equations::Dimension;

/// Names of units in the equation language and their symbols.
const SYMBOLS: [(&str, &str); 21] = [
    ("volt", "V"),
    ("amp", "A"),
    ("siemens", "S"),
    ("farad", "F"),
    ("ohm", "Ohm"),
    ("coulomb", "C"),
    ("hertz", "Hz"),
    ("second", "s"),
    ("metre", "m"),
    ("mole", "mol"),
    ("kelvin", "K"),
    ("kilogram", "kg"),
    ("candela", "cd"),
    ("mmolar", "mol/m^3"),
    ("joule", "J"),
    ("watt", "W"),
    ("newton", "N"),
    ("pascal", "Pa"),
    ("weber", "Wb"),
    ("tesla", "T"),
    ("henry", "H"),
];

/// The SI unit of a dimension as a symbol; empty for a plain number.
#[must_use]
pub fn unit_symbol(dimension: Dimension) -> String {
    if dimension.is_dimensionless() {
        return String::new();
    }
    let text = dimension.to_string().replace("**", "^");
    let mut symbols = String::new();
    let mut word = String::new();
    for character in text.chars().chain(std::iter::once(' ')) {
        if character.is_alphabetic() {
            word.push(character);
            continue;
        }
        let symbol = SYMBOLS.iter().find(|(name, _)| *name == word);
        symbols.push_str(symbol.map_or(&*word, |(_, symbol)| symbol));
        word.clear();
        symbols.push(character);
    }
    symbols.trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_of_the_field_have_their_usual_symbols() {
        assert_eq!(unit_symbol(Dimension::VOLT), "V");
        assert_eq!(unit_symbol(Dimension::HERTZ), "Hz");
        assert_eq!(unit_symbol(Dimension::DIMENSIONLESS), "");
        let per_area = Dimension::SIEMENS / Dimension::METRE / Dimension::METRE;
        assert_eq!(unit_symbol(per_area), "S/m^2");
    }
}
