//! Measures of spike trains: counts and intervals, order, locking, rhythm, the ratio of signal to noise.

use std::f64::consts::FRAC_PI_2;

use oscine_equations::Dimension;
use oscine_experiment::array::{ArrayAxis, NamedArray};

use crate::{ALTERNATING, REGULAR, assert_near, greatest_at, measured, nearest_to, of_trains};

#[test]
fn counts_and_intervals_are_those_of_the_trains() {
    let found = of_trains(
        &[REGULAR, ALTERNATING, &[]],
        "[measure]\nrate = { what = \"firing-rate\", of = \"raster\" }\n\
         spikes = { what = \"spike-count\", of = \"raster\" }\n\
         late = { what = \"spike-count\", of = \"raster\", from = \"0.5 s\" }\n\
         fano = { what = \"fano-factor\", of = \"raster\", window = \"100 ms\" }\n\
         wait = { what = \"latency\", of = \"raster\", from = \"0.2 s\" }\n\
         cv = { what = \"interval-cv\", of = \"raster\" }\n\
         mean = { what = \"interval-mean\", of = \"raster\" }\n\
         deviation = { what = \"interval-deviation\", of = \"raster\" }\n\
         neighbours = { what = \"cv2\", of = \"raster\" }\n\
         local = { what = \"local-variation\", of = \"raster\" }\n\
         serial = { what = \"serial-correlation\", of = \"raster\" }\n",
    );
    let nan = f64::NAN;
    assert_near(&found["rate"], &[10.0, 6.0, 0.0], 1e-9);
    assert_near(&found["spikes"], &[10.0, 6.0, 0.0], 0.0);
    assert_near(&found["late"], &[5.0, 3.0, 0.0], 0.0);
    // Six windows of ten hold one spike: variance 2.4/9 over mean 0.6.
    assert_near(&found["fano"], &[0.0, 2.4 / 9.0 / 0.6, nan], 1e-9);
    assert_near(&found["wait"], &[0.025, 0.25, nan], 1e-9);
    // Intervals of 100, 300, 100, 300, 100 ms: mean 180 ms, mean squared distance 9600 ms².
    let deviation = 9600_f64.sqrt() * 1e-3;
    assert_near(&found["mean"], &[0.1, 0.18, nan], 1e-9);
    assert_near(&found["deviation"], &[0.0, deviation, nan], 1e-9);
    assert_near(&found["cv"], &[0.0, deviation / 0.18, nan], 1e-9);
    assert_near(&found["neighbours"], &[0.0, 1.0, nan], 1e-9);
    assert_near(&found["local"], &[0.0, 0.75, nan], 1e-9);
    assert_near(&found["serial"].at(0, 1), &[-1.0], 1e-9);
}

#[test]
fn intervals_are_counted_by_their_length() {
    let found = of_trains(
        &[REGULAR, ALTERNATING],
        "[measure]\nlengths = { what = \"interval-histogram\", of = \"raster\", bin = \"50 ms\", longest = \"250 ms\" }\n\
         most = { value = \"argmax(lengths)\" }\n",
    );
    // Of 14 intervals 12 have 100 ms, which begins the third bin, and 2 have 300 ms.
    assert_near(&found["lengths"], &[0.0, 0.0, 12.0 / 14.0, 0.0, 0.0], 1e-12);
    assert_near(&found["lengths.longer"], &[2.0 / 14.0], 1e-12);
    assert_near(&found["most"], &[0.125], 1e-12);
    assert_eq!(found["lengths"].axes[0].name, "interval");
}

#[test]
fn cells_in_step_have_order_one_and_cells_in_turn_none() {
    let shifted: Vec<u32> = REGULAR.iter().map(|time| time + 50).collect();
    let measures = "[measure]\n\
        order = { what = \"synchrony\", of = \"raster\", from = \"0.2 s\", until = \"0.8 s\", every = \"100 ms\" }\n\
        chi = { what = \"population-synchrony\", of = \"raster\", bin = \"50 ms\" }\n";
    let together = of_trains(&[REGULAR, REGULAR], measures);
    assert_near(&together["order"], &[1.0; 7], 1e-9);
    assert_eq!(together["order"].axes[0].name, "time");
    assert_near(&together["chi"], &[1.0], 1e-9);
    let in_turn = of_trains(&[REGULAR, &shifted], measures);
    assert_near(&in_turn["order"], &[0.0; 7], 1e-9);
    assert_near(&in_turn["chi"], &[0.0], 1e-9);
}

#[test]
fn angles_of_traces_have_an_order_too() {
    let file = |apart: &str| {
        format!(
            "title = \"angles\"\n[run]\nduration = \"100 ms\"\ndt = \"1 ms\"\n[neurons.unit]\ncount = 4\n\
             equations = '''\nangle = 2*pi*5*Hz*t + {apart} : 1\na = sin(angle) : 1\n'''\n\
             [record.trace]\nof = \"unit\"\nvariables = [\"angle\", \"a\"]\n\
             [measure]\norder = {{ what = \"synchrony\", of = \"trace.angle\" }}\n\
             chi = {{ what = \"population-synchrony\", of = \"trace.a\" }}\n"
        )
    };
    let together = measured(&file("1"));
    assert_near(&together["order"].at(0, 50), &[1.0], 1e-9);
    assert_near(&together["chi"], &[1.0], 1e-9);
    let around = measured(&file("pi/2*i"));
    assert_near(&around["order"].at(0, 50), &[0.0], 1e-9);
    assert_near(&around["chi"], &[0.0], 1e-9);
}

#[test]
fn locked_spikes_have_a_vector_of_length_one() {
    let found = of_trains(
        &[REGULAR],
        "[measure]\nlocked = { what = \"vector-strength\", of = \"raster\", frequency = \"10 Hz\" }\n\
         free = { what = \"vector-strength\", of = \"raster\", frequency = \"5 Hz\" }\n",
    );
    assert_near(&found["locked"], &[1.0], 1e-9);
    assert_near(&found["locked.phase"], &[FRAC_PI_2], 1e-9);
    // exp(sqrt(1 + 4 n) - 1 - 2 n) for n = 10 spikes of one phase.
    let chance = (41_f64.sqrt() - 21.0).exp();
    assert_near(&found["locked.significance"], &[chance], 1e-12);
    assert_near(&found["free"], &[0.0], 1e-9);
}

#[test]
fn a_population_that_fires_ten_times_a_second_has_a_rhythm_of_ten_hertz() {
    let found = measured(
        "title = \"rhythm\"\n[run]\nduration = \"10 s\"\ndt = \"1 ms\"\n[neurons.clock]\ncount = 5\nequations = \"dx/dt = 10*Hz : 1\"\n\
         threshold = \"x > 0.995\"\nreset = \"x = 0\"\n[record.raster]\nof = \"clock\"\nspikes = true\n\
         [measure]\nrhythm = { what = \"population-rhythm\", of = \"raster\", above = \"5 Hz\", below = \"15 Hz\" }\n\
         power = { what = \"spectrum\", of = \"raster\", greatest = \"15 Hz\" }\n",
    );
    // A quarter of the spectrum's steps of 0.4 Hz.
    assert_near(&found["rhythm"], &[10.0], 0.1);
    assert!(found["rhythm.power"].values[0] > 100.0);
    assert!(found["rhythm.significance"].values[0] < 1e-6);
    // The multitaper's half bandwidth is 4/T.
    assert!((greatest_at(&found["power"], "frequency") - 10.0).abs() <= 0.4);
}

#[test]
fn spikes_with_a_modulated_rate_have_the_ratio_of_theory() {
    // A Poisson train of rate r(1 + cos) has a line of r/4 T over its noise, and K = 16 neighbours make the ratio K/(K - 1) times that and 1.
    let found = measured(
        "title = \"modulated\"\n[run]\nduration = \"8 s\"\ndt = \"0.1 ms\"\n[stimulus.source]\nkind = \"poisson\"\ncount = 100\n\
         rate = \"50*Hz*(1 + cos(2*pi*5*Hz*t))\"\n[record.raster]\nof = \"source\"\nspikes = true\n\
         [measure]\nsnr = { what = \"signal-to-noise\", of = \"raster\", frequency = \"5 Hz\" }\n\
         ratio = { value = \"mean(10**(snr/10))\" }\n",
    );
    let expected = (1.0 + 50.0 / 4.0 * 8.0) * 16.0 / 15.0;
    // Single ratios lie 0.32 about it, a hundred 0.032; three of these.
    assert_near(&found["ratio"], &[expected], 0.1 * expected);
    assert_eq!(found["snr"].values.len(), 100);
}

#[test]
fn correlograms_peak_where_spikes_follow_spikes() {
    let late: Vec<u32> = REGULAR.iter().map(|time| time + 7).collect();
    let found = of_trains(
        &[REGULAR, &late],
        "[measure]\nitself = { what = \"autocorrelation\", of = \"raster\", longest = \"120 ms\", bin = \"2 ms\" }\n\
         [record.first]\nof = \"source[0]\"\nspikes = true\n[record.second]\nof = \"source[1]\"\nspikes = true\n\
         [measure.other]\nwhat = \"cross-correlation\"\nof = [\"first\", \"second\"]\nlongest = \"40 ms\"\n",
    );
    assert!((greatest_at(&found["itself"], "lag").abs() - 0.1).abs() < 1e-9);
    assert!((greatest_at(&found["other"], "lag") - 0.007).abs() < 1e-9);
    assert_eq!(nearest_to(&found["other"], -0.007), 0.0);
}

#[test]
fn spikes_at_every_crest_are_coherent_with_the_wave() {
    let found = measured(
        "title = \"field\"\n[run]\nduration = \"16 s\"\ndt = \"1 ms\"\n[neurons.clock]\ncount = 1\nequations = \"dx/dt = 10*Hz : 1\"\n\
         threshold = \"x > 0.995\"\nreset = \"x = 0\"\n\
         [neurons.field]\ncount = 1\nequations = '''\ndn/dt = -n/(5*ms) + 0.1*xi/sqrt(5*ms) : 1\na = cos(2*pi*10*Hz*t) + n : 1\n'''\n\
         [record.raster]\nof = \"clock\"\nspikes = true\n[record.wave]\nof = \"field\"\nvariables = [\"a\"]\n\
         [measure.c]\nwhat = \"spike-field-coherence\"\nof = [\"raster\", \"wave\"]\nsegment = \"1 s\"\n",
    );
    assert!(nearest_to(&found["c"], 10.0) > 0.99);
    // Between the harmonics of the spikes there is noise alone.
    assert!(nearest_to(&found["c"], 15.0) < 0.5);
    assert!(found["c.chance"].values[0] < 0.5);
}

#[test]
fn the_phase_may_be_that_of_a_rhythm_in_a_trace() {
    // Spikes a quarter of a cycle after each crest of 10 Hz, beneath a slow wave that is three times as large.
    let found = of_trains(
        &[REGULAR],
        "[neurons.field]\ncount = 1\nequations = \"a = cos(2*pi*10*Hz*t) + 3*cos(2*pi*1*Hz*t) : 1\"\n\
         [record.wave]\nof = \"field\"\nvariables = [\"a\"]\n\
         [measure]\nlocked = { what = \"vector-strength\", of = \"raster\", with = \"wave\", band = \"8:12 Hz\" }\n\
         slow = { what = \"vector-strength\", of = \"raster\", with = \"wave.a\", band = \"0.5:2 Hz\" }\n",
    );
    assert_near(&found["locked"], &[1.0], 1e-6);
    assert_near(&found["locked.phase"], &[FRAC_PI_2], 1e-6);
    // Ten spikes evenly around the slow wave.
    assert_near(&found["slow"], &[0.0], 1e-6);
}

#[test]
fn each_cell_may_have_its_own_spectrum() {
    let found = measured(
        "title = \"rates\"\n[run]\nduration = \"8 s\"\ndt = \"1 ms\"\n[neurons.clock]\ncount = 2\nequations = \"dx/dt = rate : 1\"\n\
         threshold = \"x > 0.99\"\nreset = \"x = 0\"\nparameters = { rate = \"10*Hz*(1 + i)\" }\n[record.raster]\nof = \"clock\"\nspikes = true\n\
         [measure]\npower = { what = \"spectrum\", of = \"raster\", each = true, greatest = \"25 Hz\" }\n",
    );
    // Half the bandwidth, 4/T, is how far tapers spread a line; of the first cell's harmonics only the first lies below 15 Hz.
    let (first, second) = (found["power"].at(0, 0), found["power"].at(0, 1));
    let below = first.axes[0]
        .coordinates
        .iter()
        .take_while(|at| **at < 15.0)
        .count();
    let lower = NamedArray {
        values: first.values[..below].to_vec(),
        axes: vec![ArrayAxis::within(
            "frequency",
            Dimension::HERTZ,
            first.axes[0].coordinates[..below].to_vec(),
        )],
        ..first
    };
    assert!((greatest_at(&lower, "frequency") - 10.0).abs() <= 0.5);
    assert!((greatest_at(&second, "frequency") - 20.0).abs() <= 0.5);
}
