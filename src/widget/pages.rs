//! Where the module's memory comes from: what stack and data leave of their page, and then pages.
//!
//! The allocator's own source begins with a new page, which is more than one element takes.

use std::alloc::Layout;
use std::arch::wasm32::{memory_grow, memory_size};

use talc::base::binning::Binning;
use talc::base::{CHUNK_UNIT, Talc};
use talc::source::Source;

const PAGE: usize = 65_536;

unsafe extern "C" {
    /// The linker's: from here on nothing is used.
    static __heap_base: u8;
}

/// Knows whether what was left is taken.
#[derive(Debug)]
pub(crate) struct Pages {
    begun: bool,
}

impl Pages {
    pub(crate) const fn new() -> Self {
        Self { begun: false }
    }
}

// SAFETY: allocates nothing itself.
unsafe impl Source for Pages {
    fn acquire<B: Binning>(talc: &mut Talc<Self, B>, layout: Layout) -> Result<(), ()> {
        let (from, to) = if talc.source.begun {
            // With what the allocator writes beside it.
            let needed = layout.size() + layout.align() + 4 * CHUNK_UNIT;
            let grown = memory_grow::<0>(needed.div_ceil(PAGE));
            if grown == usize::MAX {
                return Err(());
            }
            (grown * PAGE, memory_size::<0>() * PAGE)
        } else {
            talc.source.begun = true;
            ((&raw const __heap_base).addr(), memory_size::<0>() * PAGE)
        };
        // SAFETY: nobody else takes what lies behind the data, nor has these pages. Too little to
        // begin with is asked for again.
        let _ = unsafe { talc.claim(std::ptr::with_exposed_provenance_mut(from), to - from) };
        Ok(())
    }
}
