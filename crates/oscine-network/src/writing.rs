//! An experiment as TOML.
use crate::Experiment;
impl Experiment {
    /// As a file.
    pub fn to_toml(&self) -> String {
        String::new()
    }
    /// No places.
    pub(crate) fn forget_places(&mut self) {}
}
