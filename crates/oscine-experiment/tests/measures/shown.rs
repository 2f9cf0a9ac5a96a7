//! Recognition of a task that neurons are shown.

use crate::{assert_near, measured};

/// Two cells for each of two classes, driven by what the class of each example is: by their own class's, or by the other's.
fn recognised(driven_by: &str, measure: &str) -> f64 {
    let found = measured(&format!(
        "title = \"shown\"\n[run]\nduration = \"2 s\"\ndt = \"1 ms\"\n[task]\ndata = \"digits\"\nclasses = [3, 5]\ntest = 0.2\n\
         [stimulus.classes]\nkind = \"task\"\ncode = \"targets\"\ncount = 2\neach = \"20 ms\"\npause = \"5 ms\"\nfrom = \"100 ms\"\n\
         [stimulus.images]\nkind = \"task\"\ncode = \"latencies\"\ncount = 64\neach = \"20 ms\"\npause = \"5 ms\"\nfrom = \"100 ms\"\n\
         [neurons.cells]\ncount = 4\nequations = \"\"\"\ndv/dt = wanted/(5*ms) : 1\nwanted : 1\n\"\"\"\nthreshold = \"v > 1\"\nreset = \"v = 0\"\n\
         input = {{ wanted = \"{driven_by}\" }}\n[record.raster]\nof = \"cells\"\nspikes = true\n\
         [measure.found]\nwhat = \"recognition\"\nof = \"raster\"\nstimulus = \"images\"\n{measure}\n"
    ));
    assert_near(&found["found"], &[found["found"].values[0]], 0.0);
    found["found"].values[0]
}

#[test]
fn cells_that_fire_for_their_class_recognise_all_and_for_the_other_none() {
    assert_eq!(recognised("classes(t, i//2)", ""), 1.0);
    assert_eq!(recognised("classes(t, 1 - i//2)", ""), 0.0);
    // Cells that fire alike tell nothing.
    assert_eq!(recognised("1", ""), 0.0);
    // While half of the time they are right.
    let half = recognised("where(t < 1.1*second, classes(t, i//2), 0)", "");
    assert!((half - 0.526).abs() < 0.02, "{half}");
    let first = recognised(
        "where(t < 1.1*second, classes(t, i//2), 0)",
        "until = \"1 s\"",
    );
    assert_eq!(first, 1.0);
}
