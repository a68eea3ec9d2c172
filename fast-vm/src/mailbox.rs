//! Messages and other signals on their way, and the mailbox where messages wait.
//!
//! A [`Node`] is a signal with its term in one piece of memory; it goes from the sender's core into
//! the inbox of the receiver's slot, and if it is a message from there into the mailbox, without
//! being copied. When a message is looked at for the first time its term moves into the heap. Taking
//! a message out of the middle costs nothing more than taking the first. Book: *Messages*.

#[cfg(test)]
mod tests;

use crate::heap::Heap;
use crate::term::copy::{self, Packer};
use crate::term::{Pid, Term};
use std::alloc::{Layout, alloc, dealloc, handle_alloc_error};
use std::ptr::{self, NonNull};

/// What a signal is; `number` and `term` are those of its [`Node`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// A message: `term`.
    Message,
    /// A message through the alias `number` of the receiver.
    AliasMessage,
    /// The sender has linked itself with the receiver.
    Link,
    /// The sender has taken its link back; the id `number` comes back with the acknowledgement.
    Unlink,
    /// The sender has done what the receiver's unlink `number` asked.
    Unlinked,
    /// An exit signal with the reason `term`.
    Exit {
        /// Whether it comes from the end of a linked process.
        by_link: bool,
    },
    /// The sender watches the receiver by its monitor `number`; `term` is what was watched.
    Monitor,
    /// The sender no longer does.
    Demonitor,
    /// The sender, which the receiver watches by `number`, has ended: `term` is `{Item, Reason}`.
    Down,
    /// The receiver's group leader shall be the process `term`.
    Leader,
    /// The sender asks whether the receiver lives.
    IsAlive,
    /// The sender asks for the items `term`, an item or a list of them.
    Items,
    /// The answer to the receiver's question.
    Answer,
}

/// A signal, and the words of its term behind it.
#[repr(C)]
#[derive(Debug)]
pub(crate) struct Node {
    next: *mut Node,
    /// The sender.
    pub from: Pid,
    /// What it is.
    pub signal: Signal,
    /// How many words lie behind; their `Shared` boxes are counted until the term is unpacked.
    words: u32,
    /// Its place among the messages looked at, from 1; 0 before that.
    looked: u32,
    /// See [`Signal`].
    pub number: u64,
    /// See [`Signal`]; points into the words behind, or later into the receiver's heap.
    pub term: Term,
}

/// A node that is owned.
#[derive(Debug)]
pub(crate) struct Post(NonNull<Node>);

// SAFETY: a node owns its words; what they refer to outside is counted with atomics.
unsafe impl Send for Post {}

impl Post {
    /// A signal with a term of this heap.
    pub fn new(
        packer: &mut Packer,
        heap: &Heap,
        from: Pid,
        signal: Signal,
        number: u64,
        term: Term,
    ) -> Post {
        let packed = packer.pack(heap, term);
        let count = packed.words.len();
        let layout = Node::layout(count);
        // SAFETY: the layout has the size of a `Node` at least.
        let node = NonNull::new(unsafe { alloc(layout) }.cast::<Node>());
        let node = node.unwrap_or_else(|| handle_alloc_error(layout));
        let words = u32::try_from(count).expect("lim: a message has fewer than 2^32 words");
        // SAFETY: freshly allocated for a node and so many words, which the packed ones become.
        unsafe {
            let behind = node.as_ptr().add(1).cast::<u64>();
            let term = copy::unpack(packed.term, packed.words, behind);
            node.write(Node {
                next: ptr::null_mut(),
                from,
                signal,
                words,
                looked: 0,
                number,
                term,
            });
        }
        Post(node)
    }

    /// A signal without objects.
    pub fn plain(from: Pid, signal: Signal, number: u64, term: Term) -> Post {
        debug_assert!(!term.is_pointer());
        Post::new(&mut Packer::default(), &Heap::new(0), from, signal, number, term)
    }

    pub fn node(&self) -> &Node {
        // SAFETY: owned and alive.
        unsafe { self.0.as_ref() }
    }

    /// Its term, copied into a heap.
    pub fn unpack(self, heap: &mut Heap) -> Term {
        let to = heap.alloc(self.node().space());
        // SAFETY: owned and alive, and its term has not moved.
        unsafe { Node::move_to(self.0, heap, to) }
    }

    fn into_raw(self) -> *mut Node {
        let node = self.0.as_ptr();
        std::mem::forget(self);
        node
    }
}

impl Drop for Post {
    fn drop(&mut self) {
        // SAFETY: owned; allocated by `new` with this layout.
        unsafe {
            let node = self.0.as_ref();
            if node.looked == 0 {
                copy::discard(Node::behind(self.0));
            }
            dealloc(self.0.as_ptr().cast(), Node::layout(self.0.as_ref().space()));
        }
    }
}

impl Node {
    fn layout(words: usize) -> Layout {
        let bytes = size_of::<Node>() + words * 8;
        Layout::from_size_align(bytes, 8).expect("lim: fits the address space")
    }

    /// How many words were allocated behind it.
    fn space(&self) -> usize {
        self.words as usize
    }

    /// The words behind a node. A reference to the node would reach no further than the node.
    ///
    /// # Safety
    /// The node must be alive, for as long as the lifetime says.
    unsafe fn behind<'n>(node: NonNull<Node>) -> &'n [u64] {
        // SAFETY: so many words lie behind the node, in one allocation.
        unsafe {
            let words = node.as_ref().space();
            std::slice::from_raw_parts(node.as_ptr().add(1).cast(), words)
        }
    }

    /// The term in the heap of the receiver: itself if it has been looked at, else a copy.
    ///
    /// # Safety
    /// The node must be alive.
    unsafe fn copied(node: NonNull<Node>, heap: &mut Heap) -> Term {
        // SAFETY: the caller's promise.
        let (this, behind) = unsafe { (node.as_ref(), Node::behind(node)) };
        if this.looked > 0 {
            return this.term;
        }
        copy::retain(behind);
        let to = heap.alloc(behind.len());
        heap.adopt(this.term, behind, to)
    }

    /// Moves the term to room in a heap; after that the words behind are dead.
    ///
    /// # Safety
    /// The node must be alive and nobody else look at it; its term must not have moved yet.
    unsafe fn move_to(mut node: NonNull<Node>, heap: &mut Heap, to: *mut u64) -> Term {
        // SAFETY: the caller's promise.
        unsafe {
            let term = heap.adopt(node.as_ref().term, Node::behind(node), to);
            node.as_mut().term = term;
            node.as_mut().looked = u32::MAX;
            term
        }
    }
}

/// Signals in the order in which they were put in.
#[derive(Debug)]
pub(crate) struct Queue {
    first: *mut Node,
    last: *mut Node,
}

// SAFETY: it owns its nodes.
unsafe impl Send for Queue {}

impl Default for Queue {
    fn default() -> Queue {
        Queue { first: ptr::null_mut(), last: ptr::null_mut() }
    }
}

impl Queue {
    pub fn is_empty(&self) -> bool {
        self.first.is_null()
    }

    pub fn push(&mut self, post: Post) {
        let node = post.into_raw();
        if self.first.is_null() {
            self.first = node;
        } else {
            // SAFETY: the last node is owned and alive.
            unsafe { (*self.last).next = node }
        }
        self.last = node;
    }

    pub fn pop(&mut self) -> Option<Post> {
        let node = NonNull::new(self.first)?;
        // SAFETY: owned and alive.
        unsafe {
            self.first = node.as_ref().next;
            (*node.as_ptr()).next = ptr::null_mut();
        }
        Some(Post(node))
    }

    /// All of it; nothing is left.
    pub fn take(&mut self) -> Queue {
        std::mem::take(self)
    }

    /// What it holds, oldest first.
    pub fn iter(&self) -> impl Iterator<Item = &Node> + '_ {
        // SAFETY: the nodes of the queue are alive while it is borrowed.
        self.nodes().map(|node| unsafe { node.as_ref() })
    }

    /// The nodes, with the words behind them.
    fn nodes(&self) -> impl Iterator<Item = NonNull<Node>> + '_ {
        let mut at = NonNull::new(self.first);
        std::iter::from_fn(move || {
            let node = at?;
            // SAFETY: as above.
            at = NonNull::new(unsafe { node.as_ref() }.next);
            Some(node)
        })
    }
}

impl Drop for Queue {
    fn drop(&mut self) {
        while self.pop().is_some() {}
    }
}

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
    pub(crate) fn push(&mut self, post: Post) {
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
        Some(if node.looked == 0 { node.space() } else { 0 })
    }

    /// Looks at the next message if its term is where it can be used: in the heap, or no object.
    #[inline(always)]
    pub(crate) fn look_again(&mut self) -> Option<Term> {
        let at = self.ahead();
        // SAFETY: nodes of the mailbox are alive.
        let node = unsafe { at.as_ref() }?;
        if node.looked == 0 && node.words > 0 {
            return None;
        }
        self.before = self.behind();
        self.at = at;
        Some(node.term)
    }

    /// Looks at the next message: moves it into the heap, where `words_ahead` words must be free.
    pub(crate) fn look(&mut self, heap: &mut Heap) -> Option<Term> {
        let at = NonNull::new(self.ahead())?;
        // SAFETY: nodes of the mailbox are alive, and borrowed by nobody else.
        let node = unsafe {
            if at.as_ref().looked == 0 && at.as_ref().words > 0 {
                let to = heap.claim(at.as_ref().space());
                Node::move_to(at, heap, to);
                self.looked.push(at.as_ptr());
                let looked = u32::try_from(self.looked.len());
                (*at.as_ptr()).looked = looked.expect("lim.mailbox: fewer than 2^32");
            }
            at.as_ref()
        };
        self.before = self.behind();
        self.at = at.as_ptr();
        Some(node.term)
    }

    /// Takes the message last looked at, and begins anew. Does nothing if there is none.
    pub(crate) fn accept(&mut self) {
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
            self.forget(taken);
        }
        self.rewind();
    }

    /// Frees a message that is in no list any more.
    fn forget(&mut self, taken: NonNull<Node>) {
        // SAFETY: the node is alive, and owned from here on.
        unsafe {
            let place = taken.as_ref().looked as usize;
            if place > 0 {
                self.looked.swap_remove(place - 1);
                if let Some(moved) = self.looked.get(place - 1) {
                    (**moved).looked = place as u32;
                }
            }
        }
        self.count -= 1;
        drop(Post(taken));
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
                    self.forget(NonNull::new_unchecked(at));
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
