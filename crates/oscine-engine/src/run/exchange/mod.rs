//! What threads and ranks of a run tell each other: spikes once an interval, and the variables that synapses read of their sources.
//!
//! The threads of a rank meet at its [`board::Board`]. Where there are other ranks, one of the threads then exchanges what lies there with
//! theirs, by an [`Exchange`]: [`Alone`] has none, [`DryRun`] has them in the same process, and one that passes messages between
//! processes is one file more.

mod alone;
pub(crate) mod board;
mod dry_run;
mod message;

pub use alone::Alone;
pub use dry_run::DryRun;

/// How the ranks of a run exchange messages: collective calls, which every rank makes together with the others, as often and in the
/// same order. Each rank builds and steps its own cells, and the synapses onto them; the results are the same bits for any number of ranks.
pub trait Exchange: Send + Sync {
    /// The number of this rank, from 0.
    fn rank(&self) -> usize;

    /// How many ranks there are.
    fn ranks(&self) -> usize;

    /// Gives each rank the messages of all, in the order of ranks.
    ///
    /// # Errors
    /// Another rank gave up.
    fn gather(&self, own: Vec<u32>) -> Result<Vec<Vec<u32>>, GaveUp>;

    /// Tells the other ranks that this one stops, so that none waits for it.
    fn give_up(&self);

    /// The least of all ranks' numbers.
    ///
    /// # Errors
    /// Another rank gave up.
    fn least(&self, own: u32) -> Result<u32, GaveUp> {
        let all = self.gather(vec![own])?;
        Ok(all.into_iter().flatten().min().unwrap_or(own))
    }
}

/// Another rank has stopped; what it says itself is why.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("another rank of the run stopped; its own message says why")]
pub struct GaveUp;
