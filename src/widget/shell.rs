//! Between one element and its flow: feeds events in, carries effects out.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::{Rc, Weak};

use js_sys::Function;
use mfa_core::Token;
use mfa_core::flow::{Effect, Event, Flow, Instant, Key, Outcome, RequestId};
use mfa_core::view::View;
use mfa_core::wire::StartRequest;
use wasm_bindgen::prelude::*;
use web_sys::AbortController;

use crate::attributes::{settings, text};
use crate::bindings::{Host, Internals, Parts, console_error};
use crate::endpoint::{Endpoint, fresh_key};
use crate::entry::Entry;
use crate::form;
use crate::paint::Paint;
use crate::strings::Strings;
use crate::tell::{self, Detail};
use crate::timer::Timer;

/// One `<mfa-code>` that is alive. Dropping it is the whole clean-up: listeners, timer and
/// request are fields, and whatever comes back later holds a [`Weak`].
pub(crate) struct Shell {
    me: Weak<Self>,
    pub(crate) host: Host,
    internals: Internals,
    pub(crate) entry: Entry,
    pub(crate) paint: Paint,
    flow: RefCell<Flow>,
    inbox: RefCell<VecDeque<Event>>,
    draining: Cell<bool>,
    in_flight: RefCell<Option<InFlight>>,
    /// The `Idempotency-Key` of the newest intention.
    key: RefCell<Option<(Key, String)>>,
    timer: Timer,
    /// The visitor submitted the form; it goes on once the code is right.
    pub(crate) submitting: Cell<bool>,
    /// Calls of the page that want to know how it came out.
    waiting: RefCell<Vec<Function>>,
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

impl Shell {
    pub(crate) fn new(parts: &Parts) -> Rc<Self> {
        let host = parts.host();
        let flow = Flow::new(settings(&host));
        Rc::new_cyclic(|me: &Weak<Self>| {
            let waker = me.clone();
            Self {
                me: me.clone(),
                internals: parts.internals(),
                entry: Entry::new(parts.field()),
                paint: Paint::new(parts),
                flow: RefCell::new(flow),
                inbox: RefCell::default(),
                draining: Cell::default(),
                in_flight: RefCell::default(),
                key: RefCell::default(),
                timer: Timer::new(move || {
                    if let Some(shell) = waker.upgrade() {
                        shell.dispatch(Event::Woke);
                    }
                }),
                submitting: Cell::default(),
                waiting: RefCell::default(),
                host,
            }
        })
    }

    /// Feeds one event in and carries its effects out, first come first served.
    ///
    /// Writing to the page can fire DOM events that land here again; those only queue.
    pub(crate) fn dispatch(&self, event: Event) {
        self.inbox.borrow_mut().push_back(event);
        if self.draining.replace(true) {
            return;
        }
        loop {
            // Not `while let`: that would hold the borrow through the body.
            let Some(event) = self.inbox.borrow_mut().pop_front() else {
                break;
            };
            let from = self.flow(Flow::phase);
            let effects = self.flow.borrow_mut().update(event, now());
            self.repaint();
            let to = self.flow(Flow::phase);
            if from != to {
                form::set_value(&self.internals, &self.flow.borrow());
                self.revalidate();
                let (from, to) = (Some(from.as_str()), Some(to.as_str()));
                let detail = Detail { from, to, ..Detail::default() };
                tell::fire(&self.host, "mfa-statechange", false, &detail);
            }
            effects.into_iter().for_each(|effect| self.run(effect));
        }
        self.draining.set(false);
        let wake_at = self.flow(|flow| flow.wake_at(now()));
        self.timer.arm(wake_at.map(|at| at.0.saturating_sub(now().0)));
        self.settle();
    }

    /// Reads the flow.
    pub(crate) fn flow<T>(&self, read: impl FnOnce(&Flow) -> T) -> T {
        read(&self.flow.borrow())
    }

    /// Takes the attributes and properties over as they are now.
    pub(crate) fn configure(&self) {
        self.flow.borrow_mut().configure(settings(&self.host));
        self.repaint();
        self.revalidate();
    }

    /// Paints what the flow says and the field holds.
    pub(crate) fn repaint(&self) {
        let flow = self.flow.borrow();
        let view = View::of(&flow, now());
        let to = flow.interaction().and_then(|interaction| interaction.to.as_deref());
        let format = view.format;
        self.paint.view(view, &self.strings(), to, self.host.has_attribute("readonly"));
        drop(flow);
        self.entry.fit(format);
        self.entry.paint(&self.paint, format);
    }

    pub(crate) fn revalidate(&self) {
        let required = self.host.has_attribute("required");
        let message = self.strings().required();
        let field = &self.entry.field;
        form::set_validity(&self.internals, &self.flow.borrow(), required, &message, field);
    }

    /// Resolves with the element's state once no request is in flight any more.
    pub(crate) fn settled(&self) -> js_sys::Promise {
        js_sys::Promise::new(&mut |resolve, _| {
            self.waiting.borrow_mut().push(resolve);
            self.settle();
        })
    }

    fn settle(&self) {
        if self.in_flight.borrow().is_some() || self.draining.get() {
            return;
        }
        let waiting = self.waiting.take();
        if waiting.is_empty() {
            return;
        }
        let state = self.state();
        for resolve in waiting {
            let _ = resolve.call1(&JsValue::UNDEFINED, &state);
        }
    }

    /// The read-only snapshot.
    pub(crate) fn state(&self) -> JsValue {
        self.flow(|flow| Detail::of_state(flow, now()).to_js())
    }

    fn run(&self, effect: Effect) {
        match effect {
            Effect::Abort { .. } => drop(self.in_flight.take()),
            Effect::ClearField => {
                self.entry.clear();
                self.repaint();
            }
            Effect::FocusField => {
                if self.has_focus() {
                    let _ = self.entry.field.focus();
                }
            }
            Effect::ReadField => self.complete("api"),
            Effect::SelectField => {
                if self.has_focus() {
                    self.entry.select();
                }
            }
            Effect::Send { request, key, channel, previous } => {
                let body = StartRequest {
                    ticket: text(&self.host, "ticket"),
                    to: text(&self.host, "to"),
                    previous: previous.map(|id| id.as_str().into()),
                };
                let Some(endpoint) = self.endpoint(request) else { return };
                let (key, me) = (self.key(key), self.me.clone());
                let then = move |event| answered(&me, request, event);
                endpoint.start(request, channel, key, &body, then);
            }
            Effect::Tell(outcome) => {
                tell::outcome(&self.host, &outcome);
                if matches!(outcome, Outcome::Verified { .. }) {
                    self.submit_form();
                }
            }
            Effect::Verify { request, key, id, token } => {
                if !tell::fire(&self.host, "mfa-verify", true, &Detail::default()) {
                    return self.dispatch(Event::Vetoed { request });
                }
                let Some(endpoint) = self.endpoint(request) else { return };
                let (key, me) = (self.key(key), self.me.clone());
                let then = move |event| answered(&me, request, event);
                endpoint.verify(request, id.as_str(), key, &token, then);
            }
        }
    }

    /// Offers what the field holds to the flow, if it is a whole token and the page has nothing
    /// against it.
    pub(crate) fn complete(&self, source: &str) {
        let format = self.flow(Flow::format);
        let Ok(token) = Token::parse(&self.entry.text(), format) else { return };
        let detail = Detail { source: Some(source), ..Detail::default() };
        if tell::fire(&self.host, "mfa-complete", true, &detail) {
            self.dispatch(Event::Completed { token });
        }
    }

    /// Where this request goes; a page that names no endpoint is told so.
    fn endpoint(&self, request: RequestId) -> Option<Endpoint> {
        let Some(base) = text(&self.host, "endpoint") else {
            console_error(
                "mfa-code:",
                "the attribute `endpoint` is missing, e.g. endpoint=\"/mfa\"",
            );
            let refusal = mfa_core::flow::Refusal::Misconfigured;
            self.dispatch(Event::Refused { request, refusal });
            return None;
        };
        let controller = AbortController::new().ok();
        let signal = controller.as_ref().map(AbortController::signal);
        self.in_flight.replace(Some(InFlight { request, controller }));
        Some(Endpoint { base, headers: self.host.headers(), signal })
    }

    fn key(&self, key: Key) -> String {
        let mut keys = self.key.borrow_mut();
        match keys.as_ref() {
            Some((known, text)) if *known == key => text.clone(),
            _ => keys.insert((key, fresh_key())).1.clone(),
        }
    }

    fn submit_form(&self) {
        if !self.submitting.replace(false) && !self.host.has_attribute("autosubmit") {
            return;
        }
        if let Some(form) = self.internals.form() {
            let _ = form.request_submit();
        }
    }

    fn has_focus(&self) -> bool {
        self.host.matches(":focus-within").unwrap_or(false)
    }

    fn strings(&self) -> Strings {
        Strings { own: self.host.strings() }
    }
}

/// What came back from the endpoint, if the element is still there.
fn answered(shell: &Weak<Shell>, request: RequestId, event: Event) {
    let Some(shell) = shell.upgrade() else { return };
    {
        let mut in_flight = shell.in_flight.borrow_mut();
        if in_flight.as_ref().is_some_and(|newest| newest.request == request)
            && let Some(mut done) = in_flight.take()
        {
            // It has ended: there is nothing to abort.
            done.controller = None;
        }
    }
    shell.dispatch(event);
}

/// The wall clock, in milliseconds: it goes on while the device sleeps, and only differences
/// count.
pub(crate) fn now() -> Instant {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "after 1970")]
    Instant(js_sys::Date::now() as u64)
}
