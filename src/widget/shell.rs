//! Between one element and its flow: feeds events in, carries effects out.

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

use js_sys::{Function, Promise};
use mfa_core::flow::{
    Effect, Event, Flow, Instant, Interaction, Key, Outcome, Phase, Refusal, RequestId,
};
use mfa_core::view::View;
use mfa_core::wire::StartRequest;
use mfa_core::{Token, TokenFormat};
use wasm_bindgen::prelude::*;
use web_sys::AbortController;

use crate::attributes::{settings, text};
use crate::bindings::{Element, Host, Internals, Parts, console_error};
use crate::endpoint::{Endpoint, Then, fresh_key};
use crate::entry::Entry;
use crate::form::{self, Submission};
use crate::memory;
use crate::paint::{Occasion, Paint};
use crate::strings::Strings;
use crate::tell;
use crate::timer::Timer;
use crate::webotp::Ear;

/// One `<mfa-code>` that is alive. Dropping it is the whole clean-up: listeners, timer and
/// request are fields, and whatever comes back later holds a [`Weak`].
pub(crate) struct Shell {
    me: Weak<Self>,
    pub(crate) parts: Parts,
    pub(crate) host: Host,
    pub(crate) internals: Internals,
    pub(crate) entry: Entry,
    pub(crate) paint: Paint,
    flow: RefCell<Flow>,
    inbox: Cell<Vec<Event>>,
    draining: Cell<bool>,
    in_flight: Cell<Option<InFlight>>,
    /// The `Idempotency-Key` of the newest intention.
    pub(crate) key: Cell<Option<(Key, String)>>,
    timer: Timer,
    /// Calls when the browser is done with the event that is under way.
    pub(crate) end_of_task: Timer,
    /// What the endpoint answered to the newest start, as it came.
    pub(crate) answer: Cell<JsValue>,
    /// The sign-in that it was asked for.
    pub(crate) sign_in: RefCell<Option<String>>,
    pub(crate) ear: Ear,
    pub(crate) submission: Submission,
    /// The button that the visitor pressed last.
    pub(crate) pressed: Cell<Option<Element>>,
    /// Calls of the page that want to know how it came out.
    waiting: Cell<Vec<Function>>,
    /// Nothing is to be done any more: the element is gone, or the module has failed.
    ended: Cell<bool>,
}

struct InFlight {
    request: RequestId,
    controller: Option<AbortController>,
}

impl Drop for InFlight {
    fn drop(&mut self) {
        if let Some(controller) = &self.controller {
            // Without a reason: what else a fetch can reject with is not ours to know.
            controller.abort();
        }
    }
}

impl InFlight {
    fn forget(mut self) {
        self.controller = None;
    }
}

impl Shell {
    pub(crate) fn new(parts: &Parts) -> Rc<Self> {
        let host = parts.host();
        let flow = Flow::new(settings(&host));
        Rc::new_cyclic(|me: &Weak<Self>| {
            let (waker, at_end) = (me.clone(), me.clone());
            Self {
                me: me.clone(),
                parts: parts.clone(),
                internals: parts.internals(),
                entry: Entry::new(parts.field()),
                paint: Paint::new(parts),
                flow: RefCell::new(flow),
                inbox: Cell::default(),
                draining: Cell::default(),
                in_flight: Cell::default(),
                key: Cell::default(),
                timer: Timer::new(move || {
                    if let Some(shell) = waker.upgrade() {
                        // Armed again when this is done. If the module fails in it, it is not.
                        shell.timer.arm(None);
                        shell.dispatch(Event::Woke);
                    }
                }),
                end_of_task: Timer::new(move || {
                    if let Some(shell) = at_end.upgrade() {
                        shell.end_of_task.arm(None);
                        shell.entry.end_of_task();
                        shell.end_press();
                    }
                }),
                answer: Cell::default(),
                sign_in: RefCell::default(),
                ear: Ear::default(),
                submission: Submission::default(),
                pressed: Cell::default(),
                waiting: Cell::default(),
                ended: Cell::default(),
                host,
            }
        })
    }

    /// Feeds one event in and carries its effects out, first come first served.
    ///
    /// Writing to the page can fire DOM events that land here again; those only queue. Nothing
    /// is borrowed while the page is written to or told.
    pub(crate) fn dispatch(&self, event: Event) {
        let mut inbox = self.inbox.take();
        inbox.push(event);
        self.inbox.set(inbox);
        if self.ended.get() || self.draining.replace(true) {
            return;
        }
        loop {
            let inbox = self.inbox.take();
            if inbox.is_empty() {
                break;
            }
            inbox.into_iter().for_each(|event| self.step(event));
        }
        self.draining.set(false);
        let now = now();
        let wake_at = self.flow(|flow| flow.wake_at(now));
        self.timer.arm(wake_at.map(|at| at.0.saturating_sub(now.0)));
        self.listen();
        self.settle();
    }

    /// Listens for the text message as long as it is wanted and the page is looked at.
    fn listen(&self) {
        let wanted = self.flow(Flow::awaits_message) && !self.host.page().hidden();
        if let Some(me) = self.me.upgrade() {
            self.ear.listen(&me, wanted);
        }
    }

    fn step(&self, event: Event) {
        let from = self.phase();
        // Before anything is borrowed: a page may have a clock of its own.
        let now = now();
        let effects = self.flow.borrow_mut().update(event, now);
        self.repaint();
        let to = self.phase();
        if from != to {
            self.revalidate();
            let detail = [("from", from.as_str().into()), ("to", to.as_str().into())];
            tell::fire(&self.host, "mfa-statechange", false, &detail);
        }
        effects.into_iter().for_each(|effect| self.run(effect));
        // What was refused here may have been sent to another tab meanwhile.
        let is_refused = from == Phase::Sending && to == Phase::Idle;
        if from == to || is_refused && self.hear(&self.left()) {
            return;
        }
        // A success in a form is told when the page is left: see `leave_word`.
        if to != Phase::Verified || self.internals.form().is_none() {
            self.leave_word();
        }
    }

    /// Ends it: the request, the timer and what waits for them. What is borrowed stays untouched,
    /// since the module may have failed in the middle of anything.
    pub(crate) fn end(&self) {
        self.ended.set(true);
        self.timer.arm(None);
        self.end_of_task.arm(None);
        self.paint.slots.rest();
        self.ear.stop();
        drop(self.in_flight.take());
        for resolve in self.waiting.take() {
            let _ = resolve.call0(&JsValue::UNDEFINED);
        }
    }

    /// Reads the flow.
    pub(crate) fn flow<T>(&self, read: impl FnOnce(&Flow) -> T) -> T {
        read(&self.flow.borrow())
    }

    pub(crate) fn phase(&self) -> Phase {
        self.flow(Flow::phase)
    }

    pub(crate) fn format(&self) -> TokenFormat {
        self.flow(Flow::format)
    }

    /// Takes the attributes and properties over as they are now.
    pub(crate) fn configure(&self) {
        let settings = settings(&self.host);
        let groups = text(&self.host, "groups").unwrap_or_default();
        self.paint.slots.configure(groups, settings.masked);
        self.paint.forget_words();
        self.flow.borrow_mut().configure(settings);
        self.repaint();
        self.revalidate();
    }

    /// Has the parts as they were before the page changed them.
    pub(crate) fn heal(&self, is_damaged: bool) {
        let root = self.host.root().unchecked_into::<Element>();
        // Who has gone on meanwhile stays there.
        let takes_focus = root.all(":focus").length() == 0;
        let seen = self.entry.adopt(self.parts.field(), is_damaged, takes_focus, self.format());
        self.paint.adopt(&self.parts);
        self.repaint();
        self.revalidate();
        if seen.changed {
            self.seen(seen, "api");
        }
    }

    /// Paints what the flow says and the field holds.
    pub(crate) fn repaint(&self) {
        let now = now();
        // Copies: nothing is borrowed while the page is written to.
        let (view, to, summary) = self.flow(|flow| {
            let of = |read: fn(&Interaction) -> &Option<String>| read(flow.interaction()?).clone();
            (View::of(flow, now), of(|it| &it.to), of(|it| &it.summary))
        });
        let (code, read_only) = (self.entry.text(), self.host.has_attribute("readonly"));
        self.paint.view(&view, &self.strings(), Occasion { now, to, summary, code, read_only });
        self.entry.fit(view.format);
        self.entry.paint(&self.paint, view.format);
    }

    /// Hands the form what it may post, and says whether it may post yet.
    pub(crate) fn revalidate(&self) {
        let value = self.flow(|flow| form::value(flow).map(String::from));
        self.internals.set_form_value(value.as_deref());
        let required = self.host.has_attribute("required");
        let held_back = self.flow(|flow| form::is_held_back(flow, required));
        let message = self.strings().required();
        form::hold_back(&self.internals, held_back, &message, &self.entry.field());
    }

    /// Resolves with the element's state once no request is in flight any more.
    pub(crate) fn settled(&self) -> Promise {
        Promise::new(&mut |resolve, _| {
            let mut waiting = self.waiting.take();
            waiting.push(resolve);
            self.waiting.set(waiting);
            self.settle();
        })
    }

    fn settle(&self) {
        let in_flight = self.in_flight.take();
        let busy = in_flight.is_some() || self.draining.get();
        self.in_flight.set(in_flight);
        if busy {
            return;
        }
        for resolve in self.waiting.take() {
            // What settles a promise does not throw.
            let _ = resolve.call1(&JsValue::UNDEFINED, &self.state());
        }
    }

    /// The read-only snapshot.
    pub(crate) fn state(&self) -> JsValue {
        self.flow(|flow| tell::state(flow, now()))
    }

    fn run(&self, effect: Effect) {
        match effect {
            Effect::Abort { .. } => drop(self.in_flight.take()),
            Effect::ClearField => {
                self.entry.clear();
                self.repaint();
            }
            Effect::FocusField => {
                // From the button that was pressed, which in some browsers takes no focus. Who has
                // gone on meanwhile stays there.
                let root = self.host.root().unchecked_into::<Element>();
                let is_there =
                    |button: Element| button.matches(":focus") || root.all(":focus").length() == 0;
                if self.pressed.take().is_some_and(is_there) {
                    self.entry.field().focus();
                }
            }
            Effect::ReadField => self.complete("api", true),
            Effect::SelectField => {
                if self.host.matches(":focus-within") {
                    self.entry.select();
                }
            }
            Effect::Send { request, key, channel, previous } => {
                let body = StartRequest {
                    ticket: text(&self.host, "ticket"),
                    to: text(&self.host, "to"),
                    previous: previous.map(|id| id.as_str().into()),
                };
                self.sign_in.replace(memory::sign_in_of(&self.host));
                if let Some(endpoint) = self.endpoint(request) {
                    // Settles once all is done; who waits for it waits in `waiting`.
                    let _ =
                        endpoint.start(request, channel, &self.key(key), &body, self.then(request));
                }
            }
            Effect::Tell(outcome) => {
                tell::outcome(&self.host, &outcome);
                if matches!(outcome, Outcome::Verified { .. }) {
                    self.submit_form();
                }
            }
            Effect::Verify { request, key, id, token } => {
                if !tell::fire(&self.host, "mfa-verify", true, &[]) {
                    self.dispatch(Event::Vetoed { request });
                } else if let Some(endpoint) = self.endpoint(request) {
                    let (id, key) = (id.as_str(), self.key(key));
                    let _ = endpoint.verify(request, id, &key, &token, self.then(request));
                }
            }
        }
    }

    /// Offers what the field holds to the flow, if it is a whole token and the page has nothing
    /// against it. One that is perhaps not what is meant waits for the visitor.
    pub(crate) fn complete(&self, source: &str, is_meant: bool) {
        let Ok(token) = Token::parse(&self.entry.text(), self.format()) else { return };
        if tell::fire(&self.host, "mfa-complete", true, &[("source", source.into())]) {
            self.dispatch(if is_meant {
                Event::Completed { token }
            } else {
                Event::Corrected { token }
            });
        }
    }

    /// Where this request goes; a page that names no endpoint is told so.
    fn endpoint(&self, request: RequestId) -> Option<Endpoint> {
        let Some(base) = text(&self.host, "endpoint") else {
            console_error(
                "mfa-code:",
                "the attribute `endpoint` is missing, e.g. endpoint=\"/mfa\"",
            );
            self.dispatch(Event::Refused { request, refusal: Refusal::Misconfigured });
            return None;
        };
        let controller = AbortController::new().ok();
        let signal = controller.as_ref().map(AbortController::signal);
        self.in_flight.set(Some(InFlight { request, controller }));
        Some(Endpoint { base, headers: self.host.headers(), signal })
    }

    /// What to do with what comes back from the endpoint, if the element is still there.
    fn then(&self, request: RequestId) -> Then {
        let me = self.me.clone();
        Box::new(move |event, body| {
            if let Some(shell) = me.upgrade() {
                shell.answered(request);
                if matches!(event, Event::Sent { .. }) {
                    shell.answer.set(body);
                }
                shell.dispatch(event);
            }
            Ok(JsValue::UNDEFINED)
        })
    }

    fn answered(&self, request: RequestId) {
        let newest = self.in_flight.take();
        match newest {
            // It has ended: there is nothing to abort.
            Some(done) if done.request == request => done.forget(),
            other => self.in_flight.set(other),
        }
    }

    fn key(&self, key: Key) -> String {
        let text = match self.key.take() {
            Some((known, text)) if known == key => text,
            _ => fresh_key(),
        };
        self.key.set(Some((key, text.clone())));
        text
    }

    fn strings(&self) -> Strings {
        Strings::of(&self.parts)
    }
}

thread_local! {
    /// What the clock said last, and how far it has been set back since the page began.
    static CLOCK: Cell<(u64, u64)> = const { Cell::new((0, 0)) };
}

/// The wall clock, in milliseconds: it goes on while the device sleeps. Only differences count,
/// so a wrong one does no harm; one that is set back meanwhile goes on from where it was.
pub(crate) fn now() -> Instant {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "after 1970")]
    let said = js_sys::Date::now() as u64;
    let (last, back) = CLOCK.get();
    let back = back + last.saturating_sub(said);
    CLOCK.set((said, back));
    Instant(said + back)
}
