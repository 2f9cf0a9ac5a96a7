//! How many threads there are.

/// A number of threads. The results are the same for any.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Threads {
    /// So many.
    Exactly(usize),
    /// As many as are of use, and no more than this: threads with little to do wait for each other longer than they compute.
    UpTo(usize),
}

impl Threads {
    /// As many as are of use on this machine.
    pub fn automatic() -> Self {
        Threads::UpTo(std::thread::available_parallelism().map_or(1, usize::from))
    }

    /// As many as there may be.
    pub fn most(self) -> usize {
        match self {
            Threads::Exactly(number) | Threads::UpTo(number) => number,
        }
    }

    /// How many are taken, one at least, where so many would be of use.
    pub fn of_use(self, useful: usize) -> usize {
        match self {
            Threads::Exactly(number) => number.max(1),
            Threads::UpTo(most) => most.min(useful).max(1),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_that_is_said_is_taken_and_a_limit_is_kept() {
        assert_eq!(Threads::Exactly(3).of_use(1), 3);
        assert_eq!(Threads::Exactly(0).of_use(4), 1);
        assert_eq!(Threads::UpTo(8).of_use(2), 2);
        assert_eq!(Threads::UpTo(2).of_use(8), 2);
        assert_eq!(Threads::UpTo(2).of_use(0), 1);
        assert!(Threads::automatic().most() >= 1);
    }
}
