//! Measures and claims by calls.
//!
//! ```
//! use oscine_network::{Claim, Measure};
//!
//! let rate = Measure::named("firing-rate").of("raster").setting("from", "0.2 s");
//! let regular = Measure::formula("mean(cv) < 0.1");
//! let claim = Claim::new("half as many again", "mean(rate)", "15 Hz")
//!     .tolerance("5 %")
//!     .source("Brunel (2000)");
//! assert!(rate.what.is_some() && regular.value.is_some() && claim.quick);
//! ```

use crate::declaration::Declared;
use crate::{Claim, Measure, Setting, Text};

impl Measure {
    /// A measure by its name.
    pub fn named(what: impl Into<String>) -> Self {
        Self {
            what: Some(what.into()),
            ..Self::blank()
        }
    }

    /// An expression over other measures, records and parameters.
    pub fn formula(value: impl Into<Text>) -> Self {
        Self {
            value: Some(value.into()),
            ..Self::blank()
        }
    }

    /// Of this record or population; called again, of one more.
    pub fn of(mut self, name: impl Into<String>) -> Self {
        self.of.push(name.into());
        self
    }

    /// A setting of its own, written as in a file: `("from", "0.2 s")`.
    pub fn setting(mut self, key: impl Into<String>, value: impl Into<Text>) -> Self {
        self.settings
            .push((key.into(), Setting::Text(value.into())));
        self
    }
}

impl Claim {
    /// That an expression over measures has the published value.
    pub fn new(
        says: impl Into<String>,
        value: impl Into<Text>,
        published: impl Into<Text>,
    ) -> Self {
        Self {
            says: says.into(),
            value: value.into(),
            published: published.into(),
            ..Self::blank()
        }
    }

    /// How far from it: a quantity, or `5 %`.
    pub fn tolerance(mut self, tolerance: impl Into<Text>) -> Self {
        self.tolerance = Some(tolerance.into());
        self
    }

    /// Where it was published.
    pub fn source(mut self, source: impl Into<String>) -> Self {
        self.source = source.into();
        self
    }

    /// The short form of the experiment does not judge it.
    pub fn in_the_whole_form_only(mut self) -> Self {
        self.quick = false;
        self
    }
}
