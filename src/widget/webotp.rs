//! WebOTP: the browser reads the code out of a text message that names the site's origin.
//!
//! A convenience that most browsers lack and any of them may refuse: whatever goes wrong is quiet,
//! and the visitor types. In a frame it needs `allow="otp-credentials"`.

use std::cell::Cell;
use std::rc::Rc;

use js_sys::{Array, Promise};
use wasm_bindgen::prelude::*;
use web_sys::AbortController;

use crate::bindings::{Chain, Dict, get};
use crate::endpoint::callback;
use crate::shell::Shell;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch, js_namespace = ["navigator", "credentials"], js_name = get)]
    fn credential(options: &Dict) -> Result<Promise, JsValue>;
}

thread_local! {
    /// A page has one request of this kind at a time: a second one takes the first one's place.
    static LIVE: Cell<Option<(u32, AbortController)>> = const { Cell::new(None) };
    static LAST: Cell<u32> = const { Cell::new(0) };
}

/// One element's ear for the text message. Dropping it is the end of its request.
#[derive(Default)]
pub(crate) struct Ear {
    /// The request that was made for it, if it listens.
    listens: Cell<Option<u32>>,
}

impl Ear {
    /// Listens, or stops listening.
    pub(crate) fn listen(&self, shell: &Rc<Shell>, wanted: bool) {
        if !wanted {
            self.stop();
        } else if self.listens.get().is_none() && is_known(shell) {
            self.start(shell);
        }
    }

    fn start(&self, shell: &Rc<Shell>) {
        let Ok(controller) = AbortController::new() else { return };
        let request = LAST.get().wrapping_add(1);
        LAST.set(request);
        let otp = Dict::new();
        otp.set("transport", &Array::of1(&"sms".into()));
        let options = Dict::new();
        options.set("otp", &otp);
        options.set("signal", &controller.signal());
        end(LIVE.replace(Some((request, controller))));
        self.listens.set(Some(request));
        let Ok(promise) = credential(&options) else { return };
        let me = Rc::downgrade(shell);
        let come = callback(move |credential: JsValue| {
            let code = get(&credential, "code").ok().and_then(|code| code.as_string());
            // It may have come just when nobody waited for it any more.
            let waits = |shell: &Rc<Shell>| shell.ear.listens.get() == Some(request);
            if let (Some(shell), Some(code)) = (me.upgrade().filter(waits), code) {
                shell.filled(&code, "webotp");
            }
            Ok(JsValue::UNDEFINED)
        });
        let me = Rc::downgrade(shell);
        // Another element has taken its place, or the browser will not: it may be asked again.
        let nothing = callback(move |_| {
            let waits = |shell: &Rc<Shell>| shell.ear.listens.get() == Some(request);
            if let Some(shell) = me.upgrade().filter(waits) {
                shell.ear.listens.take();
            }
            Ok(JsValue::UNDEFINED)
        });
        let _ = promise.unchecked_into::<Chain>().next(&come, &nothing);
    }

    pub(crate) fn stop(&self) {
        let mine = self.listens.take();
        match LIVE.take() {
            Some(live) if Some(live.0) == mine => end(Some(live)),
            other => LIVE.set(other),
        }
    }
}

impl Drop for Ear {
    fn drop(&mut self) {
        self.stop();
    }
}

fn end(live: Option<(u32, AbortController)>) {
    if let Some((_, controller)) = live {
        controller.abort();
    }
}

fn is_known(shell: &Shell) -> bool {
    let window = shell.host.page().window();
    let known = window.and_then(|window| get(&window, "OTPCredential").ok());
    known.is_some_and(|known| !known.is_undefined())
}
