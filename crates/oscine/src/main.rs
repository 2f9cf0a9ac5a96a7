//! The `oscine` program: reads what is asked for, and ends with 0, or 1 where a claim does not hold or the machine failed, or 2 for a mistake of
//! the user's.

mod program;

use std::process::ExitCode;

fn main() -> ExitCode {
    program::main()
}
