//! `--quick`: a short form of an experiment, to see that it works.

use oscine::Experiment;

/// The quick form runs this part of the duration.
const PART: f64 = 0.1;
/// And at least this many steps, or all where there are fewer.
const LEAST_STEPS: f64 = 100.0;

/// The short form of an experiment that was read: as the file sets it, else a tenth of its duration. Says so in the notes.
pub fn short_form(mut experiment: Experiment, notes: &mut Vec<String>) -> Experiment {
    notes.push(if experiment.quick.is_empty() {
        shorten(&mut experiment)
    } else {
        let settings: Vec<String> = experiment
            .quick
            .iter()
            .map(|(key, value)| format!("{key} = {value}"))
            .collect();
        format!("quick form: {}", settings.join(", "))
    });
    experiment
}

/// Shortens an experiment. Returns what was done to it, as a sentence.
fn shorten(experiment: &mut Experiment) -> String {
    let trained = experiment.training.as_mut().map(|training| {
        let whole = training.epochs;
        training.epochs = ((whole as f64 * PART).ceil() as usize).max(1);
        format!("quick form: {} of {whole} epochs", training.epochs)
    });
    match trained {
        None => shorten_the_run(experiment),
        Some(trained) if !experiment.has_time() => trained,
        Some(trained) => format!("{trained}; {}", shorten_the_run(experiment)),
    }
}

fn shorten_the_run(experiment: &mut Experiment) -> String {
    let run = &mut experiment.run;
    if experiment.protocol.is_empty() {
        let steps = run.duration / run.dt;
        let fewer = (steps * PART).max(LEAST_STEPS).min(steps).round();
        let whole = run.duration;
        // Dividing by steps a second gives 6.1 s where multiplying by 0.1 ms gives 6.1000000000000005 s.
        let steps_a_second = 1.0 / run.dt;
        run.duration = if (steps_a_second - steps_a_second.round()).abs() < 1e-9 * steps_a_second {
            fewer / steps_a_second.round()
        } else {
            fewer * run.dt
        };
        return format!("quick form: {} s of {whole} s", run.duration);
    }
    let whole: f64 = experiment.protocol.iter().map(|phase| phase.duration).sum();
    for phase in &mut experiment.protocol {
        phase.duration *= PART;
    }
    experiment.run.duration *= PART;
    format!("quick form: each phase of the protocol lasts a tenth of its {whole} s in all")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(duration: &str) -> Experiment {
        let text = format!(
            "title = \"t\"\n[run]\nduration = \"{duration}\"\ndt = \"0.1 ms\"\n[neurons.a]\ncount = 1\nequations = \"dv/dt = -v/second : 1\"\n"
        );
        Experiment::parse(&text, "t.toml", "".as_ref()).unwrap()
    }

    #[test]
    fn a_long_run_is_cut_to_a_tenth_and_a_short_one_to_a_hundred_steps() {
        let mut long = of("10 s");
        shorten(&mut long);
        assert!((long.run.duration - 1.0).abs() < 1e-12);
        let mut short = of("50 ms");
        shorten(&mut short);
        assert!((short.run.duration - 0.01).abs() < 1e-12);
        let mut shortest = of("2 ms");
        shorten(&mut shortest);
        assert!((shortest.run.duration - 0.002).abs() < 1e-12);
    }
}
