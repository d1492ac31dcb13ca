//! Sealing the audit: rows that were committed become links of the chain, and its head is signed outside the database.
//! One node at a time links; every node signs for itself, so that each is a witness of its own. Whoever reads the whole
//! chain again finds here what is wrong with it.

use domain::audit::{Flaw, Head, Link, Walk};
use store::audit_chain::{self, Seal};

use crate::acts::Acts;
use crate::acts::error::{ActError, ActResult};
use crate::acts::unit::Unit;
use crate::auth::heads::{Heads, Last};

/// How many rows are linked, or looked at, at once.
const AT_ONCE: u32 = 500;
/// How much later than its moment a row may come to be linked, in milliseconds: ten minutes. A transaction ends within
/// seconds, one that provisions within minutes. What claims to be older was slipped in.
const LATE: i64 = 10 * 60_000;

/// What was found in the whole chain.
#[derive(Debug)]
pub struct Findings {
    /// How far the chain has come.
    pub head: Head,
    /// What is wrong with it.
    pub flaws: Vec<Flaw>,
    /// How many rows claim a moment that was sealed before they came.
    pub slipped_in: u64,
    /// How many rows have come since, and wait for their link.
    pub waiting: usize,
}

impl Acts {
    /// Links what was committed since; gives how many rows that were.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn seal_audit(&self) -> ActResult<usize> {
        let sealed = audit_chain::sealed(&self.store).await?;
        let rows = audit_chain::waiting(&self.store, sealed.at.plus_millis(-LATE), AT_ONCE).await?;
        if rows.is_empty() {
            return Ok(0);
        }
        let mut unit = self.writer.begin_as_operator().await?;
        let Some(seal) = audit_chain::take_seal(&mut unit.tx).await? else { return Ok(0) };
        // Another node may have linked some of them since they were read.
        let rows = audit_chain::unlinked(&mut unit.tx, rows).await?;
        let count = rows.len();
        if count > 0 {
            link(&mut unit, seal, &rows).await?;
            unit.commit().await?;
        }
        Ok(count)
    }

    /// Signs how far the chain has come, unless the last head signed here is not on it: then nothing is signed any more.
    ///
    /// # Errors
    /// Those of the store; [`ActError::Broken`] when the chain is not the one that was signed, or nothing can be written.
    pub async fn sign_audit(&self, heads: &Heads) -> ActResult<()> {
        let broken = |error: String| ActError::Broken(error.into());
        let failed = |error: std::io::Error| broken(format!("{}: {error}", heads.path().display()));
        let last = match heads.last().map_err(failed)? {
            Last::None => Head::EMPTY,
            Last::Signed(head) => head,
            Last::Foreign => {
                return Err(broken(format!(
                    "the last line of {} was not signed here",
                    heads.path().display()
                )));
            }
        };
        let seal = audit_chain::sealed(&self.store).await?;
        if last.n > 0 && audit_chain::hash_of(&self.store, last.n).await? != Some(last.hash) {
            let flaw = if seal.head.n < last.n { Flaw::Short(last.n) } else { Flaw::Other(last.n) };
            return Err(broken(flaw.to_string()));
        }
        if seal.head.n > last.n {
            heads.keep(seal.head, self.sources.now()).map_err(failed)?;
        }
        Ok(())
    }
}

async fn link(unit: &mut Unit, seal: Seal, rows: &[domain::audit::Row]) -> ActResult<()> {
    let mut head = seal.head;
    let mut at = seal.at;
    let mut links = Vec::with_capacity(rows.len());
    for row in rows {
        head = head.with(row);
        at = at.max(row.at);
        links.push(Link { n: head.n, id: row.id, hash: head.hash });
    }
    Ok(audit_chain::link(&mut unit.tx, &links, Seal { head, at }).await?)
}

/// Reads the whole chain of `store`, which is to lead past each head in `signed`.
///
/// # Errors
/// Those of the store.
pub async fn verify(store: &store::Store, signed: Vec<Head>) -> ActResult<Findings> {
    // What is linked while this reads comes behind the seal, and is left out.
    let seal = audit_chain::sealed(store).await?;
    let mut walk = Walk::past(signed);
    let mut after = 0;
    while after < seal.head.n {
        let links = audit_chain::links(store, after, AT_ONCE).await?;
        let Some((last, _)) = links.last() else { break };
        after = last.n;
        for (link, row) in links.iter().filter(|(link, _)| link.n <= seal.head.n) {
            walk.step(link, row.as_ref());
        }
    }
    let (head, mut flaws) = walk.end();
    if seal.head.n > head.n {
        flaws.push(Flaw::Gap(head.n.saturating_add(1)));
    } else if seal.head != head {
        flaws.push(Flaw::Other(seal.head.n));
    }
    let before = seal.at.plus_millis(-LATE);
    let slipped_in = audit_chain::slipped_in(store, before).await?;
    let waiting = audit_chain::waiting(store, before, AT_ONCE).await?.len();
    Ok(Findings { head, flaws, slipped_in, waiting })
}
