//! Statements over many rows come in few sizes. Each connection prepares a statement of every size once and keeps it;
//! left to chance, groups would push everything else out of that memory. SQLite takes 32 766 parameters in one.

/// The largest statement, in rows.
const LARGEST: usize = 256;

/// `rows` in pieces, each to be written by one statement: all sizes up to 16, then powers of two up to 256.
pub fn pieces<T>(rows: &[T]) -> impl Iterator<Item = &[T]> {
    let mut left = rows;
    std::iter::from_fn(move || {
        let (piece, rest) = left.split_at(size(left.len()));
        left = rest;
        (!piece.is_empty()).then_some(piece)
    })
}

fn size(left: usize) -> usize {
    match left {
        0..=16 => left,
        17..LARGEST => 1 << left.ilog2(),
        _ => LARGEST,
    }
}

/// `asked` in pieces, each to be read by one statement and filled up to a power of two by its last: to find a row
/// twice costs less than a second statement.
pub fn filled<T: Copy>(asked: &[T]) -> impl Iterator<Item = Vec<T>> {
    asked.chunks(LARGEST).map(|piece| {
        let mut filled = piece.to_vec();
        if let Some(last) = piece.last() {
            filled.resize(piece.len().next_power_of_two(), *last);
        }
        filled
    })
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
            assert_eq!(pieces(&rows).flatten().copied().collect::<Vec<_>>(), rows);
            sizes.extend(pieces(&rows).map(<[usize]>::len));
        }
        assert_eq!(sizes, (1..=16).chain([32, 64, 128, 256]).collect());
    }

    #[test]
    fn filled_pieces_ask_for_the_same_and_have_sizes_of_two() {
        for many in 0..600_usize {
            let asked: Vec<usize> = (0..many).collect();
            let filled: Vec<_> = filled(&asked).collect();
            assert!(filled.iter().all(|piece| piece.len().is_power_of_two() && piece.len() <= LARGEST));
            assert_eq!(filled.len(), many.div_ceil(LARGEST));
            assert_eq!(filled.concat().into_iter().collect::<BTreeSet<_>>(), asked.into_iter().collect());
        }
    }
}
