//! `oscine export DIR`: the recordings in another form, of unfinished runs too; or the trained network.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use oscine::experiment::{is_occupied, merge_files, read_state, record_files, to_onnx, write_csv};

use super::fault::Fault;

/// Writes the recordings of a results folder as Parquet or CSV files, one a record; of a run that has not ended, what
/// is on disk so far. Of a training, `--to onnx` writes the network that was trained.
#[derive(Args)]
#[command(
    after_help = "Examples:\n  oscine export coba-results --to csv --out coba-csv\n  oscine export digits-results --to onnx"
)]
pub struct ExportArguments {
    /// The results folder.
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// The form.
    #[arg(long)]
    to: Form,
    /// Where the files go; DIR/FORM where not said.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// For ONNX: where data sets by name lie, such as MNIST, whose shape is that of the network's input; otherwise the folder that OSCINE_DATA
    /// names
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

/// Forms of recordings.
#[derive(Clone, Copy, ValueEnum)]
enum Form {
    /// Apache Parquet.
    Parquet,
    /// Comma-separated values, with units in the header.
    Csv,
    /// The trained network, in single precision, for runtimes that read ONNX.
    Onnx,
    /// Not in this version.
    Sonata,
    /// Not in this version.
    Nwb,
}

/// Writes them.
pub fn carry_out(arguments: &ExportArguments) -> Result<(), Fault> {
    let extension = match arguments.to {
        Form::Parquet => "parquet",
        Form::Csv => "csv",
        Form::Onnx => "onnx",
        Form::Sonata | Form::Nwb => {
            return Err(Fault::of_the_call(
                "SONATA and NWB are not in this version",
                Some("export to parquet or csv, which pandas and polars read".into()),
            ));
        }
    };
    let folder = &arguments.folder;
    if !folder.join("progress.json").is_file() {
        return Err(Fault::of_the_call(
            format!("{} is no results folder", folder.display()),
            Some("give the folder that `oscine run` wrote, such as coba-results".into()),
        ));
    }
    let failed = |error| Fault::of_experiment(&error, folder);
    let state = read_state(folder).map_err(failed)?;
    let records = record_files(folder).map_err(failed)?;
    let out = arguments
        .out
        .clone()
        .unwrap_or_else(|| folder.join(extension));
    if is_occupied(&out) {
        return Err(Fault::of_the_call(
            format!(
                "{} exists, and files are never overwritten without being asked",
                out.display()
            ),
            Some("choose another folder with --out".into()),
        ));
    }
    if let Form::Onnx = arguments.to {
        // Before the folder is made: what cannot be exported leaves none.
        let network = to_onnx(folder, arguments.data.as_deref()).map_err(failed)?;
        return write_network(&out, &network);
    }
    make(&out)?;
    if state.step < state.steps {
        eprintln!(
            "the run has not ended: this is what it recorded until {} s",
            state.time
        );
    }
    for (record, files) in &records {
        let to = out.join(format!("{record}.{extension}"));
        let rows = match arguments.to {
            Form::Csv => write_csv(files, &to),
            _ => merge_files(files, &to),
        };
        let rows = rows.map_err(failed)?;
        writeln!(std::io::stdout(), "{}: {rows} rows", to.display())?;
    }
    Ok(())
}

/// Writes a trained network into a new folder.
fn write_network(out: &Path, network: &[u8]) -> Result<(), Fault> {
    make(out)?;
    let to = out.join("network.onnx");
    std::fs::write(&to, network).map_err(|error| {
        Fault::of_the_machine(
            format!("{} could not be written: {error}", to.display()),
            None,
        )
    })?;
    let bytes = network.len();
    writeln!(std::io::stdout(), "{}: {bytes} bytes", to.display())?;
    Ok(())
}

fn make(folder: &Path) -> Result<(), Fault> {
    std::fs::create_dir_all(folder).map_err(|error| {
        Fault::of_the_machine(
            format!("{} could not be made: {error}", folder.display()),
            None,
        )
    })
}
