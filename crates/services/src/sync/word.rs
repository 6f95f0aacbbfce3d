//! What the provider said, and whether it counts.

use jiff::Timestamp;

/// What the provider said of a thing: its time there, and how we came to know it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Word {
    /// The provider's time of what it said.
    pub at: Timestamp,
    source: Source,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Source {
    Webhook,
    Asked,
    Compared { seen: Timestamp },
}

impl Word {
    /// A webhook told us. It counts where it is newer than what is here.
    #[must_use]
    pub fn told(at: Timestamp) -> Self {
        let source = Source::Webhook;
        Self { at, source }
    }

    /// We asked, for what was missing here or older. It counts where it is newer than what is here.
    #[must_use]
    pub fn asked(at: Timestamp) -> Self {
        let source = Source::Asked;
        Self { at, source }
    }

    /// We asked after we had seen what is here, which had the time `seen`. The answer is at least as
    /// new as what we saw, whatever the times say: it counts where that is still what is here.
    #[must_use]
    pub fn compared(at: Timestamp, seen: Timestamp) -> Self {
        let source = Source::Compared { seen };
        Self { at, source }
    }

    /// Whether it counts over what is here, which has the time `here`.
    pub(super) fn counts_over(self, here: Timestamp) -> bool {
        let is_as_seen = matches!(self.source, Source::Compared { seen } if seen == here);
        self.at > here || is_as_seen
    }

    /// Whether an end counts over what is here, which has the time `here`. Of the same time, the end
    /// is the later: nobody leaves before they came.
    pub(super) fn ends(self, here: Timestamp) -> bool {
        match self.source {
            Source::Webhook | Source::Asked => self.at >= here,
            Source::Compared { seen } => seen == here,
        }
    }

    /// Whether we had seen what is here before we asked.
    pub(super) fn is_compared(self) -> bool {
        matches!(self.source, Source::Compared { .. })
    }

    /// Whose doing it is, for the audit.
    pub(super) fn origin(self) -> &'static str {
        match self.source {
            Source::Webhook => "webhook",
            Source::Asked | Source::Compared { .. } => "system",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn newer_counts_and_so_does_what_was_read_after_what_is_here() {
        for word in [Word::told(at(5)), Word::asked(at(5))] {
            assert!(word.counts_over(at(4)));
            assert!(!word.counts_over(at(5)), "a repetition is no news");
            assert!(!word.counts_over(at(6)));
        }
        let compared = Word::compared(at(5), at(7));
        assert!(compared.counts_over(at(7)), "as it was seen");
        assert!(!compared.counts_over(at(8)), "changed since it was seen");
        assert!(compared.counts_over(at(4)));
        assert!(compared.ends(at(7)) && !compared.ends(at(8)) && !compared.ends(at(4)));
        assert!(Word::told(at(5)).ends(at(5)) && !Word::told(at(5)).ends(at(6)));
    }
}
