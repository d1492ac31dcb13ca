//! When a room is open and when an answer is due. Reading order: `week` (the room's own hours), `year` (what the law
//! closes), `calendar` (both together in the region's zone), `working` (time that counts), `target` (how much of it an
//! answer may take), `clock` (how much an appeal has used), `ladder` (who is warned when).

pub mod calendar;
pub mod clock;
pub mod ladder;
pub mod target;
pub mod week;
pub mod working;
pub mod year;
