//! Messages and other signals on their way.
//!
//! A [`Node`] is a signal with its term in one piece of memory; it goes from the sender's core into
//! the inbox of the receiver's slot, and if it is a message from there into the mailbox, without
//! being copied. Book: *Signals*.

use crate::heap::Heap;
use crate::term::copy::{self, Packed, Packer};
use crate::term::{Header, Kind, Pid, Term, tag};
use std::alloc::{Layout, alloc, dealloc, handle_alloc_error};
use std::ptr::{self, NonNull};

/// What a signal is; `number` and `term` are those of its [`Node`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// A message: `term`. It says neither sender nor number.
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
    /// The timer `number` of the receiver's time-out has gone off.
    TimedOut,
}

/// A signal, and behind it the words of its term; those of a signal that is no plain message stand
/// behind its [`Envelope`].
#[repr(C)]
#[derive(Debug)]
pub(crate) struct Node {
    /// The next one of the list that it is in.
    pub(super) next: *mut Node,
    /// See [`Signal`]; points into the words behind, or later into the receiver's heap.
    pub term: Term,
    /// How many words lie behind, without the envelope; their `Shared` boxes are counted until the
    /// term is unpacked.
    pub(super) words: u32,
    /// On its way the serial of its receiver; in a mailbox its place among the messages looked at,
    /// from 1, or 0 before that.
    pub(super) mark: u32,
    /// What it is.
    pub signal: Signal,
    /// Whether the words are one object that refers to nothing else.
    pub(super) flat: bool,
}

/// What is known of a signal that is no plain message.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Envelope {
    /// The sender.
    pub from: Pid,
    /// See [`Signal`].
    pub number: u64,
}

/// Nodes that were freed, by the number of their words: memory of messages is used again without
/// the allocator. Measured with what else makes messages cheap: see [`crate::slots`].
#[derive(Debug)]
pub(crate) struct Pool {
    free: [*mut Node; Pool::CLASSES],
    count: [u32; Pool::CLASSES],
}

// SAFETY: it owns its nodes.
unsafe impl Send for Pool {}

impl Default for Pool {
    fn default() -> Pool {
        Pool { free: [ptr::null_mut(); Pool::CLASSES], count: [0; Pool::CLASSES] }
    }
}

impl Pool {
    /// Nodes of fewer words are kept.
    const CLASSES: usize = 10;
    /// How many of a size are kept: what is needed between two turns of processes that answer each
    /// other. Others go back to the allocator.
    const KEPT: u32 = 1_024;

    /// Memory for a node and so many words.
    #[inline(always)]
    fn take(&mut self, words: usize) -> NonNull<Node> {
        if words < Pool::CLASSES
            && let Some(node) = NonNull::new(self.free[words])
        {
            // SAFETY: a node of the pool is owned, and its `next` was written when it was freed.
            self.free[words] = unsafe { (*node.as_ptr()).next };
            self.count[words] -= 1;
            return node;
        }
        allocate(words)
    }

    /// Frees a node whose words nobody needs any more.
    ///
    /// # Safety
    /// The node must have been allocated with so many words, and be owned by the caller.
    #[inline(always)]
    pub(super) unsafe fn give(&mut self, node: NonNull<Node>, words: usize) {
        if words < Pool::CLASSES && self.count[words] < Pool::KEPT {
            // SAFETY: the caller's promise.
            unsafe { (&raw mut (*node.as_ptr()).next).write(self.free[words]) }
            self.free[words] = node.as_ptr();
            self.count[words] += 1;
        } else {
            // SAFETY: the caller's promise.
            unsafe { free(node, words) }
        }
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        for words in 0..Pool::CLASSES {
            while let Some(node) = NonNull::new(self.free[words]) {
                // SAFETY: a node of the pool is owned, and was allocated with so many words.
                unsafe {
                    self.free[words] = (*node.as_ptr()).next;
                    free(node, words);
                }
            }
        }
    }
}

fn layout(words: usize) -> Layout {
    let bytes = size_of::<Node>() + words * 8;
    Layout::from_size_align(bytes, 8).expect("lim: fits the address space")
}

#[inline(never)]
fn allocate(words: usize) -> NonNull<Node> {
    let layout = layout(words);
    // SAFETY: the layout has the size of a `Node` at least.
    let node = NonNull::new(unsafe { alloc(layout) }.cast::<Node>());
    node.unwrap_or_else(|| handle_alloc_error(layout))
}

/// # Safety
/// The node must have been allocated with so many words, and be owned by the caller.
#[inline(never)]
unsafe fn free(node: NonNull<Node>, words: usize) {
    // SAFETY: the caller's promise.
    unsafe { dealloc(node.as_ptr().cast(), layout(words)) }
}

/// Words of an [`Envelope`].
const ENVELOPE: usize = size_of::<Envelope>() / 8;

/// A node that is owned.
#[derive(Debug)]
pub(crate) struct Post(pub(super) NonNull<Node>);

// SAFETY: a node owns its words; what they refer to outside is counted with atomics.
unsafe impl Send for Post {}

impl Post {
    /// A signal with a term of this heap that is known to be no large one. A message does not keep
    /// `from` and `number`.
    pub fn new(
        packer: &mut Packer,
        heap: &Heap,
        from: Pid,
        signal: Signal,
        number: u64,
        term: Term,
    ) -> Post {
        let envelope = Envelope { from, number };
        Post::bounded(packer, heap, signal, envelope, term, Post::WORDS_MAX)
            .expect("lim: a message has fewer than 2^32 words")
    }

    /// The words of the largest message.
    pub const WORDS_MAX: usize = u32::MAX as usize;

    /// A signal with a term of this heap; `None` if it takes more words than that.
    pub fn bounded(
        packer: &mut Packer,
        heap: &Heap,
        signal: Signal,
        envelope: Envelope,
        term: Term,
        words_max: usize,
    ) -> Option<Post> {
        let packed = packer.pack(heap, term, words_max)?;
        Some(Post::packed(&mut Pool::default(), packed, signal, envelope))
    }

    /// A message with a term of this heap, in memory from the pool; `None` if it takes more words
    /// than that.
    #[inline]
    pub fn message(
        pool: &mut Pool,
        packer: &mut Packer,
        heap: &Heap,
        term: Term,
        words_max: usize,
    ) -> Option<Post> {
        if !term.is_pointer() {
            return Some(Post::write(pool, term, 0, true));
        }
        Post::flat(pool, heap, term).or_else(|| {
            let nobody = Envelope { from: Pid { serial: 0, slot: 0 }, number: 0 };
            let packed = packer.pack(heap, term, words_max)?;
            Some(Post::packed(pool, packed, Signal::Message, nobody))
        })
    }

    /// A message of one small object that refers to nothing, if the term is one: what most are.
    #[inline(always)]
    fn flat(pool: &mut Pool, heap: &Heap, term: Term) -> Option<Post> {
        let at = term.address();
        if !heap.contains(at) {
            // A literal stays where it is.
            return Some(Post::write(pool, term, 0, true));
        }
        let mut raw = false;
        let words = if term.tag() == tag::CONS {
            2
        } else {
            // SAFETY: a boxed term points to a header.
            let header = Header::of(unsafe { *at });
            raw = header.kind().is_raw();
            if header.kind() == Kind::Shared {
                return None;
            }
            1 + header.words()
        };
        if words >= Pool::CLASSES {
            return None;
        }
        // SAFETY: the object has so many words.
        let object = unsafe { std::slice::from_raw_parts(at, words) };
        if !raw && object.iter().any(|word| Term(*word).is_pointer()) {
            return None;
        }
        let post = Post::write(pool, term, words, true);
        // SAFETY: so many words lie behind the node, which is owned.
        unsafe {
            let to = post.0.as_ptr().add(1).cast::<u64>();
            to.copy_from_nonoverlapping(at, words);
            (*post.0.as_ptr()).term = Term(to.expose_provenance() as u64 | term.tag());
        }
        Some(post)
    }

    /// A message of so many words, which the caller writes.
    #[inline(always)]
    fn write(pool: &mut Pool, term: Term, words: usize, flat: bool) -> Post {
        let node = pool.take(words);
        let (next, words) = (ptr::null_mut(), words as u32);
        // SAFETY: memory for a node.
        unsafe {
            node.write(Node { next, term, words, mark: 0, signal: Signal::Message, flat });
        }
        Post(node)
    }

    #[inline(never)]
    fn packed(pool: &mut Pool, packed: Packed<'_>, signal: Signal, envelope: Envelope) -> Post {
        let count = packed.words.len();
        let before = if signal == Signal::Message { 0 } else { ENVELOPE };
        let node = pool.take(before + count);
        let words = u32::try_from(count).expect("lim: a message has fewer than 2^32 words");
        // SAFETY: freshly allocated for a node, its envelope if it has one, and so many words, which
        // the packed ones become.
        unsafe {
            let behind = node.as_ptr().add(1).cast::<u64>();
            if before > 0 {
                behind.cast::<Envelope>().write(envelope);
            }
            let term = copy::unpack(packed.term, packed.words, behind.add(before));
            node.write(Node {
                next: ptr::null_mut(),
                term,
                words,
                mark: 0,
                signal,
                flat: count == 0,
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

    /// Its sender and its number; of a message, which does not say, nobody.
    pub fn envelope(&self) -> (Pid, u64) {
        if self.node().signal == Signal::Message {
            return (Pid { serial: 0, slot: 0 }, 0);
        }
        // SAFETY: owned and alive; behind a signal that is no message lies its envelope.
        let envelope = unsafe { *self.0.as_ptr().add(1).cast::<Envelope>() };
        (envelope.from, envelope.number)
    }

    /// Says for the process of which serial it is.
    pub fn address(&mut self, serial: u32) {
        // SAFETY: owned and alive.
        unsafe { self.0.as_mut() }.mark = serial;
    }

    /// The serial of its receiver, while it is on its way.
    pub fn serial(&self) -> u32 {
        self.node().mark
    }

    /// Its term, copied into a heap.
    pub fn unpack(self, heap: &mut Heap) -> Term {
        // SAFETY: owned and alive, and its term has not moved.
        unsafe {
            let words = Node::behind(self.0);
            let to = heap.alloc(words.len());
            let term = heap.adopt(self.node().term, words, to);
            free(self.0, self.node().space());
            std::mem::forget(self);
            term
        }
    }

    /// Its node, with this one as the next of a list.
    pub fn link(&mut self, next: *mut Node) -> *mut Node {
        // SAFETY: owned and alive.
        unsafe { self.0.as_mut() }.next = next;
        self.0.as_ptr()
    }

    /// The node, for a list that owns it.
    pub fn into_raw(self) -> *mut Node {
        let node = self.0.as_ptr();
        std::mem::forget(self);
        node
    }
}

impl Drop for Post {
    fn drop(&mut self) {
        // SAFETY: owned, and never looked at, or out of its mailbox by way of `Mailbox::forget`;
        // allocated with so many words.
        unsafe {
            if !self.0.as_ref().flat {
                copy::discard(Node::behind(self.0));
            }
            free(self.0, self.0.as_ref().space());
        }
    }
}

impl Node {
    /// How many words were allocated behind it.
    #[inline(always)]
    pub(super) fn space(&self) -> usize {
        let before = if self.signal == Signal::Message { 0 } else { ENVELOPE };
        before + self.words as usize
    }

    /// The words of its term. A reference to the node would reach no further than the node.
    ///
    /// # Safety
    /// The node must be alive, for as long as the lifetime says.
    #[inline(always)]
    pub(super) unsafe fn behind<'n>(node: NonNull<Node>) -> &'n [u64] {
        // SAFETY: so many words lie behind the node and its envelope, in one allocation.
        unsafe {
            let (all, words) = (node.as_ref().space(), node.as_ref().words as usize);
            let start = node.as_ptr().add(1).cast::<u64>().add(all - words);
            std::slice::from_raw_parts(start, words)
        }
    }

    /// The term in the heap of the receiver, where it is, or a copy, if it is a message that has not
    /// been looked at.
    ///
    /// # Safety
    /// The node must be alive and in a mailbox.
    pub(super) unsafe fn copied(node: NonNull<Node>, heap: &mut Heap) -> Term {
        // SAFETY: the caller's promise.
        let (this, behind) = unsafe { (node.as_ref(), Node::behind(node)) };
        if this.mark > 0 {
            return this.term;
        }
        copy::retain(behind);
        let to = heap.alloc(behind.len());
        heap.adopt(this.term, behind, to)
    }
}

/// Signals in the order in which they were put in.
#[derive(Debug)]
pub(crate) struct Queue {
    pub(super) first: *mut Node,
    pub(super) last: *mut Node,
}

// SAFETY: it owns its nodes.
unsafe impl Send for Queue {}

impl Default for Queue {
    fn default() -> Queue {
        Queue { first: ptr::null_mut(), last: ptr::null_mut() }
    }
}

impl Queue {
    #[cfg(test)]
    pub fn is_empty(&self) -> bool {
        self.first.is_null()
    }

    #[inline]
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

    #[inline]
    pub fn pop(&mut self) -> Option<Post> {
        let node = NonNull::new(self.first)?;
        // SAFETY: owned and alive.
        unsafe {
            self.first = node.as_ref().next;
            (*node.as_ptr()).next = ptr::null_mut();
        }
        Some(Post(node))
    }

    /// The nodes of a list whose newest comes first, in the order in which they were put in.
    ///
    /// # Safety
    /// The list must be one of nodes that nobody else has any more, down to a null.
    pub unsafe fn reversed(newest: *mut Node) -> Queue {
        let mut queue = Queue { first: ptr::null_mut(), last: newest };
        let mut at = newest;
        while !at.is_null() {
            // SAFETY: the caller's promise.
            let next = unsafe { std::mem::replace(&mut (*at).next, queue.first) };
            queue.first = at;
            at = next;
        }
        queue
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
    pub(super) fn nodes(&self) -> impl Iterator<Item = NonNull<Node>> + '_ {
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
