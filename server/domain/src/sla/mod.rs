//! When a room is open and, later, when an answer is due. Reading order: `week` (the room's own hours), `year` (what
//! the law closes), `calendar` (both together in the region's zone).

pub mod calendar;
pub mod week;
pub mod year;
