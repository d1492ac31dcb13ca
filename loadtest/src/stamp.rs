//! What a post of ours says: which run, which post, and when it was due. Whoever reads it knows how late it came.
//! Digits are written as letters: the server takes long numbers for somebody's documents, and hides them.

/// What every post of a load test begins with.
const OPENING: &str = "Нагрузка ";
/// How many letters follow: 8 for the run, 8 for the index, 16 for the moment.
const LETTERS: usize = 32;

/// The stamp of a post.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp {
    /// Tells the posts of this run from others in the same feed.
    pub run: u32,
    /// Which post of the run.
    pub index: u32,
    /// When it was due, on the [clock](crate::clock).
    pub due: u64,
}

impl Stamp {
    /// The text of the post.
    pub fn text(&self) -> String {
        let digits = format!("{:08x}{:08x}{:016x}", self.run, self.index, self.due);
        let letters = digits.chars().map(|digit| letter(digit.to_digit(16).unwrap_or_default()));
        OPENING.chars().chain(letters).collect()
    }

    /// The stamp within the bytes of a frame, if there is one.
    pub fn find(frame: &[u8]) -> Option<Self> {
        let opening = OPENING.as_bytes();
        let at = frame.windows(opening.len()).position(|window| window == opening)?;
        let letters = frame.get(at + opening.len()..)?.get(..LETTERS)?;
        let (run, rest) = letters.split_at_checked(8)?;
        let (index, due) = rest.split_at_checked(8)?;
        let narrow = |letters| number(letters).and_then(|number| u32::try_from(number).ok());
        Some(Self { run: narrow(run)?, index: narrow(index)?, due: number(due)? })
    }

    /// The post's own name for the try that makes it.
    pub fn cid(&self) -> String {
        format!("{:08x}-{}", self.run, self.index)
    }

    /// Which post of `run` has this cid.
    pub fn index_of_cid(run: u32, cid: &str) -> Option<u32> {
        cid.strip_prefix(&format!("{run:08x}-"))?.parse().ok()
    }
}

fn letter(digit: u32) -> char {
    char::from_u32(u32::from('a') + digit).unwrap_or('a')
}

fn number(letters: &[u8]) -> Option<u64> {
    letters.iter().try_fold(0, |number, letter| match letter {
        b'a'..=b'p' => Some(number << 4 | u64::from(letter - b'a')),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_found_in_a_frame_and_says_what_was_written() {
        for due in [0, 1, 123_456_789_012, u64::MAX] {
            let stamp = Stamp { run: 0xfeed_0001, index: 70_000, due };
            let frame = format!(r#"{{"ev":"entry","text":"{}","cid":"x"}}"#, stamp.text());
            assert_eq!(Stamp::find(frame.as_bytes()), Some(stamp));
            assert!(!stamp.text().contains(|symbol: char| symbol.is_ascii_digit()), "no digit is shown");
        }
    }

    #[test]
    fn what_somebody_else_wrote_has_none() {
        for text in ["", "Нагрузка", "Нагрузка большая, нам бы ещё врача, хотя бы одного", "Добрый день"]
        {
            assert_eq!(Stamp::find(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn a_cid_belongs_to_one_run() {
        let stamp = Stamp { run: 7, index: 12, due: 0 };
        assert_eq!(Stamp::index_of_cid(7, &stamp.cid()), Some(12));
        assert_eq!(Stamp::index_of_cid(8, &stamp.cid()), None);
    }
}
