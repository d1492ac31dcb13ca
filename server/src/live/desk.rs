//! Who of the staff looks at which appeal, and who is writing: told to those who look at the same one, never stored. A
//! look lapses when it is not renewed, so that a closed laptop holds nobody off.

use std::collections::HashMap;
use std::sync::Arc;

use domain::id::{AccountId, AppealId};
use parking_lot::Mutex;
use wire::frame::{ServerFrame, Viewer};

use crate::live::encode;
use crate::live::outlet::Outlet;

/// For how many sweeps, one a second, a look holds.
const LAPSES_AFTER: u32 = 60;

/// A colleague's look at an appeal.
struct Look {
    outlet: Arc<Outlet>,
    name: String,
    drafting: bool,
    age: u32,
}

/// All looks on this node.
#[derive(Default)]
pub struct Desk(Mutex<HashMap<AppealId, Vec<Look>>>);

impl Desk {
    /// Notes that `outlet` looks at `appeal`, and at no other any more. Everybody who looks at it is told.
    pub fn look(&self, outlet: &Arc<Outlet>, appeal: AppealId, name: String, drafting: bool) {
        let mut desk = self.0.lock();
        keep(&mut desk, |other, look| other == appeal || !look.is_of(outlet));
        let looks = desk.entry(appeal).or_default();
        looks.retain(|look| !look.is_of(outlet));
        looks.push(Look { outlet: outlet.clone(), name, drafting, age: 0 });
        tell(appeal, looks);
    }

    /// `outlet` looks at nothing any more.
    pub fn leave(&self, outlet: &Arc<Outlet>) {
        keep(&mut self.0.lock(), |_, look| !look.is_of(outlet));
    }

    /// `outlet` does not look at `appeal` any more.
    pub fn look_away(&self, outlet: &Arc<Outlet>, appeal: AppealId) {
        keep(&mut self.0.lock(), |other, look| other != appeal || !look.is_of(outlet));
    }

    /// These people have nothing to do with `appeal` any more: they look at it no longer, nor hear who does.
    pub fn dismiss(&self, appeal: AppealId, accounts: &[AccountId]) {
        let mut desk = self.0.lock();
        let Some(looks) = desk.get_mut(&appeal) else { return };
        let before = looks.len();
        looks.retain(|look| !accounts.contains(&look.outlet.account()));
        if looks.len() < before {
            tell(appeal, looks);
        }
        if looks.is_empty() {
            desk.remove(&appeal);
        }
    }

    /// Lets looks lapse that were not renewed. To be called once a second.
    pub fn sweep(&self) {
        keep(&mut self.0.lock(), |_, look| {
            look.age = look.age.saturating_add(1);
            look.age <= LAPSES_AFTER
        });
    }
}

impl Look {
    fn is_of(&self, outlet: &Arc<Outlet>) -> bool {
        Arc::ptr_eq(&self.outlet, outlet)
    }
}

/// Keeps the looks that stay. Whoever looks at an appeal that somebody left is told.
fn keep(desk: &mut HashMap<AppealId, Vec<Look>>, stays: impl Fn(AppealId, &mut Look) -> bool) {
    desk.retain(|appeal, looks| {
        let before = looks.len();
        looks.retain_mut(|look| stays(*appeal, look));
        if looks.len() < before {
            tell(*appeal, looks);
        }
        !looks.is_empty()
    });
}

/// Tells each of them who else is there.
fn tell(appeal: AppealId, looks: &[Look]) {
    for look in looks {
        let account = look.outlet.account();
        let others = looks.iter().filter(|other| other.outlet.account() != account);
        let mut people: Vec<Viewer> = Vec::new();
        for other in others {
            match people.iter_mut().find(|person| person.name == other.name) {
                Some(person) => person.drafting |= other.drafting,
                None => people.push(Viewer { name: other.name.clone(), drafting: other.drafting }),
            }
        }
        look.outlet.push(encode::frame(&ServerFrame::Viewing { appeal: appeal.to_string(), people }));
    }
}

#[cfg(test)]
mod tests {
    use domain::id::Id;

    use super::*;
    use crate::live::outlet::Due;

    fn outlet(who: u8) -> Arc<Outlet> {
        let uuid = uuid::Uuid::from_bytes([who; 16]);
        Arc::new(Outlet::new(Id::from_uuid(uuid), Id::from_uuid(uuid)))
    }

    fn appeal(number: u8) -> AppealId {
        Id::from_uuid(uuid::Uuid::from_bytes([number; 16]))
    }

    /// The people named in the last frame.
    async fn last(outlet: &Outlet) -> String {
        let Due::Frames(frames) = outlet.due().await else { panic!("not closed") };
        let text = frames.last().unwrap();
        let begin = text.iter().position(|byte| *byte == b'{').unwrap();
        let frame: serde_json::Value = serde_json::from_slice(&text[begin..]).unwrap();
        frame["people"].to_string()
    }

    #[tokio::test]
    async fn those_who_look_at_the_same_appeal_know_of_each_other() {
        let (desk, irina, oleg) = (Desk::default(), outlet(1), outlet(2));
        desk.look(&irina, appeal(7), "Ирина".into(), false);
        assert_eq!(last(&irina).await, "[]", "nobody sees oneself");
        desk.look(&oleg, appeal(7), "Олег".into(), true);
        assert_eq!(last(&irina).await, r#"[{"drafting":true,"name":"Олег"}]"#);
        assert_eq!(last(&oleg).await, r#"[{"drafting":false,"name":"Ирина"}]"#);
        desk.look(&oleg, appeal(8), "Олег".into(), false);
        assert_eq!(last(&irina).await, "[]");
        desk.look(&oleg, appeal(7), "Олег".into(), false);
        desk.leave(&oleg);
        assert_eq!(last(&irina).await, "[]");
    }

    #[tokio::test]
    async fn who_is_dismissed_hears_nobody_and_is_seen_by_nobody() {
        let (desk, irina, oleg) = (Desk::default(), outlet(1), outlet(2));
        desk.look(&irina, appeal(7), "Ирина".into(), false);
        desk.dismiss(appeal(7), &[irina.account()]);
        irina.take();
        desk.look(&oleg, appeal(7), "Олег".into(), true);
        assert_eq!(last(&oleg).await, "[]");
        assert!(irina.take().is_empty(), "it is not told of Oleg");
        desk.look(&irina, appeal(8), "Ирина".into(), false);
        desk.dismiss(appeal(7), &[irina.account()]);
        desk.look(&oleg, appeal(8), "Олег".into(), false);
        assert_eq!(last(&oleg).await, r#"[{"drafting":false,"name":"Ирина"}]"#, "another appeal");
    }

    #[tokio::test]
    async fn a_look_that_is_not_renewed_lapses() {
        let (desk, irina, oleg) = (Desk::default(), outlet(1), outlet(2));
        desk.look(&oleg, appeal(7), "Олег".into(), true);
        for _ in 0..LAPSES_AFTER {
            desk.sweep();
        }
        desk.look(&irina, appeal(7), "Ирина".into(), false);
        assert_eq!(last(&irina).await, r#"[{"drafting":true,"name":"Олег"}]"#);
        desk.sweep();
        assert_eq!(last(&irina).await, "[]");
    }
}
