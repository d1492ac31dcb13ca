//! Statements over many rows come in few sizes. Each connection prepares a statement of every size once and keeps it;
//! left to chance, groups would push everything else out of that memory. A group that fits no size is filled up by its
//! last row: looking at a row twice costs less than a second statement.

/// The largest statement, in rows. SQLite takes 32 766 parameters in one.
const LARGEST: usize = 256;

/// `rows` in pieces, each for one statement: the rows, with `true` beside them, then what fills it up.
pub fn filled<T>(rows: &[T]) -> impl Iterator<Item = Vec<(&T, bool)>> {
    rows.chunks(LARGEST).map(|piece| {
        let filling = piece.last().into_iter().cycle().take(size(piece.len()) - piece.len());
        piece.iter().map(|row| (row, true)).chain(filling.map(|row| (row, false))).collect()
    })
}

/// The next power of two, or three quarters of it: at most half as many again.
const fn size(many: usize) -> usize {
    let power = many.next_power_of_two();
    let less = power / 4 * 3;
    if many <= less { less } else { power }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn pieces_are_the_rows_in_their_order_and_of_few_sizes() {
        let mut sizes = BTreeSet::new();
        for many in (0..600).chain([6_011]) {
            let rows: Vec<usize> = (0..many).collect();
            let pieces: Vec<_> = filled(&rows).collect();
            let real = pieces.iter().flatten().filter(|(_, real)| *real).map(|(row, _)| **row);
            assert_eq!(real.collect::<Vec<_>>(), rows);
            assert_eq!(pieces.len(), many.div_ceil(LARGEST));
            assert!(pieces.concat().into_iter().all(|(row, _)| rows.contains(row)));
            sizes.extend(pieces.iter().map(Vec::len));
        }
        assert_eq!(sizes, [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256].into());
    }
}
