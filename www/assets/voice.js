// The voice of a call: the browser's own speech, where it has one.

const KEPT = "harbor-muted";

/** A browser may forbid storage; then the choice lasts as long as the page. */
function stored(choice) {
  try {
    if (choice !== undefined) sessionStorage.setItem(KEPT, choice);
    return sessionStorage.getItem(KEPT) === "true";
  } catch {
    return choice ?? false;
  }
}

let muted = stored();

export const speaker = {
  available: "speechSynthesis" in window,

  get muted() {
    return muted;
  },

  set muted(choice) {
    muted = choice;
    stored(choice);
    if (choice) this.stop();
  },

  /** Reads the words, then the token one character at a time, twice. `talks` hears true, then false. */
  read(words, token, talks) {
    if (!this.available || muted) return;
    this.stop();
    // A code tells capitals from small letters; a voice does not by itself.
    const slowly = [...token].map((c) => (/[A-Z]/.test(c) ? `capital ${c}` : c)).join(", ");
    const said = new SpeechSynthesisUtterance(`${words} ${slowly}. Again: ${slowly}.`);
    said.lang = "en";
    said.rate = 0.9;
    said.onstart = () => talks(true);
    said.onend = said.onerror = () => talks(false);
    speechSynthesis.speak(said);
  },

  stop() {
    if (this.available) speechSynthesis.cancel();
  },
};

addEventListener("pagehide", () => speaker.stop());
