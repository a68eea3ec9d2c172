//! Blocks of words, and which of them are kept to be used again.
//!
//! A thread keeps the large blocks that were dropped last, up to [`KEPT`] words in all: a collection
//! that moves much finds pages that are there, where fresh ones would have to be asked of the system
//! and cleared.

use std::alloc::{Layout, alloc, dealloc, handle_alloc_error};
use std::cell::RefCell;
use std::ptr::NonNull;

/// Blocks of fewer words are left to the allocator, which keeps them itself.
const LARGE: usize = 4_096;
/// The most words that a thread keeps: 32 MiB.
const KEPT: usize = 1 << 22;

/// A block of words, freed when dropped.
#[derive(Debug)]
pub(crate) struct Block {
    start: NonNull<u64>,
    words: usize,
}

// SAFETY: a block owns its memory, which has no tie to a thread.
unsafe impl Send for Block {}

thread_local! {
    /// The blocks that are kept, the one dropped first at the beginning.
    static SPARE: RefCell<Spare> = const { RefCell::new(Spare { blocks: Vec::new(), words: 0 }) };
}

struct Spare {
    blocks: Vec<Block>,
    words: usize,
}

impl Spare {
    /// A block of so many words or at most twice as many.
    fn take(&mut self, words: usize) -> Option<Block> {
        let fits = |block: &Block| (words..=2 * words).contains(&block.words);
        let at = self.blocks.iter().rposition(fits)?;
        self.words -= self.blocks[at].words;
        Some(self.blocks.remove(at))
    }

    /// Keeps a block, and lets go of others for it; gives it back if it is too large.
    fn keep(&mut self, block: Block) -> Result<Vec<Block>, Block> {
        if block.words > KEPT {
            return Err(block);
        }
        self.words += block.words;
        self.blocks.push(block);
        let mut gone = 0;
        while self.words > KEPT {
            self.words -= self.blocks[gone].words;
            gone += 1;
        }
        Ok(self.blocks.drain(..gone).collect())
    }
}

impl Block {
    /// A block with at least so many words and nothing in them; of a small block exactly so many.
    pub fn new(words: usize) -> Block {
        if words == 0 {
            return Block { start: NonNull::dangling(), words };
        }
        let spare = || SPARE.try_with(|spare| spare.borrow_mut().take(words)).ok().flatten();
        if words >= LARGE
            && let Some(block) = spare()
        {
            return block;
        }
        let layout = Block::layout(words);
        // SAFETY: the layout has a size above 0.
        let start = NonNull::new(unsafe { alloc(layout) }.cast());
        Block { start: start.unwrap_or_else(|| handle_alloc_error(layout)), words }
    }

    fn layout(words: usize) -> Layout {
        Layout::array::<u64>(words).expect("a block is smaller than the address space")
    }

    #[inline(always)]
    pub fn start(&self) -> *mut u64 {
        self.start.as_ptr()
    }

    #[inline(always)]
    pub fn end(&self) -> *mut u64 {
        // SAFETY: the end of the block's own memory.
        unsafe { self.start().add(self.words) }
    }

    #[inline(always)]
    pub fn words(&self) -> usize {
        self.words
    }

    #[inline(always)]
    pub fn contains(&self, at: *const u64) -> bool {
        (at as usize).wrapping_sub(self.start() as usize) < self.words * 8
    }

    /// Gives the memory back to the allocator.
    fn free(self) {
        let block = std::mem::ManuallyDrop::new(self);
        if block.words > 0 {
            // SAFETY: allocated by `new` with this layout.
            unsafe { dealloc(block.start().cast(), Block::layout(block.words)) }
        }
    }
}

impl Drop for Block {
    fn drop(&mut self) {
        let block = Block { start: self.start, words: std::mem::take(&mut self.words) };
        if block.words < LARGE {
            return block.free();
        }
        let mut block = Some(block);
        let gone = SPARE.try_with(|spare| block.take().map(|block| spare.borrow_mut().keep(block)));
        // What is not kept, or all if the thread is about to end.
        match gone {
            Ok(Some(Ok(gone))) => gone.into_iter().for_each(Block::free),
            Ok(Some(Err(block))) => block.free(),
            _ => block.into_iter().for_each(Block::free),
        }
    }
}

impl Drop for Spare {
    fn drop(&mut self) {
        self.blocks.drain(..).for_each(Block::free);
    }
}
