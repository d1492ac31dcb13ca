//! H. Michael Damm's check digit (doctoral thesis, Marburg 2004): digits lead through a totally anti-symmetric quasigroup of
//! order ten with zeros on its diagonal. Every single wrong digit and every swap of unlike neighbours is noticed; the tests
//! below look at all of them for the table used here. Knows nothing of what the digits number.

/// Row: the state so far; column: the next digit. A number is right when it leads from 0 to 0.
const QUASIGROUP: [[u8; 10]; 10] = [
    [0, 3, 1, 7, 5, 9, 8, 6, 4, 2],
    [7, 0, 9, 2, 1, 5, 4, 8, 6, 3],
    [4, 2, 0, 6, 8, 7, 1, 3, 5, 9],
    [1, 7, 5, 0, 9, 8, 3, 4, 2, 6],
    [6, 1, 2, 3, 0, 4, 5, 9, 7, 8],
    [3, 6, 7, 4, 2, 0, 9, 5, 8, 1],
    [5, 8, 6, 9, 7, 2, 0, 1, 3, 4],
    [8, 9, 4, 5, 3, 6, 2, 0, 1, 7],
    [9, 4, 3, 8, 6, 1, 7, 2, 0, 5],
    [2, 5, 8, 1, 4, 3, 6, 7, 9, 0],
];

/// The state the digits of a text lead to: the check digit to put behind them, and 0 when the last of them was it. What is
/// no digit is passed over.
pub fn check(text: &str) -> u8 {
    text.bytes().filter(u8::is_ascii_digit).fold(0, |state, digit| {
        let row = QUASIGROUP.get(usize::from(state));
        row.and_then(|row| row.get(usize::from(digit - b'0'))).copied().unwrap_or(0)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_a_totally_anti_symmetric_quasigroup() {
        let step = |state: usize, digit: usize| usize::from(QUASIGROUP[state][digit]);
        for one in 0..10 {
            assert_eq!(step(one, one), 0);
            for other in (0..10).filter(|other| *other != one) {
                assert_ne!(step(0, one), step(0, other));
                for state in 0..10 {
                    assert_ne!(step(state, one), step(state, other), "a wrong digit after {state}");
                    assert_ne!(step(step(state, one), other), step(step(state, other), one), "a swap");
                }
            }
        }
        // The worked example of the literature: 572 has the check digit 4.
        assert_eq!(check("572"), 4);
    }
}
