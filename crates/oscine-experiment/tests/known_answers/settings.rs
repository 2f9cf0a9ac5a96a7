//! A wrong setting is named, and the sentence says how to mend it; before anything runs.

use std::path::Path;

use oscine_experiment::measures::{Of, Prepared, Wrong, kinds};
use oscine_network::Experiment;

/// What is said of a measure with these settings.
fn read(what: &str, settings: &str) -> Result<(), Wrong> {
    let text = format!(
        "[run]\nduration = \"1 s\"\n[neurons.cells]\ncount = 2\nequations = \"dv/dt = -v/(10*ms) : 1\"\n[record.trace]\nof = \"cells\"\n\
         variables = [\"v\"]\n[measure.wrong]\nwhat = \"{what}\"\n{settings}\n"
    );
    let experiment = Experiment::parse(&text, "wrong.toml", Path::new("")).unwrap();
    let (name, measure) = &experiment.measures[0];
    Prepared::read(name, measure, &experiment).map(|_| ())
}

/// Each measure, a wrong setting, the setting that is named, and what of an example or of advice is given with it.
const WRONG: &[(&str, &str, &str, &str)] = &[
    (
        "firing-rate",
        "until = \"2 mV\"",
        "until",
        "until = \"2 s\"",
    ),
    ("spike-count", "from = \"soon\"", "from", "from = \"0.5 s\""),
    (
        "interval-cv",
        "form = \"1 s\"",
        "form",
        "did you mean `from`?",
    ),
    (
        "interval-mean",
        "from = \"1 s\"\nuntil = \"0.5 s\"",
        "until",
        "from",
    ),
    (
        "interval-deviation",
        "untill = \"1 s\"",
        "untill",
        "did you mean `until`?",
    ),
    (
        "interval-histogram",
        "bin = \"1 ms\"",
        "longest",
        "longest = \"1 s\"",
    ),
    (
        "interval-histogram",
        "bin = \"2 s\"\nlongest = \"0.1 s\"",
        "bin",
        "shorter than `longest`",
    ),
    ("cv2", "from = true", "from", "from = \"0.5 s\""),
    (
        "local-variation",
        "from = \"1 Hz\"",
        "from",
        "from = \"0.5 s\"",
    ),
    ("serial-correlation", "lag = 2", "lag", "from, until"),
    ("fano-factor", "", "window", "window = \"100 ms\""),
    ("fano-factor", "window = 0", "window", "window = \"100 ms\""),
    (
        "fano-factor",
        "window = \"-5 ms\"",
        "window",
        "window = \"100 ms\"",
    ),
    ("latency", "until = 3", "until", "until = \"2 s\""),
    ("synchrony", "every = 0", "every", "above 0"),
    (
        "population-synchrony",
        "bin = \"1 Hz\"",
        "bin",
        "bin = \"1 ms\"",
    ),
    (
        "population-rhythm",
        "above = \"100 Hz\"\nbelow = \"50 Hz\"",
        "below",
        "above",
    ),
    ("vector-strength", "", "frequency", "frequency = \"5 Hz\""),
    (
        "vector-strength",
        "frequency = 0",
        "frequency",
        "frequency = \"5 Hz\"",
    ),
    (
        "phase-locking",
        "frequency = \"5 Hz\"",
        "frequency",
        "from, until",
    ),
    (
        "spectrum",
        "method = \"welsh\"",
        "method",
        "did you mean `welch`?",
    ),
    (
        "spectrum",
        "method = \"fourier\"",
        "method",
        "multitaper, welch",
    ),
    ("spectrum", "method = 3", "method", "multitaper, welch"),
    (
        "spectrum",
        "half_bandwidth = 0",
        "half_bandwidth",
        "half_bandwidth = \"1 Hz\"",
    ),
    (
        "spectrum",
        "segment = \"-1 s\"",
        "segment",
        "segment = \"0.5 s\"",
    ),
    (
        "spectrum",
        "greatest = 0",
        "greatest",
        "greatest = \"200 Hz\"",
    ),
    (
        "signal-to-noise",
        "frequency = \"5 s\"",
        "frequency",
        "frequency = \"5 Hz\"",
    ),
    (
        "response",
        "frequency = \"5 Hz\"\ninput = 3",
        "input",
        "input = \"NAME\"",
    ),
    ("frequency-response", "", "input", "input = \"drive.I\""),
    (
        "frequency-response",
        "input = \"trace\"\nfrequencies = \"5 Hz\"",
        "frequencies",
        "frequencies = \"1:50 Hz\"",
    ),
    (
        "frequency-response",
        "input = \"trace\"\nfrequencies = \"1:5 mV\"",
        "frequencies",
        "frequencies = \"1:50 Hz\"",
    ),
    (
        "frequency-response",
        "input = \"trace\"\nwidth = 0",
        "width",
        "width = \"1 Hz\"",
    ),
    ("harmonics", "count = 2.5", "count", "at least 1"),
    (
        "harmonics",
        "frequency = 0",
        "frequency",
        "frequency = \"5 Hz\"",
    ),
    (
        "coherence",
        "segment = \"5 Hz\"",
        "segment",
        "segment = \"0.5 s\"",
    ),
    ("coherence", "segment = 0", "segment", "segment = \"0.5 s\""),
    (
        "spike-field-coherence",
        "segments = \"5 s\"",
        "segments",
        "did you mean `segment`?",
    ),
    (
        "period",
        "threshold = \"high\"",
        "threshold",
        "threshold = \"-50 mV\"",
    ),
    ("recognition", "", "stimulus", "stimulus = \"images\""),
    (
        "recognition",
        "stimulus = \"images\"",
        "stimulus",
        "names no stimulus",
    ),
    ("share-above", "", "threshold", "threshold = \"-50 mV\""),
    (
        "share-above",
        "threshold = true",
        "threshold",
        "threshold = \"-50 mV\"",
    ),
    (
        "autocorrelation",
        "longest = \"1 V\"",
        "longest",
        "longest = \"100 ms\"",
    ),
    ("cross-correlation", "bin = \"1 s\"", "longest", "bin"),
    (
        "recurrence",
        "after = \"1 s\"",
        "within",
        "within = \"20 s\"",
    ),
    (
        "recurrence",
        "after = \"2 s\"\nwithin = \"1 s\"",
        "within",
        "after",
    ),
    (
        "mutual-information",
        "every = \"0.1 s\"",
        "with",
        "with = \"shown.class\"",
    ),
    (
        "mutual-information",
        "every = \"0.1 s\"\nwith = \"trace\"\nbias = \"miller\"",
        "bias",
        "none, miller-madow, panzeri-treves",
    ),
    (
        "mutual-information",
        "every = \"0.1 s\"\nwith = \"trace\"\nletters = 0",
        "letters",
        "at least 1",
    ),
    (
        "mutual-information",
        "every = \"0.1 s\"\nafter = \"0.2 s\"\nwith = \"trace\"",
        "after",
        "every",
    ),
    (
        "transfer-entropy",
        "source_history = 0",
        "source_history",
        "at least 1",
    ),
    ("transfer-entropy", "bin = 0", "bin", "bin = \"1 ms\""),
    ("rest", "at = 3", "at", "at = { I = \"10 uA/cm**2\" }"),
    (
        "rest",
        "at = { I = \"ten\" }",
        "at",
        "at = { I = \"10 uA/cm**2\" }",
    ),
    (
        "rest",
        "at = { I = true }",
        "at",
        "at = { I = \"10 uA/cm**2\" }",
    ),
    (
        "bifurcations",
        "",
        "over",
        "over = { I = \"0:200 uA/cm**2\" }",
    ),
    (
        "bifurcations",
        "over = { I = \"5:1\" }",
        "over",
        "over = { I = \"0:200 uA/cm**2\" }",
    ),
    ("limit-cycle", "points = 3", "points", "at least 16"),
    (
        "limit-cycle",
        "settle = \"1 mV\"",
        "settle",
        "settle = \"1 s\"",
    ),
    (
        "cycles",
        "over = { I = \"1 nA\" }",
        "over",
        "over = { I = \"0:200 uA/cm**2\" }",
    ),
    (
        "phase-response",
        "pulse = true",
        "pulse",
        "pulse = \"0.1 mV\"",
    ),
    (
        "phase-response",
        "pulse = \"hard\"",
        "pulse",
        "pulse = \"0.1 mV\"",
    ),
    ("lyapunov", "", "duration", "duration = \"1000 s\""),
    (
        "lyapunov",
        "duration = \"-1 s\"",
        "duration",
        "duration = \"1000 s\"",
    ),
    (
        "impedance",
        "frequencies = \"0:100 Hz\"",
        "frequencies",
        "frequencies = \"0.5:200 Hz\"",
    ),
    (
        "firing-rate-curve",
        "over = { I = \"0:1 nA\" }\nduration = 0",
        "duration",
        "duration = \"2 s\"",
    ),
];

#[test]
fn every_measure_says_what_is_wrong_with_a_setting_and_how_to_mend_it() {
    let mut amiss = Vec::new();
    for (what, settings, key, advice) in WRONG {
        let settings = format!("of = \"cells\"\n{settings}");
        match read(what, &settings) {
            Ok(()) => amiss.push(format!("{what}: {settings:?} is taken")),
            Err(wrong) => {
                let said = format!("{} {}", wrong.reason, wrong.help.as_deref().unwrap_or(""));
                let named = wrong.key.as_deref() == Some(*key)
                    && wrong.reason.contains(&format!("`{key}`"));
                if !named || !said.contains(advice) {
                    amiss.push(format!("{what}: {settings:?}: {said}"));
                }
            }
        }
    }
    assert!(amiss.is_empty(), "{}", amiss.join("\n"));
    // Those of a training are read of files with layers.
    for kind in kinds().filter(|kind| kind.of != Of::Training) {
        assert!(
            WRONG.iter().any(|(what, ..)| *what == kind.name),
            "no case of `{}`",
            kind.name
        );
    }
}

#[test]
fn measures_of_a_training_want_one() {
    for kind in kinds().filter(|kind| kind.of == Of::Training) {
        let wrong = read(kind.name, "").expect_err("nothing is trained");
        let said = format!("{} {}", wrong.reason, wrong.help.unwrap_or_default());
        assert!(said.contains("of a training, and there is none"), "{said}");
        assert!(said.contains("[layers]"), "{said}");
    }
}

#[test]
fn a_measure_that_is_not_known_or_is_of_nothing_is_said() {
    let wrong = read("fireing-rate", "of = \"cells\"").unwrap_err();
    assert_eq!(wrong.reason, "there is no measure called `fireing-rate`");
    assert_eq!(wrong.help.unwrap(), "did you mean `firing-rate`?");
    let wrong = read("firing-rate", "").unwrap_err();
    assert!(wrong.reason.contains("needs `of`"), "{}", wrong.reason);
    let wrong = read("rest", "of = [\"cells\", \"trace\"]").unwrap_err();
    assert!(wrong.reason.contains("one population"), "{}", wrong.reason);
}

#[test]
fn traces_of_other_times_are_not_compared() {
    let file = "[run]\nduration = \"1 s\"\ndt = \"1 ms\"\n[neurons.unit]\ncount = 1\nequations = \"a = sin(2*pi*5*Hz*t) : 1\"\n\
        [record.early]\nof = \"unit\"\nvariables = [\"a\"]\nuntil = \"0.45 s\"\n\
        [record.late]\nof = \"unit\"\nvariables = [\"a\"]\nfrom = \"0.45 s\"\nuntil = \"0.9 s\"\n";
    let found = [
        "what = \"coherence\"\nof = [\"early\", \"late\"]",
        "what = \"cross-correlation\"\nof = [\"early\", \"late\"]",
        "what = \"phase-locking\"\nof = [\"early\", \"late\"]",
        "what = \"response\"\nof = \"early\"\ninput = \"late\"\nfrequency = \"5 Hz\"",
        "what = \"frequency-response\"\nof = \"early\"\ninput = \"late\"",
    ]
    .map(|measure| super::noted(&format!("{file}[measure.wrong]\n{measure}\n")));
    for notes in found {
        let said =
            "`wrong` could not be measured: the two traces are not recorded at the same times";
        assert!(notes.iter().any(|note| note.starts_with(said)), "{notes:?}");
    }
}

/// What is said of a measure of this, in a file with spikes, a trace and a population.
fn of(what: &str, of: &str) -> Result<(), Wrong> {
    let text = format!(
        "[run]\nduration = \"1 s\"\n[neurons.cells]\ncount = 2\nequations = \"dv/dt = -v/(10*ms) : 1\"\nthreshold = \"v > 1\"\n[record.trace]\nof = \"cells\"\n\
         variables = [\"v\"]\n[record.raster]\nof = \"cells\"\nspikes = true\n[measure.one]\nwhat = \"{what}\"\nof = \"{of}\"\n"
    );
    let experiment = Experiment::parse(&text, "of.toml", Path::new("")).unwrap();
    Prepared::read("one", &experiment.measures[0].1, &experiment).map(|_| ())
}

#[test]
fn what_a_measure_cannot_be_taken_of_is_said_before_the_run() {
    for (what, right, wrong, advice) in [
        ("interval-cv", "raster", "trace", "there is raster"),
        ("period", "trace", "raster", "there is trace"),
        ("period", "trace.v", "cells", "there is trace"),
        ("rest", "cells", "raster", "there is cells"),
    ] {
        of(what, right).unwrap();
        let said = of(what, wrong).unwrap_err();
        assert!(said.reason.contains(what), "{}", said.reason);
        assert_eq!(said.help.as_deref(), Some(advice));
    }
}
