//! The upstream fails in every way it can, the visitor goes away, the clock jumps: what the
//! visitor gets, that no second SMS goes out, and that no attempt is spent twice. The table is
//! "When something fails" in `docs/proxy.md`.

mod answers;
mod clock;
mod credentials;
mod crowd;
mod pauses;
mod road;
mod send;
mod unreachable;
mod verify;
mod visitor;
