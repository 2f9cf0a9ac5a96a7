//! What a person can do wrong in a description: a sentence and, where there is one, a way to mend it.

use thiserror::Error;

/// One kind of mistake. Fields hold what was written and what would have been right.
#[derive(Clone, Debug, PartialEq, Error)]
#[allow(missing_docs)]
pub enum Mistake {
    #[error("cannot read the file: {reason}")]
    Unreadable { reason: String },
    #[error("the file is not UTF-8 text: byte {byte} is not part of a character")]
    NotUtf8 { byte: usize },
    #[error("the file is {megabytes} MB long; an experiment may be at most {limit} MB")]
    TooLarge { megabytes: u64, limit: u64 },
    #[error("this is not TOML: {message}")]
    Syntax { message: String },
    #[error("unknown key `{key}` in {table}")]
    UnknownKey {
        key: String,
        table: String,
        nearest: Option<String>,
        known: Vec<String>,
    },
    #[error("{table} has no `{key}`")]
    MissingKey {
        key: String,
        table: String,
        example: String,
    },
    #[error("{what} must be {expected}, not {found}")]
    WrongType {
        what: String,
        expected: String,
        found: String,
    },
    #[error("{what} must be {expected}; `{written}` has no unit")]
    NoUnit {
        what: String,
        expected: String,
        written: String,
    },
    #[error("{what} must be {expected}; `{written}` is {found}")]
    WrongDimension {
        what: String,
        expected: String,
        written: String,
        found: String,
    },
    #[error("{what} must be {expected}: {reason}")]
    NotAQuantity {
        what: String,
        expected: String,
        reason: String,
        help: Option<String>,
    },
    #[error("{what} must be more than 0, and it is {value}")]
    NotPositive { what: String, value: String },
    #[error("{what} must not be below 0, and it is {value}")]
    Negative { what: String, value: String },
    #[error("{what} must be a finite number, and it is {value}")]
    NotFinite { what: String, value: String },
    #[error("{what} is {value}, and at most {limit} is possible")]
    TooMany {
        what: String,
        value: String,
        limit: String,
    },
    #[error("{what} is a probability, between 0 and 1, and it is {value}")]
    NotAProbability { what: String, value: String },
    #[error("{what} cannot be `{written}`")]
    NotOneOf {
        what: String,
        written: String,
        choices: Vec<String>,
        nearest: Option<String>,
    },
    #[error("there is no {what} called `{name}`")]
    UnknownName {
        what: String,
        name: String,
        nearest: Option<String>,
        there: Vec<String>,
    },
    #[error("`{name}` is not a name")]
    NotAName { name: String },
    #[error("`{name}` is already the name of {first}")]
    Clash { name: String, first: String },
    #[error("`{name}` cannot be a name: it is {meaning}")]
    Reserved { name: String, meaning: String },
    #[error("there is no population and no stimulus in it")]
    NoNetwork,
    #[error("{what} is empty")]
    Empty { what: String },
    #[error("`{written}` is not a population or a part of one")]
    NotASlice { written: String },
    #[error("`{written}` is reversed or has no cells")]
    EmptySlice { written: String },
    #[error("`{written}` reaches beyond the {count} {cells} of `{name}`")]
    SliceTooFar {
        written: String,
        name: String,
        count: usize,
        cells: String,
    },
    #[error("`{name}` is {found}, which {lacks}")]
    WrongPart {
        name: String,
        found: String,
        lacks: String,
    },
    #[error("{table} has both `{first}` and `{second}`")]
    Contradiction {
        table: String,
        first: String,
        second: String,
        help: String,
    },
    #[error("{table} does nothing: {why}")]
    Idle {
        table: String,
        why: String,
        help: String,
    },
    #[error("there is no model called `{name}` in the catalogue")]
    UnknownModel {
        name: String,
        nearest: Option<String>,
    },
    #[error("the model `{name}` has no set of parameters called `{set}`")]
    UnknownSet {
        name: String,
        set: String,
        nearest: Option<String>,
        there: Vec<String>,
    },
    #[error("`{name}` is a model of {found}, not of {wanted}")]
    WrongModel {
        name: String,
        found: String,
        wanted: String,
    },
    #[error("cannot read the model file `{path}`: {reason}")]
    UnreadableModel { path: String, reason: String },
    #[error("the duration, {duration}, is shorter than one step, {dt}")]
    ShorterThanStep { duration: String, dt: String },
    #[error("the run would have {steps:.3e} steps; more than {limit:.0e} are not possible")]
    TooManySteps { steps: f64, limit: f64 },
    #[error("{what}, {value}, is shorter than the step, {dt}")]
    BelowStep {
        what: String,
        value: String,
        dt: String,
    },
    #[error("{what} ends, at {end}, before it begins, at {begin}")]
    EndsBeforeBegin {
        what: String,
        begin: String,
        end: String,
    },
    #[error("the lower bound of {what}, {lower}, is not below the upper, {upper}")]
    BoundsReversed {
        what: String,
        lower: String,
        upper: String,
    },
    #[error("one-to-one needs as many sources as targets, and there are {sources} and {targets}")]
    SizesDiffer { sources: usize, targets: usize },
    #[error("pair {pair:?} names a cell beyond the {sources} sources and {targets} targets")]
    PairTooFar {
        pair: (usize, usize),
        sources: usize,
        targets: usize,
    },
    #[error("{count} synapses cannot be drawn without replacement from {possible}")]
    TooFewToDraw { count: usize, possible: usize },
    #[error(
        "{what} must have a row for each of the {rows} targets and in each a number for each of the {columns} sources: {found}"
    )]
    WrongMatrix {
        what: String,
        rows: usize,
        columns: usize,
        found: String,
    },
    #[error("{what}: {found} rows of differing length")]
    Ragged { what: String, found: usize },
    #[error("`{written}` is not a list of values: {reason}")]
    BadRange { written: String, reason: String },
    #[error("`{written}` is no place for noise: {reason}")]
    NotAPlace { written: String, reason: String },
    #[error("the setting `{setting}` {reason}")]
    BadSetting { setting: String, reason: String },
    #[error("`{key}` = `{value}` in the sweep: {reason}")]
    BadSweep {
        key: String,
        value: String,
        reason: String,
    },
    #[error("the sweep has {runs} runs, and at most a million are carried out")]
    TooManyRuns { runs: usize },
    #[error("the short form in [quick] does not hold: {reason}")]
    BadQuick { reason: String },
}

impl Mistake {
    /// How to mend it, in a sentence; `None` where the mistake says it all.
    pub fn help(&self) -> Option<String> {
        let choices = |words: &[String]| {
            let quoted: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
            quoted.join(", ")
        };
        let nearest = |nearest: &Option<String>, label: &str, words: &[String]| match nearest {
            Some(nearest) => Some(format!("did you mean `{nearest}`?")),
            None if words.is_empty() => None,
            None => Some(format!("{label} {}", choices(words))),
        };
        match self {
            Self::NotUtf8 { .. } => Some("save it as UTF-8".into()),
            Self::TooLarge { .. } => {
                Some("put long lists of numbers into CSV or Parquet files and name those".into())
            }
            Self::UnknownKey { nearest: n, known, .. } => nearest(n, "known here:", known),
            Self::MissingKey { example, .. } => Some(format!("write for example {example}")),
            Self::NoUnit { written, expected, .. } => expected
                .rsplit_once(" such as ")
                .map(|(_, example)| format!("add a unit to `{written}`, as in {example}")),
            Self::NotAQuantity { help, .. } => help.clone(),
            Self::NotOneOf { choices: c, nearest: n, .. } => nearest(n, "it can be", c),
            Self::UnknownName { nearest: n, there, .. } => nearest(n, "there is", there),
            Self::NotAName { .. } => {
                Some("a name begins with a letter or `_`, and goes on with letters, digits and `_`".into())
            }
            Self::Clash { .. } => {
                Some("populations, projections and stimuli are named side by side; choose another name".into())
            }
            Self::Reserved { .. } => Some("choose another name".into()),
            Self::NoNetwork => Some(
                "add a table such as `[neurons.cells]` with its `count` and `equations`".into(),
            ),
            Self::NotASlice { .. } => {
                Some("write `cells`, `cells[5]`, `cells[0:10]`, `cells[10:]` or `cells[:10]`".into())
            }
            Self::EmptySlice { .. } => {
                Some("`cells[0:10]` holds the cells 0 to 9: the second number is one past the last".into())
            }
            Self::SliceTooFar { name, count, .. } => Some(match count {
                0 => format!("`{name}` has none"),
                _ => format!("the last is `{name}[{}]`", count - 1),
            }),
            Self::Contradiction { help, .. } | Self::Idle { help, .. } => Some(help.clone()),
            Self::UnknownModel { nearest: n, .. } => Some(match n {
                Some(n) => format!("did you mean `{n}`?"),
                None => "`oscine models` lists them; a file of your own is named by its path, `./mine.toml`".into(),
            }),
            Self::UnknownSet { nearest: n, there, .. } => nearest(n, "it has", there),
            Self::BelowStep { .. } => Some("make it at least one step, or the step smaller; a delay may be 0".into()),
            Self::TooManySteps { .. } => Some("check the units of `duration` and `dt`".into()),
            Self::WrongMatrix { .. } => Some(
                "as in Potjans & Diesmann (2014): one row a target, and in it one number a source".into(),
            ),
            Self::BadRange { .. } => Some(
                "write `\"0:2:0.1\"` (start:end:step), `\"1:20\"`, `\"0.02:1:log:25\"`, `\"0:1:lin:11\"`, or a list".into(),
            ),
            Self::NotAPlace { .. } => {
                Some("name a variable or an input of a population, as in `cells.x`".into())
            }
            _ => None,
        }
    }
}

/// The word nearest to one that is not known, where one is near enough to be meant.
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let plain = |text: &str| text.to_lowercase().replace(['_', ' '], "-");
    let written = plain(word);
    known
        .into_iter()
        .map(|candidate| {
            let distance = strsim::damerau_levenshtein(&written, &plain(candidate));
            (distance, candidate)
        })
        .filter(|(distance, candidate)| *distance <= candidate.chars().count().max(3) / 3)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate.to_string())
}
