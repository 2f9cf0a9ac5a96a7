//! `oscine completions SHELL`: words for the shell's Tab key.

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use super::fault::Fault;

/// Prints completions for a shell.
#[derive(Args)]
#[command(
    after_help = "Example:\n  oscine completions bash > ~/.local/share/bash-completion/completions/oscine"
)]
pub struct CompletionsArguments {
    /// The shell.
    shell: Shell,
}

/// Prints them.
pub fn carry_out(arguments: &CompletionsArguments) -> Result<(), Fault> {
    let mut text = Vec::new();
    clap_complete::generate(
        arguments.shell,
        &mut super::Call::command(),
        "oscine",
        &mut text,
    );
    std::io::Write::write_all(&mut std::io::stdout(), &text)?;
    Ok(())
}
