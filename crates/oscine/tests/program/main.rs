//! The whole program, as a person runs it.

mod learning;
mod measuring;
mod mistakes;
mod nothing_lost;
mod onnx;
mod reference;
mod results;
mod ways_to_call;

use std::path::Path;
use std::process::{Command, Output};

/// A small network that fires irregularly for as long as it runs, with both kinds of record and a plastic projection.
pub const NETWORK: &str = r#"
title    = "A small network"
question = "Does it end the same whatever happens on the way?"

[run]
duration = "200 ms"
dt       = "0.1 ms"
seed     = 7

[neurons.cells]
count      = 60
equations  = '''
dv/dt = (drive - v)/tau + 0.3*xi*tau**-0.5 : 1 (unless refractory)
drive : 1 (constant)
'''
threshold  = "v > 1"
reset      = "v = 0"
refractory = "2 ms"
parameters = { tau = "10 ms", drive = "0.9 + 0.2*rand()" }
initial    = { v = "rand()" }

[synapses.plastic]
from      = "cells"
to        = "cells"
connect   = { probability = 0.2 }
equations = '''
w : 1
dtrace/dt = -trace/(20*ms) : 1 (event-driven)
'''
on_pre     = '''
v += w
trace += 0.01
'''
on_post    = "w = clip(w + trace*0.01, 0, 0.1)"
initial    = { w = "0.02" }
delay      = "1.5 ms"

[record.raster]
of     = "cells"
spikes = true

[record.membrane]
of        = "cells[0:3]"
variables = ["v"]
every     = "1 ms"

[record.weights]
of        = "plastic"
variables = ["w"]
at        = "end"

[[claim]]
says      = "it fires"
value     = "1"
published = "1"
source    = "this test"
"#;

/// The program, in a folder.
pub fn oscine(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_oscine"));
    command.current_dir(folder).env("NO_COLOR", "1");
    command
}

/// Runs the program to its end.
pub fn call(folder: &Path, arguments: &[&str]) -> Output {
    oscine(folder)
        .args(arguments)
        .output()
        .expect("the program starts")
}

/// A new folder with the small network in `small.toml`.
pub fn folder_with_network() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(folder.path().join("small.toml"), NETWORK).expect("a file");
    folder
}

/// What the program wrote to standard error.
pub fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}
