//! What `element.js` calls: one [`Widget`] for each `<mfa-code>` in the page.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{Promise, TypeError};
use mfa_core::flow::{Event, Interaction, Phase};
use mfa_core::view::Action;
use mfa_core::{Channel, wire};
use wasm_bindgen::prelude::*;

use crate::attributes::text;
use crate::bindings::{EntryEvent, Parts, Target};
use crate::clock::now;
use crate::form;
use crate::from_js::from_js;
use crate::listener::Listener;
use crate::shell::Shell;
use crate::to_js::object;
use crate::typing;

/// One code entry in the page. Freeing it ends its request, its timer and its listeners.
#[wasm_bindgen]
pub struct Widget {
    // Before the shell, so that nothing is heard while that is dropped.
    _listeners: Vec<Listener>,
    /// What is heard of the form: before anybody else, and wherever the element is moved to.
    around: RefCell<Vec<Listener>>,
    /// What is heard of the field, which the page may replace.
    field_listeners: RefCell<Vec<Listener>>,
    shell: Rc<Shell>,
}

/// The page keeps the success for the other tabs when the element goes without the page.
impl Drop for Widget {
    fn drop(&mut self) {
        self.shell.on_page_hide();
        self.shell.end();
    }
}

/// The events' places in `element.js`'s list.
pub(crate) mod kind {
    pub(crate) const INPUT: u32 = 0;
    pub(crate) const PASTE: u32 = 1;
    pub(crate) const CLICK: u32 = 2;
    pub(crate) const INVALID: u32 = 3;
    pub(crate) const SELECTIONCHANGE: u32 = 4;
    pub(crate) const FOCUSIN: u32 = 5;
    pub(crate) const FOCUSOUT: u32 = 6;
    pub(crate) const ONLINE: u32 = 7;
    pub(crate) const CHANGE: u32 = 8;
    pub(crate) const SUBMIT: u32 = 9;
    pub(crate) const BEFOREINPUT: u32 = 10;
    pub(crate) const COMPOSITIONEND: u32 = 11;
    pub(crate) const PAGESHOW: u32 = 12;
    pub(crate) const PAGEHIDE: u32 = 13;
    pub(crate) const VISIBILITYCHANGE: u32 = 14;
    pub(crate) const STORAGE: u32 = 15;
    pub(crate) const COMPOSITIONSTART: u32 = 16;
    /// No event of the page: a script has set the field's `value`.
    pub(crate) const VALUE: u32 = 17;
    pub(crate) const MOUSEDOWN: u32 = 18;
    pub(crate) const KEYDOWN: u32 = 19;
    pub(crate) const KEYUP: u32 = 20;
}

#[wasm_bindgen]
impl Widget {
    /// Brings an element to life: what was typed before is kept.
    #[wasm_bindgen(constructor)]
    pub fn new(parts: &Parts) -> Self {
        let shell = Shell::new(parts);
        let names = parts.events();
        let mut listeners = Vec::new();
        let mut hear = |target: &Target, kind: u32| {
            listeners.push(Listener::new(target, names.get(kind), &shell.host, false));
        };
        hear(&shell.host, kind::INVALID);
        let page = shell.host.page();
        hear(&page, kind::SELECTIONCHANGE);
        hear(&page, kind::VISIBILITYCHANGE);
        if let Some(window) = page.window() {
            for kind in [kind::ONLINE, kind::PAGESHOW, kind::PAGEHIDE, kind::STORAGE] {
                hear(&window, kind);
            }
        }
        for button in shell.paint.pressable() {
            hear(button, kind::CLICK);
            hear(button, kind::MOUSEDOWN);
        }
        let widget = Self {
            _listeners: listeners,
            around: RefCell::default(),
            field_listeners: RefCell::default(),
            shell,
        };
        widget.listen_to_field();
        widget.moved();
        widget
    }

    /// Takes over what was typed before, and what the page before has left. Once, when the page
    /// can already be told.
    pub fn begin(&self) {
        let shell = &self.shell;
        // The visitor may have typed while the module was on its way.
        let seen = shell.entry.read(shell.format());
        shell.configure();
        if shell.host.matches(":disabled") {
            self.disable(true);
        }
        let was_verified = shell.remember();
        if shell.phase() == Phase::Idle {
            // One that was confirmed is used up.
            if let Some(id) = text(&shell.host, "interaction").filter(|_| !was_verified) {
                self.given(id);
            } else if shell.host.has_attribute("autostart") {
                let channel = shell.flow(|flow| flow.channels().preferred);
                shell.dispatch(Event::Asked { channel });
            }
        } else if shell.entry.focus.has_typed() {
            shell.complete("typing", true);
        }
        if let Some(why) = seen.dropped {
            shell.dispatch(Event::Dropped { why });
        }
    }

    /// The module has failed: nothing of this element does anything any more.
    pub fn end(&self) {
        self.shell.end();
    }

    /// One DOM event, by its place in the list.
    pub fn handle(&self, kind: u32, event: &EntryEvent) {
        let shell = &self.shell;
        match kind {
            kind::CLICK if !shell.is_of_field(event) => self.pressed(event),
            // A button that does nothing now takes no focus from who has it: a second click of two
            // lands on it.
            kind::MOUSEDOWN if !shell.is_of_field(event) => {
                if event.current_target().is_some_and(|it| shell.paint.action_of(&it).is_none()) {
                    event.prevent_default();
                }
            }
            kind::INVALID => shell.on_invalid(event),
            kind::ONLINE => shell.dispatch(Event::Online),
            // A receipt is good once: who comes back to this page starts over.
            kind::PAGESHOW if self.is_verified() && event.persisted() == Some(true) => self.reset(),
            // The browser may have put back what was typed before.
            kind::PAGESHOW => shell.restored(),
            kind::PAGEHIDE => {
                shell.entry.focus.forget_typing();
                shell.on_page_hide();
            }
            kind::STORAGE => shell.overhear(event),
            kind::SUBMIT => shell.on_submit(event),
            kind::KEYDOWN => shell.on_key(event.repeat() == Some(true)),
            kind::KEYUP => shell.on_key(false),
            // The timer may have slept with the page, and only a page in sight reads messages.
            kind::VISIBILITYCHANGE => shell.dispatch(Event::Woke),
            _ => shell.edited(kind, event),
        }
    }

    /// Attributes or properties changed.
    pub fn configure(&self) {
        self.shell.configure();
    }

    /// The element stands somewhere else in the page.
    pub fn moved(&self) {
        let host = &self.shell.host;
        let names = self.shell.parts.events();
        let hear = |kind| Listener::new(&host.root(), names.get(kind), host, true);
        // First the old ones: the page keeps one of two that are alike, and drops it once.
        self.around.take();
        let kinds = [kind::CLICK, kind::SUBMIT, kind::KEYDOWN, kind::KEYUP];
        self.around.replace(kinds.map(hear).into());
    }

    /// The page has changed what stands in the element, or its attributes; `element.js` has put the
    /// parts in order again. `is_damaged` if something of ours was gone.
    pub fn heal(&self, is_damaged: bool) {
        let shell = &self.shell;
        if is_damaged && shell.has_sent_receipt() {
            // A form that the server sends again has not taken the receipt.
            self.reset();
        }
        if !shell.entry.field().loose_eq(&shell.parts.field()) {
            self.field_listeners.take();
        }
        shell.heal(is_damaged);
        if self.field_listeners.borrow().is_empty() {
            self.listen_to_field();
        }
    }

    /// The form, or a fieldset around it, was switched off or on.
    pub fn disable(&self, disabled: bool) {
        self.shell.dispatch(if disabled { Event::Disabled } else { Event::Enabled });
    }

    /// Asks for a token, by the preferred way if none is named. Rejects with a `TypeError` for
    /// a channel that is neither `sms` nor `call`, such as the event of a click.
    pub fn start(&self, channel: JsValue) -> Promise {
        self.ask(channel, self.shell.flow(|flow| flow.channels().preferred))
    }

    /// Asks for another token, by the same way as before if none is named. Rejects as
    /// [`start`](Self::start) does.
    pub fn resend(&self, channel: JsValue) -> Promise {
        let before = self.shell.flow(|flow| {
            flow.interaction().map_or(flow.channels().preferred, |interaction| interaction.channel)
        });
        self.ask(channel, before)
    }

    /// Verifies what the field holds, as Enter does.
    pub fn verify(&self) -> Promise {
        self.shell.submit();
        self.shell.settled()
    }

    /// Starts over.
    pub fn reset(&self) {
        self.shell.clear_submission();
        self.shell.dispatch(Event::Reset);
    }

    /// What the form posts for the element now.
    pub fn value(&self) -> Option<String> {
        self.shell.flow(|flow| form::value(flow).map(String::from))
    }

    /// The read-only snapshot behind the element's `state`.
    pub fn state(&self) -> JsValue {
        self.shell.state()
    }
}

impl Widget {
    fn listen_to_field(&self) {
        let shell = &self.shell;
        let (field, names) = (shell.entry.field(), shell.parts.events());
        let hear = |kind| Listener::new(&field, names.get(kind), &shell.host, false);
        self.field_listeners.replace(typing::HEARD.map(hear).into());
    }

    /// The site's backend started the interaction itself.
    fn given(&self, id: String) {
        let shell = &self.shell;
        shell.answer.set(object(&[("id", id.as_str().into()), ("success", true.into())]).into());
        let answer = wire::StartAnswer { id, success: true, ..wire::StartAnswer::default() };
        let read = shell.flow(|flow| {
            Interaction::read(answer, flow.channels().preferred, flow.settings(), now())
        });
        match read {
            Ok(interaction) => shell.dispatch(Event::Given { interaction }),
            // Asking is what says what is wrong with the attributes, and sends nothing then.
            Err(_) => shell.dispatch(Event::Asked { channel: Channel::Sms }),
        }
    }

    fn pressed(&self, event: &EntryEvent) {
        let shell = &self.shell;
        // A press is another task than the one in which the focus went.
        shell.entry.focus.end_of_task();
        let Some(target) = event.current_target() else { return };
        let action = shell.paint.action_of(&target);
        if action.is_some() {
            shell.pressed.set(Some(target.unchecked_into()));
        }
        match action {
            Some(Action::Ask { channel, .. }) => shell.dispatch(Event::Asked { channel }),
            Some(Action::Retry) => shell.dispatch(Event::Retried),
            Some(Action::ReadBack) => {
                shell.dispatch(Event::ReadBack);
                shell.paint.say_status();
            }
            None => {
                if let Some(by) = shell.submitter(event) {
                    shell.on_press(Some(by), event.detail());
                }
            }
        }
    }

    fn is_verified(&self) -> bool {
        self.shell.phase() == Phase::Verified
    }

    fn ask(&self, channel: JsValue, otherwise: Channel) -> Promise {
        let Ok(channel) = from_js::<Option<Channel>>(channel) else {
            return Promise::reject(&wrong_channel());
        };
        self.shell.dispatch(Event::Asked { channel: channel.unwrap_or(otherwise) });
        self.shell.settled()
    }
}

/// The page's own mistake.
pub(crate) fn wrong_channel() -> JsValue {
    TypeError::new("channel must be \"sms\" or \"call\"").into()
}
