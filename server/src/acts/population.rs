//! A population for load tests: residents who are verified, members of one medchat each and signed in already. The
//! operator makes it, on an installation whose configuration says that it is for load tests.

use std::io;

use domain::id::RoomId;
use domain::room::RoomKind;
use domain::verification::Method;
use store::population::Resident;

use crate::acts::Acts;
use crate::acts::error::{ActError, ActResult};
use crate::auth::token::Access;

/// How many residents one transaction adds.
const GROUP: usize = 10_000;
/// How long their tokens live, in seconds: two hours.
const TOKEN_SECONDS: i64 = 2 * 60 * 60;

impl Acts {
    /// Makes up residents, dealt out to all medchats by their weight, and gives `keep` a token of each. Neighbours are
    /// neighbours in a room, rooms come in the order of the catalogue. Each group is durable before its tokens are given.
    ///
    /// # Errors
    /// Those of the store and of `keep`; [`ActError::Broken`] when there is no medchat.
    pub async fn populate(
        &self,
        residents: u32,
        mut keep: impl FnMut(&str) -> io::Result<()>,
    ) -> ActResult<()> {
        let rooms = store::catalogue::read(&self.store).await?.rooms;
        let medchats: Vec<_> = rooms.into_iter().filter(|room| room.kind == RoomKind::Medchat).collect();
        if medchats.is_empty() {
            return Err(ActError::Broken("there is no medchat: provision regions first".into()));
        }
        let weights: Vec<u32> = medchats.iter().map(|room| room.weight).collect();
        let mut group = Vec::with_capacity(GROUP);
        let mut number = 0_u32;
        for (room, count) in medchats.iter().zip(deal(residents, &weights)) {
            for _ in 0..count {
                number += 1;
                group.push(self.made_up(room.id, number));
                if group.len() == GROUP {
                    self.add_residents(&group, &mut keep).await?;
                    group.clear();
                }
            }
        }
        self.add_residents(&group, &mut keep).await
    }

    fn made_up(&self, room: RoomId, number: u32) -> Resident {
        let account = self.sources.id();
        let (login, alias) = (format!("load-{account}"), format!("Житель {number}"));
        Resident { account, session: self.sources.id(), login, alias, room }
    }

    async fn add_residents(
        &self,
        residents: &[Resident],
        keep: &mut impl FnMut(&str) -> io::Result<()>,
    ) -> ActResult<()> {
        let mut unit = self.writer.begin_as_operator().await?;
        let now = unit.now;
        store::population::add(&mut unit.tx, residents, Method::LoadTest, now).await?;
        unit.commit().await?;
        for Resident { account, session, .. } in residents {
            let access = Access { account: *account, session: *session };
            let token = self.tokens.access_for(access, TOKEN_SECONDS);
            let token = token.ok_or_else(|| ActError::Broken("a token cannot be made".into()))?;
            keep(&token).map_err(|error| ActError::Broken(Box::new(error)))?;
        }
        Ok(())
    }
}

/// Deals `count` out by weight: each gets its share rounded down, and what is left goes to the largest remainders.
fn deal(count: u32, weights: &[u32]) -> Vec<u64> {
    let sum: u64 = weights.iter().map(|weight| u64::from(*weight)).sum();
    let share = |weight: &u32| u64::from(count) * u64::from(*weight);
    let mut dealt: Vec<u64> = weights.iter().map(|weight| share(weight) / sum.max(1)).collect();
    let left = u64::from(count).saturating_sub(dealt.iter().sum());
    let mut remainders: Vec<(u64, usize)> =
        weights.iter().enumerate().map(|(at, weight)| (share(weight) % sum.max(1), at)).collect();
    remainders.sort_by_key(|(remainder, at)| (std::cmp::Reverse(*remainder), *at));
    for (_, at) in remainders.into_iter().zip(0..left).map(|(place, _)| place) {
        dealt.get_mut(at).into_iter().for_each(|share| *share += 1);
    }
    dealt
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_is_dealt_out_by_weight() {
        assert_eq!(deal(10, &[1, 1, 3]), [2, 2, 6]);
        assert_eq!(deal(10, &[1, 1, 1]), [4, 3, 3], "the first of equals gets what is left");
        assert_eq!(deal(2, &[1, 1, 5]), [0, 0, 2]);
        assert_eq!(deal(0, &[1, 2]), [0, 0]);
        for count in [1, 7, 460, 1_012_000] {
            assert_eq!(deal(count, &[3, 1, 41, 59, 26]).iter().sum::<u64>(), u64::from(count));
        }
    }
}
