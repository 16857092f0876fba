//! The wall clock of the page.

use std::cell::Cell;

use mfa_core::flow::Instant;

thread_local! {
    /// What the clock said last, and how far it has been set back since the page began.
    static CLOCK: Cell<(u64, u64)> = const { Cell::new((0, 0)) };
}

/// The time in milliseconds: it goes on while the device sleeps. Only differences count, so a wrong
/// clock does no harm; one that is set back meanwhile goes on from where it was.
pub(crate) fn now() -> Instant {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "after 1970")]
    let said = js_sys::Date::now() as u64;
    let (last, back) = CLOCK.get();
    let back = back + last.saturating_sub(said);
    CLOCK.set((said, back));
    Instant(said + back)
}
