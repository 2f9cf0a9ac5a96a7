//! What is wrong with a measure is said before anything runs; what a recording cannot give is said of the measure alone.

use oscine_engine::BuildError;
use oscine_experiment::ExperimentError;

use crate::outcome;

/// A file with spikes and a trace, and one measure with these settings.
fn with(measure: &str) -> String {
    format!(
        "title = \"settings\"\n[run]\nduration = \"100 ms\"\ndt = \"1 ms\"\n[neurons.unit]\ncount = 2\n\
         equations = \"dx/dt = 10*Hz : 1\"\nthreshold = \"x > 0.5\"\nreset = \"x = 0\"\n\
         [record.raster]\nof = \"unit\"\nspikes = true\n[record.trace]\nof = \"unit\"\nvariables = [\"x\"]\n[measure.m]\n{measure}\n"
    )
}

/// What is said of a measure that cannot be read, and the advice.
fn refused(measure: &str) -> (String, String) {
    match outcome(&with(measure)).map(|outcome| outcome.ending) {
        Err(ExperimentError::Build(error)) => match *error {
            BuildError::Description { message, help, .. } => (message, help.unwrap_or_default()),
            other => panic!("{other}"),
        },
        other => panic!("{measure}: {other:?}"),
    }
}

#[test]
fn settings_that_cannot_be_are_refused_with_advice() {
    let cases = [
        (
            "what = \"firing-rat\"\nof = \"raster\"",
            "there is no measure called `firing-rat`",
            "did you mean `firing-rate`?",
        ),
        (
            "what = \"firing-rate\"",
            "`firing-rate` needs `of`",
            "name a record or a population",
        ),
        (
            "what = \"firing-rate\"\nof = \"raster\"\nform = \"1 s\"",
            "`form` is no setting of `firing-rate`",
            "did you mean `from`?",
        ),
        (
            "what = \"firing-rate\"\nof = \"raster\"\nfrom = \"1 mV\"",
            "`from` should be",
            "as in `from = \"0.5 s\"`",
        ),
        (
            "what = \"firing-rate\"\nof = \"raster\"\nfrom = \"2 s\"\nuntil = \"1 s\"",
            "`until` comes before `from`",
            "",
        ),
        (
            "what = \"fano-factor\"\nof = \"raster\"",
            "`window` is missing",
            "as in `window = \"100 ms\"`",
        ),
        (
            "what = \"vector-strength\"\nof = \"raster\"",
            "`frequency` is missing",
            "as in `frequency = \"5 Hz\"`",
        ),
        (
            "what = \"vector-strength\"\nof = \"raster\"\nfrequency = \"5 Hz\"\nwith = \"trace\"",
            "`with` and `frequency` both say",
            "keep one of them",
        ),
        (
            "what = \"vector-strength\"\nof = \"raster\"\nfrequency = \"5 Hz\"\nband = \"4:8 Hz\"",
            "`band` is of the trace that `with` names",
            "leave it out",
        ),
        (
            "what = \"phase-locking\"\nof = \"trace\"\nband = \"8:4 Hz\"",
            "`band` should go from a lesser to a greater value",
            "as in `band = \"4:8 Hz\"`",
        ),
        (
            "what = \"signal-to-noise\"\nof = \"raster\"\nfrequency = \"5 s\"",
            "`frequency` should be",
            "as in `frequency = \"5 Hz\"`",
        ),
        (
            "what = \"spectrum\"\nof = \"trace\"\nmethod = \"welsh\"",
            "`method` cannot be `welsh`",
            "did you mean `welch`?",
        ),
        (
            "what = \"population-rhythm\"\nof = \"raster\"\nabove = \"50 Hz\"\nbelow = \"5 Hz\"",
            "`below` should be above `above`",
            "",
        ),
        (
            "what = \"synchrony\"\nof = \"raster\"\nevery = \"0 s\"",
            "`every` should be above 0",
            "",
        ),
        (
            "what = \"frequency-response\"\nof = \"trace\"",
            "`input` is missing",
            "as in `input = \"drive.I\"`",
        ),
        (
            "what = \"frequency-response\"\nof = \"trace\"\ninput = \"trace\"\nfrequencies = \"5 Hz\"",
            "`frequencies` should be a range",
            "as in `frequencies = \"1:50 Hz\"`",
        ),
        (
            "what = \"harmonics\"\nof = \"trace\"\ncount = 1.5",
            "`count` should be a whole number of at least 1",
            "",
        ),
        (
            "what = \"share-above\"\nof = \"trace\"",
            "`threshold` is missing",
            "as in `threshold = \"-50 mV\"`",
        ),
        (
            "what = \"recurrence\"\nof = \"trace\"\nafter = \"2 s\"\nwithin = \"1 s\"",
            "`within` should be longer than `after`",
            "",
        ),
        (
            "what = \"mutual-information\"\nof = \"trace\"\nevery = \"10 ms\"",
            "`with` is missing",
            "as in `with = \"shown.class\"`",
        ),
        (
            "what = \"autocorrelation\"\nof = \"trace\"\nlongest = \"1 ms\"\nbin = \"2 ms\"",
            "`longest` should be longer than `bin`",
            "",
        ),
    ];
    for (measure, reason, advice) in cases {
        let (message, help) = refused(measure);
        assert!(message.starts_with(reason), "{measure}\n{message}");
        assert!(help.contains(advice), "{measure}\n{help}");
    }
}

#[test]
fn a_measure_that_cannot_be_taken_is_a_note_and_leaves_the_others() {
    let cases = [
        (
            "what = \"share-above\"\nof = \"trace\"\nthreshold = \"1 mV\"",
            "`threshold` should be",
        ),
        (
            "what = \"phase-locking\"\nof = \"trace\"",
            "`phase-locking` is of two recordings, and `of` names 1",
        ),
        (
            "what = \"coherence\"\nof = [\"trace\", \"trace\"]",
            "one trace is wanted, and `trace` records 2",
        ),
    ];
    for (measure, reason) in cases {
        let file = with(measure) + "[measure.rate]\nwhat = \"firing-rate\"\nof = \"raster\"\n";
        let measured = outcome(&file).unwrap().measured;
        let names: Vec<&str> = measured.measures.iter().map(|(name, _)| &**name).collect();
        assert_eq!(names, ["rate"], "{measure}");
        let note = format!("`m` could not be measured: {reason}");
        assert!(
            measured
                .failures
                .iter()
                .any(|known| known.starts_with(&note)),
            "{:?}",
            measured.failures
        );
    }
}
