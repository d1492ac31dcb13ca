//! Posts of one connection that were handed in and are not answered yet, in their order. A client that sends several need
//! not wait for each to become durable: they share a group. One who has none under way keeps no room for them here.

use std::collections::VecDeque;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use crate::acts::error::ActResult;
use crate::acts::post::Landed;
use crate::acts::post_box::Receipt;

/// How many are under way at most; then nothing more is heard of this client until one is answered.
const MOST: usize = 32;

/// Posts under way.
#[derive(Default)]
pub struct Posts(Option<Box<Queue>>);

#[derive(Default)]
struct Queue {
    posts: VecDeque<Post>,
}

struct Post {
    cid: String,
    receipt: Receipt,
}

/// What became of a post, by its cid.
pub type Told = (String, ActResult<Landed>);

impl Posts {
    /// Waits from now on for one more.
    pub fn add(&mut self, cid: String, receipt: Receipt) {
        self.0.get_or_insert_default().posts.push_back(Post { cid, receipt });
    }

    /// Whether there is no place for one more.
    pub fn is_full(&self) -> bool {
        self.0.as_ref().is_some_and(|queue| queue.posts.len() >= MOST)
    }

    /// What became of the first; none when none is under way.
    pub fn poll_told(&mut self, context: &mut Context<'_>) -> Poll<Option<Told>> {
        let Some(queue) = &mut self.0 else { return Poll::Ready(None) };
        let Some(first) = queue.posts.front_mut() else { return Poll::Ready(None) };
        let landed = ready!(Pin::new(&mut first.receipt).poll(context));
        let cid = std::mem::take(&mut first.cid);
        queue.posts.pop_front();
        if queue.posts.is_empty() {
            self.0 = None;
        }
        Poll::Ready(Some((cid, landed)))
    }
}
