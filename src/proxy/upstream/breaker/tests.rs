use proptest::collection::vec;
use proptest::prelude::*;

use super::*;

const NOW: UnixTime = 1_700_000_000;
const PAUSE: u64 = 10;

fn breaker() -> Breaker {
    Breaker::new(3, 10)
}

fn in_state(circuit: Circuit) -> Breaker {
    Breaker { circuit, probes: 7, ..breaker() }
}

const fn closed(failures: u32) -> Circuit {
    Circuit::Closed { failures }
}

const fn open(from: UnixTime) -> Circuit {
    Circuit::Open(Rest { from, until: from + PAUSE })
}

const fn probing(probe: u64) -> Circuit {
    Circuit::Probing(probe)
}

/// What happens: a call begins, or one ends that was the probe of this name or none.
#[derive(Clone, Copy, Debug)]
enum Event {
    Begins,
    Ends(Option<u64>, Ended),
}

#[test]
fn every_state_has_an_answer_to_every_event() {
    use Ended::{Abandoned, Answered, Failed};
    use Event::{Begins, Ends};
    let (early, over) = (NOW - 3, NOW - PAUSE);
    let opened = Some(Change::Opened);
    let mended = Some(Change::Closed);
    // From, what happens, to, and what is said: seconds to wait, or a change.
    for (from, event, to, wait, change) in [
        (closed(0), Begins, closed(0), None, None),
        (closed(0), Ends(None, Answered), closed(0), None, None),
        (closed(0), Ends(None, Failed), closed(1), None, None),
        (closed(0), Ends(None, Abandoned), closed(0), None, None),
        (closed(2), Begins, closed(2), None, None),
        (closed(2), Ends(None, Answered), closed(0), None, None),
        (closed(2), Ends(None, Failed), open(NOW), None, opened),
        (closed(2), Ends(None, Abandoned), closed(2), None, None),
        // A probe of before is a call like others once it is closed.
        (closed(2), Ends(Some(7), Failed), open(NOW), None, opened),
        (closed(2), Ends(Some(7), Abandoned), closed(2), None, None),
        (open(early), Begins, open(early), Some(7), None),
        (open(early), Ends(None, Answered), closed(0), None, mended),
        (open(early), Ends(None, Failed), open(early), None, None),
        (open(early), Ends(None, Abandoned), open(early), None, None),
        (open(early), Ends(Some(6), Failed), open(early), None, None),
        (open(over), Begins, probing(8), None, None),
        (open(over), Ends(None, Answered), closed(0), None, mended),
        (open(over), Ends(None, Failed), open(over), None, None),
        (open(over), Ends(None, Abandoned), open(over), None, None),
        (probing(7), Begins, probing(7), Some(WHILE_PROBING), None),
        (probing(7), Ends(Some(7), Answered), closed(0), None, mended),
        (probing(7), Ends(Some(7), Failed), open(NOW), None, None),
        (probing(7), Ends(Some(7), Abandoned), open(NOW), None, None),
        // Others say that it lives, but not that the probe found nothing.
        (probing(7), Ends(None, Answered), closed(0), None, mended),
        (probing(7), Ends(None, Failed), probing(7), None, None),
        (probing(7), Ends(None, Abandoned), probing(7), None, None),
        (probing(7), Ends(Some(6), Failed), probing(7), None, None),
        (probing(7), Ends(Some(6), Abandoned), probing(7), None, None),
    ] {
        let mut breaker = in_state(from.clone());
        match event {
            Begins => {
                assert_eq!(breaker.admits(NOW).err(), wait, "{from:?} {event:?}");
                assert_eq!(breaker.circuit, from, "a look changes nothing");
                assert_eq!(breaker.begin(NOW).err(), wait, "{from:?} {event:?}");
            }
            Ends(probe, ended) => {
                assert_eq!(breaker.end(Leave { probe }, ended, NOW), change, "{from:?} {event:?}");
            }
        }
        assert_eq!(breaker.circuit, to, "{from:?} {event:?}");
    }
}

#[test]
fn an_upstream_that_asked_to_be_left_alone_is_called_by_nobody_until_then() {
    for circuit in [closed(0), closed(2), open(NOW - PAUSE)] {
        let mut breaker = in_state(circuit);
        breaker.hold(7, NOW);
        // The longer one counts.
        breaker.hold(2, NOW + 1);
        assert_eq!(breaker.begin(NOW + 6), Err(1));
        assert!(breaker.begin(NOW + 7).is_ok());
        assert_eq!(breaker.busy, None);
    }
    // While it is open for longer than that, that counts.
    let mut breaker = in_state(open(NOW));
    breaker.hold(2, NOW);
    assert_eq!(breaker.admits(NOW + 1), Err(9));
    // Nor is it asked by a probe before.
    breaker.hold(60, NOW + 1);
    assert_eq!(breaker.begin(NOW + PAUSE), Err(51));
}

#[test]
fn being_asked_to_wait_is_an_answer_and_closes_it() {
    let mut breaker = in_state(open(NOW - PAUSE));
    let probe = breaker.begin(NOW).unwrap();
    assert_eq!(breaker.end(probe, Ended::Answered, NOW), Some(Change::Closed));
    breaker.hold(3, NOW);
    assert_eq!(breaker.admits(NOW), Err(3));
    let (one, other) = (breaker.begin(NOW + 3), breaker.begin(NOW + 3));
    assert!(one.is_ok() && other.is_ok(), "all may call again");
}

#[test]
fn a_clock_that_is_set_back_prolongs_no_pause_beyond_its_length() {
    let mut breaker = in_state(open(NOW));
    breaker.hold(20, NOW);
    let back = NOW - 86_400;
    assert_eq!(breaker.admits(back), Err(20));
    assert_eq!(breaker.admits(back + 10), Err(10));
    assert!(breaker.begin(back + 20).is_ok());
}

/// One step of a story.
#[derive(Clone, Debug)]
enum Step {
    Begin,
    /// The n-th call that is still under way ends.
    End(usize, Ended),
    Hold(u64),
    Pass(u64),
    /// The clock is set back.
    Back(u64),
}

fn step() -> impl Strategy<Value = Step> {
    let ended = prop_oneof![
        Just(Ended::Abandoned),
        Just(Ended::Answered),
        Just(Ended::Failed),
        Just(Ended::Failed),
        Just(Ended::Failed),
    ];
    prop_oneof![
        4 => Just(Step::Begin),
        4 => (0_usize..4, ended).prop_map(|(n, ended)| Step::End(n, ended)),
        1 => (1_u64..30).prop_map(Step::Hold),
        2 => (0_u64..15).prop_map(Step::Pass),
        1 => (1_u64..100).prop_map(Step::Back),
    ]
}

proptest! {
    /// Whatever happens: while it is open one call at most is under way that began since then,
    /// it is told to close by an answer and nothing else, and nobody waits longer than was meant.
    #[test]
    fn an_open_breaker_lets_one_through_at_a_time_and_only_an_answer_closes_it(
        steps in vec(step(), 1..200)
    ) {
        let mut breaker = breaker();
        let mut now = NOW;
        let mut names = 0_u32;
        let mut under_way: Vec<(u32, Leave)> = Vec::new();
        let mut is_open = false;
        let mut probe: Option<u32> = None;
        let mut failed_in_a_row = 0;
        for step in steps {
            match step {
                Step::Begin => match breaker.begin(now) {
                    Ok(leave) => {
                        names += 1;
                        under_way.push((names, leave));
                        if is_open {
                            prop_assert_eq!(probe.replace(names), None, "a second probe");
                        }
                    }
                    Err(wait) => prop_assert!((1..=30).contains(&wait)),
                },
                Step::End(n, ended) if n < under_way.len() => {
                    let (name, leave) = under_way.remove(n);
                    let change = breaker.end(leave, ended, now);
                    match ended {
                        Ended::Answered => {
                            prop_assert_eq!(change, is_open.then_some(Change::Closed));
                            (is_open, probe, failed_in_a_row) = (false, None, 0);
                        }
                        Ended::Failed if !is_open => {
                            failed_in_a_row += 1;
                            is_open = failed_in_a_row == 3;
                            prop_assert_eq!(change, is_open.then_some(Change::Opened));
                        }
                        Ended::Failed | Ended::Abandoned => {
                            prop_assert_eq!(change, None);
                            probe = probe.filter(|&probe| probe != name);
                        }
                    }
                }
                Step::End(..) => {}
                Step::Hold(seconds) => breaker.hold(seconds, now),
                Step::Pass(seconds) => now += seconds,
                Step::Back(seconds) => now -= seconds,
            }
        }
        // However it went, waiting helps, unless a probe is still under way.
        prop_assert!(probe.is_some() || breaker.begin(now + 30 + 100 * 200).is_ok());
    }
}
