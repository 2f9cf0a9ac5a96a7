//! `oscine data [NAME]`: the sets of examples that a task can name, and fetching those that do not ship.

use std::path::{Path, PathBuf};

use clap::Args;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use oscine::tasks::{DATA_VARIABLE, MNIST_PLACES, fetch_mnist};

use super::fault::Fault;

/// Lists the sets of examples that a task can name, or fetches one.
#[derive(Args)]
#[command(
    after_help = "Examples:\n  oscine data\n  oscine data mnist --data ~/data\n      fetches 11 MB into ~/data/mnist; then `oscine run FILE --data ~/data`, or OSCINE_DATA=~/data for all"
)]
pub struct DataArguments {
    /// The set to fetch: mnist.
    name: Option<String>,
    /// The folder of data sets; else the one that OSCINE_DATA names.
    #[arg(long, value_name = "FOLDER")]
    data: Option<PathBuf>,
}

/// Prints the list, or fetches.
pub fn carry_out(arguments: &DataArguments) -> Result<(), Fault> {
    let named = std::env::var_os(DATA_VARIABLE).map(PathBuf::from);
    let folder = arguments.data.clone().or(named);
    match arguments.name.as_deref() {
        None => print!("{}", list(folder.as_deref())),
        Some("mnist") => {
            let folder = folder.ok_or_else(|| {
                Fault::of_the_call(
                    "where is MNIST to be put?",
                    Some("name a folder of data sets, `oscine data mnist --data FOLDER`, or set OSCINE_DATA".into()),
                )
            })?;
            let there = fetch(&folder)?;
            println!("MNIST is in {}", there.display());
        }
        Some("digits") => println!("the digits are part of the program: `data = \"digits\"`"),
        Some(other) => {
            return Err(Fault::of_the_call(
                format!("there is no set called `{other}` to fetch"),
                Some("`oscine data` lists them".into()),
            ));
        }
    }
    Ok(())
}

fn list(folder: Option<&Path>) -> String {
    let mnist = match folder {
        Some(folder) if folder.join("mnist/train-images-idx3-ubyte.gz").is_file() => {
            format!("in {}", folder.join("mnist").display())
        }
        Some(folder) => format!(
            "not in {}; `oscine data mnist` fetches it",
            folder.display()
        ),
        None => "`oscine data mnist --data FOLDER` fetches it".into(),
    };
    format!(
        "what `data` in [task] can name\n\
         \x20 digits        1,797 handwritten digits, 8 x 8 pixels; part of the program\n\
         \x20 mnist         70,000 handwritten digits, 28 x 28 pixels; {mnist}\n\
         \x20 generated     examples made by the expressions in `inputs` and `targets`\n\
         \x20 FILE.csv      a table, also .parquet: `target` names the column to be known\n\
         \x20 ./FOLDER/     images (PNG, JPEG), a folder for each class\n"
    )
}

fn fetch(folder: &Path) -> Result<PathBuf, Fault> {
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
    let style = "{bar:32} {msg}  {bytes} of {total_bytes}, {eta} left";
    if let Ok(style) = ProgressStyle::with_template(style) {
        bar.set_style(style);
    }
    let fetched = fetch_mnist(folder, &MNIST_PLACES, &mut |name, there, all| {
        bar.set_message(name.to_owned());
        bar.set_length(all.max(there));
        bar.set_position(there);
    });
    bar.finish_and_clear();
    fetched.map_err(|error| Fault::of_the_machine(error.to_string(), None))
}
