//! What is written reads back equal: the files of the language and of the lab, and experiments made at random.

use std::path::{Path, PathBuf};

use oscine_network::*;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

fn toml_files(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            toml_files(&path, into);
        } else if path
            .extension()
            .is_some_and(|extension| extension == "toml")
        {
            into.push(path);
        }
    }
}

#[test]
fn every_file_of_the_language_and_the_lab_reads_back_equal() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    toml_files(&here.join("tests/language"), &mut files);
    toml_files(&here.join("../../lab"), &mut files);
    let mut count = 0;
    for path in files {
        // Files for a later version, or whose models are not there yet, are no matter of writing.
        let Ok(experiment) = Experiment::read(&path) else {
            continue;
        };
        let written = experiment.to_toml();
        let again = Experiment::parse(&written, "again.toml", &experiment.folder)
            .unwrap_or_else(|errors| panic!("{}: {}\n{written}", path.display(), errors));
        assert_eq!(again, experiment, "{}", path.display());
        count += 1;
    }
    assert!(count >= 6, "only {count} files");
}

/// Text of any characters, with what could be mistaken for a mark of TOML more often.
fn any_text() -> impl Strategy<Value = Text> {
    prop_oneof![
        "[a-z]{1,3} = [-+0-9a-z \\\\'\"#\n\t]{0,20}x",
        "-?[0-9]{1,3}(\\.[0-9]{1,3})?(e-?[0-9])?",
        "'{0,4}[\u{0}-\u{7f}\u{e9}\u{2211}]{1,12}'{0,4}x",
    ]
    .prop_map(Text::from)
}

/// A condition or statement of which nothing is checked here.
fn name() -> impl Strategy<Value = String> {
    "[a-z]{2,4}_[a-z0-9]{1,3}q"
}

fn named() -> impl Strategy<Value = Named<Text>> {
    proptest::collection::btree_map(name(), any_text(), 0..4)
        .prop_map(|map| map.into_iter().collect())
}

fn seconds() -> impl Strategy<Value = f64> {
    prop_oneof![
        (1u32..10_000).prop_map(|tenths| f64::from(tenths) * 1e-4),
        1e-4..1e4f64,
        (1u32..100).prop_map(f64::from),
    ]
}

fn connect() -> impl Strategy<Value = Connect> {
    prop_oneof![
        Just(Connect::AllToAll),
        Just(Connect::OneToOne),
        (0.0..=1.0f64, any::<bool>()).prop_map(|(probability, autapses)| Connect::Probability {
            probability,
            autapses
        }),
        (1usize..5, any::<bool>()).prop_map(|(count, autapses)| Connect::FixedInDegree {
            count,
            autapses,
            multapses: true
        }),
        (1usize..5, any::<bool>()).prop_map(|(count, autapses)| Connect::FixedOutDegree {
            count,
            autapses,
            multapses: true
        }),
        (1usize..5).prop_map(|count| Connect::FixedTotal {
            count,
            autapses: true,
            multapses: false
        }),
        (any_text(), option::of(any_text()))
            .prop_map(|(condition, probability)| Connect::Condition {
                condition,
                probability
            })
            .prop_filter(
                "a probability that is a plain number is checked",
                |connect| match connect {
                    Connect::Condition {
                        probability: Some(text),
                        ..
                    } => text.value.trim().parse::<f64>().is_err(),
                    _ => true,
                }
            ),
        "[a-z \"]{1,8}".prop_map(|path| Connect::File { path: path.into() }),
        vec((0usize..10, 0usize..10), 0..5).prop_map(|pairs| Connect::Pairs { pairs }),
    ]
}

fn stimulus() -> impl Strategy<Value = Stimulus> {
    let kind = prop_oneof![
        any_text().prop_map(|amplitude| StimulusKind::Step { amplitude }),
        (
            any_text(),
            0.1..100.0f64,
            -3.0..3.0f64,
            option::of(any_text())
        )
            .prop_map(|(amplitude, frequency, phase, offset)| {
                StimulusKind::Sinusoid {
                    amplitude,
                    frequency,
                    phase,
                    offset,
                }
            }),
        (vec(vec(-1e3..1e3f64, 2), 1..4), seconds(), any::<bool>()).prop_map(
            |(values, every, linear)| {
                StimulusKind::Values {
                    values: values.into_iter().map(Into::into).collect(),
                    every,
                    unit: "nA".into(),
                    linear,
                }
            }
        ),
        (vec(vec(0.0..1e3f64, 0..3), 1..4)).prop_map(|trains| StimulusKind::Spikes {
            count: trains.len(),
            times: Some(SpikeTimes::List(trains)),
        }),
        (any_text(), 1usize..9).prop_map(|(times, each)| StimulusKind::Spikes {
            count: 3,
            times: Some(SpikeTimes::Expression { times, each }),
        }),
    ];
    (kind, seconds(), option::of(0.1..10.0f64)).prop_map(|(kind, from, longer)| Stimulus {
        kind,
        from,
        until: longer.map(|longer| from + longer),
    })
}

prop_compose! {
    fn neurons()(
        equations in any_text(), threshold in any_text(), reset in option::of(any_text()),
        parameters in named(), initial in named(), input in named(),
        refractory in option::of(prop_oneof![Just("2 ms"), Just("v > 3 and not u")]),
        model in option::of(Just("lif".to_string())),
        x in option::of(any_text()),
    ) -> Neurons {
        let mut neurons = Neurons::new(10).equations(equations).threshold(threshold);
        if let Some(refractory) = refractory {
            neurons = neurons.refractory(refractory);
        }
        neurons.reset = reset;
        neurons.parameters = parameters;
        neurons.initial = initial;
        neurons.input = input;
        neurons.model = model;
        neurons.positions = x.map(|x| Positions { x: Some(x), y: None, z: None });
        neurons
    }
}

prop_compose! {
    fn synapses()(
        connect in connect(), on_pre in any_text(), on_post in option::of(any_text()),
        parameters in named(), lower in option::of("[0-9]{1,2} mV"), delay in option::of(Just("1.5*ms + rand()*ms")),
    ) -> Synapses {
        let mut synapses = Synapses::between("cells[0:10]", "cells").unwrap().connect(connect).on_pre(on_pre);
        synapses.on_post = on_post;
        synapses.parameters = parameters;
        if let (Some(lower), Some((name, _))) = (&lower, synapses.parameters.first()) {
            let name = name.clone();
            synapses = synapses.within(&name, Some(lower), None);
        }
        match delay {
            Some(delay) => synapses.delay(delay).delay_within(lower.as_deref().map(|_| "0.2 ms"), Some("9 ms")),
            None => synapses,
        }
    }
}

prop_compose! {
    fn experiment()(
        title in any_text(), seed in any::<u64>(), duration in seconds(),
        neurons in neurons(), synapses in synapses(), stimulus in stimulus(),
        every in option::of(1e-4..1.0f64), plot in any_text(),
    ) -> Experiment {
        let mut experiment = Experiment::new(title.value)
            .seed(seed)
            .add_neurons("cells", neurons)
            .add_synapses("excitatory", synapses)
            .add_stimulus("drive", stimulus)
            .add_record("raster", Record::spikes("cells[2:5]").unwrap())
            .add_record("membrane", Record::variables("cells", ["v", "u"]).unwrap())
            .add_figure(plot);
        experiment.run.duration = duration;
        if let Some(every) = every {
            experiment.records[1].1.times = RecordTimes::Every(every);
        }
        experiment
    }
}

proptest! {
    #[test]
    fn any_experiment_reads_back_equal(experiment in experiment()) {
        prop_assume!(experiment.validate().is_ok());
        let written = experiment.to_toml();
        let again = Experiment::parse(&written, "again.toml", Path::new(""));
        let again = again.map_err(|errors| TestCaseError::fail(format!("{errors}\n{written}")))?;
        prop_assert_eq!(again, experiment, "{}", written);
    }

    #[test]
    fn no_text_makes_the_reader_panic(text in "[\u{0}-\u{7f}é∑]{0,200}") {
        let _ = Experiment::parse(&text, "any.toml", Path::new(""));
    }

    #[test]
    fn no_value_makes_the_reader_panic(key in "(run|neurons.cells|synapses.s|record.r|stimulus.s|noise.n|protocol.0|sweep).(duration|count|seed|equations|model|from|to|connect|at|of|kind|times|values|parameters|refractory|over|variables)", value in "[-0-9a-z.:\\[\\]{}=, \"']{0,20}") {
        let text = "[run]\nduration = \"1 s\"\n[neurons.cells]\ncount = 2\nequations = \"dv/dt = -v/ms : 1\"\nthreshold = \"v > 1\"\n[synapses.s]\nfrom = \"cells\"\nto = \"cells\"\nconnect = \"all-to-all\"\non_pre = \"v += 1\"\n[record.r]\nof = \"cells\"\nspikes = true\n[noise.n]\nat = \"cells.v\"\nkind = \"white\"\nlevel = 1\n";
        let _ = Experiment::parse_with_settings(text, "any.toml", Path::new(""), &[(&key, &value)]);
    }
}
