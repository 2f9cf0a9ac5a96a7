//! What a run leaves: tables, a summary, a page, a description that says it all, one JSON object.

use std::fs;

use oscine::experiment::TableReader;
use oscine::network::Experiment;
use serde_json::Value;

use crate::{call, folder_with_network, said};

#[test]
fn a_run_leaves_tables_summary_and_page_and_nothing_else() {
    let folder = folder_with_network();
    let output = call(folder.path(), &["run", "small.toml"]);
    assert!(output.status.success(), "{}", said(&output));
    let results = folder.path().join("small-results");
    let mut names: Vec<String> = fs::read_dir(&results)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(
        names,
        [
            "experiment.toml",
            "progress.json",
            "records",
            "report.html",
            "summary.json"
        ]
    );

    let mut raster = TableReader::open(&results.join("records/raster.parquet")).unwrap();
    let spikes = raster.next_rows().unwrap().unwrap();
    let times = spikes.columns[0].numbers().unwrap();
    assert!(times.len() > 100 && times.is_sorted() && *times.last().unwrap() < 0.2);
    assert!(
        spikes.columns[1]
            .indices()
            .unwrap()
            .iter()
            .all(|&cell| cell < 60)
    );

    let mut membrane = TableReader::open(&results.join("records/membrane.parquet")).unwrap();
    assert_eq!(membrane.rows(), 3 * 200);
    let names: Vec<&str> = membrane
        .schema()
        .fields
        .iter()
        .map(|field| &*field.name)
        .collect();
    assert_eq!(names, ["time", "cell", "v"]);
    let rows = membrane.next_rows().unwrap().unwrap();
    assert_eq!(rows.columns[0].numbers().unwrap()[3..6], [0.001; 3]);

    let mut weights = TableReader::open(&results.join("records/weights.parquet")).unwrap();
    let rows = weights.next_rows().unwrap().unwrap();
    let ends = |name: &str| {
        let place = weights.schema().position(name).unwrap();
        rows.columns[place].indices().unwrap().to_vec()
    };
    let pairs: Vec<(u32, u32)> = ends("source").into_iter().zip(ends("target")).collect();
    assert!(
        pairs.len() > 300 && pairs.is_sorted(),
        "synapses stand by source, then target"
    );
    assert!(
        pairs
            .iter()
            .all(|&(source, target)| source < 60 && target < 60)
    );

    let summary: Value =
        serde_json::from_str(&fs::read_to_string(results.join("summary.json")).unwrap()).unwrap();
    assert_eq!(summary["records"]["raster"]["rows"], times.len());
    assert_eq!(summary["metrics"]["raster.spikes"], times.len());
    assert_eq!(summary["projections"]["plastic"]["synapses"], pairs.len());
    let page = fs::read_to_string(results.join("report.html")).unwrap();
    assert!(page.contains("A small network"));
}

#[test]
fn the_description_in_the_folder_runs_to_the_same_results() {
    let folder = folder_with_network();
    assert!(
        call(
            folder.path(),
            &["run", "small.toml", "--set", "run.seed=9", "--out", "one"]
        )
        .status
        .success()
    );
    let described = folder.path().join("one/experiment.toml");
    assert_eq!(Experiment::read(&described).unwrap().run.seed, 9);
    assert!(
        call(
            folder.path(),
            &["run", "one/experiment.toml", "--out", "two"]
        )
        .status
        .success()
    );
    for table in ["raster", "membrane", "weights"] {
        let bytes = |run: &str| {
            fs::read(folder.path().join(format!("{run}/records/{table}.parquet"))).unwrap()
        };
        assert!(bytes("one") == bytes("two"), "{table}");
    }
}

#[test]
fn json_is_one_object_a_file_with_every_claim_and_nothing_beside_it() {
    let folder = folder_with_network();
    let output = call(
        folder.path(),
        &[
            "run",
            "small.toml",
            "small.toml",
            "--json",
            "--out",
            "out",
            "--overwrite",
        ],
    );
    assert!(output.status.success(), "{}", said(&output));
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(text.lines().count(), 2);
    for line in text.lines() {
        let object: Value = serde_json::from_str(line).unwrap();
        assert_eq!(object["experiment"], "A small network");
        assert!(object["seconds"].as_f64().unwrap() > 0.0);
        assert_eq!(object["parameters"]["seed"], 7);
        assert!(object["metrics"]["raster.rate"].as_f64().unwrap() > 1.0);
        assert_eq!(object["claims"][0]["says"], "it fires");
        assert_eq!(object["claims"][0]["published"], "1");
        for key in ["source", "measured", "unit", "tolerance", "holds"] {
            assert!(object["claims"][0].get(key).is_some(), "{key}");
        }
        assert!(object["folder"].as_str().unwrap().starts_with("out"));
    }
}

#[test]
fn exported_text_has_a_row_for_each_spike_and_units_in_its_header() {
    let folder = folder_with_network();
    assert!(
        call(folder.path(), &["run", "small.toml", "--out", "out"])
            .status
            .success()
    );
    let output = call(
        folder.path(),
        &["export", "out", "--to", "csv", "--out", "csv"],
    );
    assert!(output.status.success(), "{}", said(&output));
    let text = fs::read_to_string(folder.path().join("csv/raster.csv")).unwrap();
    let mut lines = text.lines();
    assert_eq!(lines.next(), Some("time [s],cell"));
    let table = TableReader::open(&folder.path().join("out/records/raster.parquet")).unwrap();
    assert_eq!(lines.count() as u64, table.rows());
}
