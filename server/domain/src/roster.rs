//! The roster: who is on duty for an organisation, and until when. Working hours of rooms and absence for other reasons
//! are not its business.

use crate::appeal::event::Employee;
use crate::moment::Moment;

/// One shift of one employee.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shift {
    /// Who is on duty, and for which organisation.
    pub employee: Employee,
    /// The first moment of duty.
    pub from: Moment,
    /// The first moment off duty.
    pub until: Moment,
}

impl Shift {
    /// Whether the employee is on duty at `now`. Half-open, as working hours are.
    pub fn holds_at(&self, now: Moment) -> bool {
        self.from <= now && now < self.until
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::appeal::tests::employee;

    #[test]
    fn a_shift_holds_from_its_first_moment_until_its_last() {
        let moment = Moment::from_millis;
        let shift = Shift { employee: employee(1), from: moment(10), until: moment(20) };
        assert_eq!([9, 10, 19, 20].map(|at| shift.holds_at(moment(at))), [false, true, true, false]);
    }
}
