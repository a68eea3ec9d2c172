//! The mailbox where messages wait, and how far a receive has looked.
//!
//! When a message is looked at for the first time its term moves into the heap. Taking a message out
//! of the middle costs nothing more than taking the first. Book: *Messages and timers*.

mod post;
#[cfg(test)]
mod tests;

use crate::heap::Heap;
use crate::term::{Term, copy};
pub(crate) use post::{Envelope, Node, Pool, Post, Queue, Signal};
use std::ptr::{self, NonNull};

/// The messages of a process and its cursor: how far the current receive has looked.
#[derive(Debug)]
pub struct Mailbox {
    messages: Queue,
    /// How many there are.
    count: usize,
    /// The message last looked at; null at the beginning.
    at: *mut Node,
    /// The one before it; null if there is none.
    before: *mut Node,
    /// The message behind which the current receive begins; null for the beginning.
    skipped: *mut Node,
    /// The message that was the last one when a place was marked; null if there was none.
    marked: *mut Node,
    /// Those whose terms are in the heap.
    looked: Vec<*mut Node>,
}

// SAFETY: its addresses are of nodes that it owns.
unsafe impl Send for Mailbox {}

impl Default for Mailbox {
    fn default() -> Mailbox {
        Mailbox {
            messages: Queue::default(),
            count: 0,
            at: ptr::null_mut(),
            before: ptr::null_mut(),
            skipped: ptr::null_mut(),
            marked: ptr::null_mut(),
            looked: Vec::new(),
        }
    }
}

impl Drop for Mailbox {
    fn drop(&mut self) {
        if self.count > 0 {
            self.clear(&mut Pool::default());
        }
    }
}

impl Mailbox {
    /// How many messages there are.
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether there is none.
    #[cfg(test)]
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// A message enters.
    #[inline]
    pub(crate) fn push(&mut self, mut post: Post) {
        post.address(0);
        self.messages.push(post);
        self.count += 1;
    }

    /// The message that `recv` looks at next, if there is one.
    #[inline(always)]
    fn ahead(&self) -> *mut Node {
        let behind = self.behind();
        if behind.is_null() {
            self.messages.first
        } else {
            // SAFETY: the message last looked at, or skipped, is in the mailbox.
            unsafe { (*behind).next }
        }
    }

    /// The message that the cursor stands behind; null at the beginning.
    #[inline(always)]
    fn behind(&self) -> *mut Node {
        if self.at.is_null() { self.skipped } else { self.at }
    }

    /// Marks the present end.
    pub(crate) fn mark(&mut self) {
        self.marked = self.messages.last;
    }

    /// A receive that has not looked at anything begins behind the mark.
    pub(crate) fn skip_to_mark(&mut self) {
        if self.at.is_null() {
            self.skipped = self.marked;
        }
    }

    /// Whether a message has not been looked at by the current receive.
    pub fn has_unseen(&self) -> bool {
        !self.ahead().is_null()
    }

    /// The words of heap that looking at the next message takes; `None` if there is none.
    pub(crate) fn words_ahead(&self) -> Option<usize> {
        // SAFETY: nodes of the mailbox are alive.
        let node = unsafe { self.ahead().as_ref() }?;
        Some(if node.mark == 0 { node.words as usize } else { 0 })
    }

    /// Looks at the next message if its term is where it can be used: in the heap, or no object.
    #[inline(always)]
    pub(crate) fn look_again(&mut self) -> Option<Term> {
        let at = self.ahead();
        // SAFETY: nodes of the mailbox are alive.
        let node = unsafe { at.as_ref() }?;
        if node.mark == 0 && node.words > 0 {
            return None;
        }
        self.before = self.behind();
        self.at = at;
        Some(node.term)
    }

    /// Looks at the next message: moves it into the heap, where `words_ahead` words must be free.
    pub(crate) fn look(&mut self, heap: &mut Heap) -> Option<Term> {
        let at = NonNull::new(self.ahead())?;
        // SAFETY: nodes of the mailbox are alive, and borrowed by nobody else; the words of one that
        // is looked at for the first time are where its term points, and dead afterwards.
        let term = unsafe {
            let words = Node::behind(at);
            let node = &mut *at.as_ptr();
            if node.mark == 0 && !words.is_empty() {
                let to = heap.claim(words.len());
                node.term = if node.flat {
                    to.copy_from_nonoverlapping(words.as_ptr(), words.len());
                    Term(to.expose_provenance() as u64 | node.term.tag())
                } else {
                    heap.adopt(node.term, words, to)
                };
                self.looked.push(at.as_ptr());
                let looked = u32::try_from(self.looked.len());
                node.mark = looked.expect("lim.mailbox: fewer than 2^32");
            }
            node.term
        };
        self.before = self.behind();
        self.at = at.as_ptr();
        Some(term)
    }

    /// Takes the message last looked at, and begins anew. Does nothing if there is none.
    #[inline]
    pub(crate) fn accept(&mut self, pool: &mut Pool) {
        let Some(taken) = NonNull::new(self.at) else { return };
        // SAFETY: both nodes are in the mailbox, and `taken` leaves it.
        unsafe {
            let next = taken.as_ref().next;
            match self.before.as_mut() {
                Some(before) => before.next = next,
                None => self.messages.first = next,
            }
            if self.messages.last == taken.as_ptr() {
                self.messages.last = self.before;
            }
            if self.marked == taken.as_ptr() {
                self.marked = self.before;
            }
            self.forget(taken, pool);
        }
        self.rewind();
    }

    /// Frees a message that is in no list any more.
    #[inline]
    fn forget(&mut self, taken: NonNull<Node>, pool: &mut Pool) {
        // SAFETY: the node is alive, and owned from here on; so many words were allocated for it.
        unsafe {
            let place = taken.as_ref().mark as usize;
            if place > 0 {
                self.looked.swap_remove(place - 1);
                if let Some(moved) = self.looked.get(place - 1) {
                    (**moved).mark = place as u32;
                }
            } else if !taken.as_ref().flat {
                copy::discard(Node::behind(taken));
            }
            pool.give(taken, taken.as_ref().space());
        }
        self.count -= 1;
    }

    /// Frees all messages.
    pub(crate) fn clear(&mut self, pool: &mut Pool) {
        self.rewind();
        self.marked = ptr::null_mut();
        self.looked.iter().for_each(|node| {
            // SAFETY: nodes looked at are in the mailbox; what they referred to is the heap's now.
            unsafe { (**node).flat = true }
        });
        self.looked.clear();
        while let Some(Post(node)) = self.messages.pop().map(std::mem::ManuallyDrop::new).as_deref()
        {
            // SAFETY: the node is alive, and owned from here on.
            unsafe {
                if !node.as_ref().flat {
                    copy::discard(Node::behind(*node));
                }
                pool.give(*node, node.as_ref().space());
            }
        }
        self.count = 0;
    }

    /// The current receive begins anew.
    pub(crate) fn rewind(&mut self) {
        self.at = ptr::null_mut();
        self.before = ptr::null_mut();
        self.skipped = ptr::null_mut();
    }

    /// Takes the first message that `wanted` says yes to, wherever the cursor is. The cursor stays
    /// behind the same messages.
    pub(crate) fn remove(&mut self, mut wanted: impl FnMut(Term) -> bool) -> bool {
        let mut before: *mut Node = ptr::null_mut();
        let mut at = self.messages.first;
        // SAFETY: all nodes of the mailbox are alive; the one found leaves it.
        unsafe {
            while let Some(node) = at.as_ref() {
                if wanted(node.term) {
                    match before.as_mut() {
                        Some(before) => before.next = node.next,
                        None => self.messages.first = node.next,
                    }
                    if self.messages.last == at {
                        self.messages.last = before;
                    }
                    if self.at == at {
                        // Behind skipped messages only, the receive has looked at nothing.
                        let looked = before != self.skipped;
                        self.at = if looked { before } else { ptr::null_mut() };
                        self.before =
                            if looked { self.find_before(before) } else { ptr::null_mut() };
                    } else if self.before == at {
                        self.before = before;
                    }
                    for place in [&mut self.skipped, &mut self.marked] {
                        if *place == at {
                            *place = before;
                        }
                    }
                    self.forget(NonNull::new_unchecked(at), &mut Pool::default());
                    return true;
                }
                before = at;
                at = node.next;
            }
        }
        false
    }

    fn find_before(&self, wanted: *mut Node) -> *mut Node {
        let mut before = ptr::null_mut();
        let mut at = self.messages.first;
        while at != wanted && !at.is_null() {
            before = at;
            // SAFETY: nodes of the mailbox are alive.
            at = unsafe { (*at).next };
        }
        before
    }

    /// The messages, oldest first, all in the heap of the process: those not looked at yet as
    /// copies.
    pub(crate) fn copies(&self, heap: &mut Heap) -> Vec<Term> {
        // SAFETY: nodes of the mailbox are alive.
        self.messages.nodes().map(|node| unsafe { Node::copied(node, heap) }).collect()
    }

    /// The messages, oldest first.
    pub fn terms(&self) -> impl Iterator<Item = Term> + '_ {
        self.messages.iter().map(|node| node.term)
    }

    /// Shows the terms that are in the heap to the collector.
    pub(crate) fn each_looked(&mut self, see: &mut dyn FnMut(&mut [Term])) {
        for node in &self.looked {
            // SAFETY: nodes looked at are in the mailbox.
            see(std::slice::from_mut(unsafe { &mut (**node).term }));
        }
    }
}
