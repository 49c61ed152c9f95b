// Keeps a page fresh and sends replies without leaving it. Without this script everything still works by loading pages.
"use strict";

(() => {
  const FRAGMENT = { "X-Fragment": "1" };
  const LEAST_GAP = 350; // milliseconds between two refreshes, however much happens
  const SLOW_REFRESH = 30000; // waiting times grow also when nobody writes
  const LONGEST_RETRY = 20000;
  const ALARM_EVERY = 12000;

  const byId = (id) => document.getElementById(id);
  const chat = document.querySelector("[data-chat]");
  const here = chat ? `/chats/${chat.dataset.chat}${location.search}` : location.href;
  const baseTitle = document.title.replace(/^\(\d+\) /, "");

  // --- parts of the page -------------------------------------------------------------------------------------------

  const scroll = byId("thread-scroll");
  const toNewest = byId("to-newest");
  const nearEnd = () => !scroll || scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 90;
  const toEnd = () => {
    if (scroll) scroll.scrollTop = scroll.scrollHeight;
    if (toNewest) toNewest.hidden = true;
  };

  // As the server sent them; what this script changes in them is no difference.
  const sent = new Map([...document.querySelectorAll("[data-live]")].map((part) => [part.id, part.outerHTML]));

  function show(html) {
    const parsed = new DOMParser().parseFromString(html, "text/html");
    const focused = document.activeElement && document.activeElement.id;
    const before = byId("thread") && byId("thread").lastElementChild && byId("thread").lastElementChild.id;
    const follow = nearEnd();
    for (const part of parsed.querySelectorAll("[data-live]")) {
      const old = byId(part.id);
      if (!old || sent.get(part.id) === part.outerHTML) continue;
      sent.set(part.id, part.outerHTML);
      old.replaceWith(document.importNode(part, true));
    }
    if (focused && byId(focused) && document.activeElement !== byId(focused)) byId(focused).focus({ preventScroll: true });
    const last = byId("thread") && byId("thread").lastElementChild;
    if (follow) toEnd();
    else if (toNewest && last && last.id !== before) toNewest.hidden = false;
    afterChange();
  }

  function afterChange() {
    const count = byId("waiting-count");
    const waiting = count ? Number(count.dataset.title) : 0;
    document.title = (waiting ? `(${waiting}) ` : "") + baseTitle;
    const state = byId("composer-state");
    if (state) {
      const closed = state.dataset.window === "closed";
      byId("reply").disabled = closed;
      byId("send").disabled = closed || sending;
    }
    watchAlarm();
  }

  // --- staying fresh -----------------------------------------------------------------------------------------------

  let running = false;
  let again = false;
  let shownAt = 0;

  // Whoever logs out wants no answer any more.
  const leaving = new AbortController();

  async function refresh() {
    if (leaving.signal.aborted) return;
    if (running) { again = true; return; }
    running = true;
    again = false;
    const wait = LEAST_GAP - (performance.now() - shownAt);
    if (wait > 0) await new Promise((done) => setTimeout(done, wait));
    const sentBefore = sends;
    try {
      const answer = await fetch(here, { headers: FRAGMENT, cache: "no-store", signal: leaving.signal });
      if (answer.status === 401 || answer.status === 403) { location.reload(); return; }
      // An answer from before a reply that was sent meanwhile would take it off the screen again.
      if (answer.ok && sentBefore === sends) show(await answer.text());
    } catch (error) {
      // The stream will say when the desk is back.
    } finally {
      shownAt = performance.now();
      running = false;
      if (again) refresh();
    }
  }

  const live = byId("live");
  let retry = 1000;
  let lost = false;

  let stream = null;

  function listen() {
    stream = new EventSource("/events");
    stream.addEventListener("open", () => {
      retry = 1000;
      if (lost) {
        live.textContent = live.dataset.back;
        live.classList.add("is-back");
        setTimeout(() => { if (!lost) live.hidden = true; }, 2500);
      }
      lost = false;
      refresh(); // what happened while nobody listened
    });
    stream.addEventListener("changed", refresh);
    stream.addEventListener("error", () => {
      stream.close();
      lost = true;
      setTimeout(async () => {
        if (lost) {
          live.textContent = live.dataset.lost;
          live.classList.remove("is-back");
          live.hidden = false;
        }
        if (leaving.signal.aborted) return;
        await refresh(); // finds out whether the session has ended
        listen();
      }, retry);
      retry = Math.min(retry * 2, LONGEST_RETRY);
    });
  }
  addEventListener("pagehide", () => stream.close());

  // --- replying ----------------------------------------------------------------------------------------------------

  let sending = false;
  let sends = 0;
  const composer = byId("composer");
  const draftKey = chat ? `draft:${chat.dataset.chat}` : "";

  function tell(sentence) {
    const problem = byId("problem");
    problem.textContent = sentence || "";
    problem.hidden = !sentence;
  }

  async function send(event) {
    event.preventDefault();
    const box = byId("reply");
    if (sending || !box.value.trim()) return;
    sending = true;
    sends += 1;
    byId("send").disabled = true;
    tell("");
    try {
      const body = new URLSearchParams(new FormData(composer));
      const answer = await fetch(composer.action, { method: "POST", headers: FRAGMENT, body });
      if (answer.status === 401) { location.reload(); return; }
      const html = await answer.text();
      const refused = new DOMParser().parseFromString(html, "text/html").querySelector("[data-problem]");
      if (refused) {
        tell(refused.textContent);
      } else if (answer.ok || answer.status === 422) {
        if (answer.ok) {
          box.value = "";
          sessionStorage.removeItem(draftKey);
        }
        show(html);
        composer.elements.form_id.value = byId("composer-state").dataset.formId;
        if (answer.ok) toEnd();
      } else {
        tell(composer.dataset.notReached);
      }
    } catch (error) {
      // The same form id goes with the next try, so that nothing is said twice.
      tell(composer.dataset.notReached);
    } finally {
      sending = false;
      sends += 1;
      afterChange();
      box.focus({ preventScroll: true });
    }
  }

  if (composer) {
    const box = byId("reply");
    if (!box.value) box.value = sessionStorage.getItem(draftKey) || "";
    box.addEventListener("input", () => sessionStorage.setItem(draftKey, box.value));
    box.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) composer.requestSubmit();
    });
    composer.addEventListener("submit", send);
    scroll.addEventListener("scroll", () => { if (nearEnd()) toNewest.hidden = true; });
    toNewest.addEventListener("click", toEnd);
    addEventListener("resize", toEnd);
  }
  for (const form of document.querySelectorAll("form[data-leaves]")) {
    form.addEventListener("submit", () => {
      leaving.abort();
      stream.close();
      sessionStorage.clear();
    });
  }
  // A second click on a button that does something does it no second time.
  document.addEventListener("submit", (event) => {
    if (event.target === composer || event.target.method !== "post") return;
    if (event.target.dataset.sent) event.preventDefault();
    event.target.dataset.sent = "1";
  });
  addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });

  // --- the alarm ---------------------------------------------------------------------------------------------------

  let audio = null;
  let ringing = null;
  const soundOn = () => localStorage.getItem("alarm-sound") !== "off";

  function watchAlarm() {
    const alarm = byId("alarm");
    const button = byId("alarm-sound");
    if (button) {
      button.hidden = false;
      button.setAttribute("aria-pressed", String(soundOn()));
      button.lastElementChild.textContent = soundOn() ? button.dataset.on : button.dataset.off;
    }
    if (alarm && !alarm.hidden && soundOn()) {
      if (!ringing) { ring(); ringing = setInterval(ring, ALARM_EVERY); }
    } else {
      clearInterval(ringing);
      ringing = null;
    }
  }

  function ring() {
    // Browsers stay silent until somebody touched the page; then the next ring is heard.
    if (!navigator.userActivation || navigator.userActivation.hasBeenActive) {
      audio = audio || new AudioContext();
      for (const [at, tone] of [[0, 880], [0.22, 660], [0.44, 880]]) {
        const note = audio.createOscillator();
        const loudness = audio.createGain();
        note.frequency.value = tone;
        loudness.gain.setValueAtTime(0.12, audio.currentTime + at);
        loudness.gain.exponentialRampToValueAtTime(0.001, audio.currentTime + at + 0.2);
        note.connect(loudness).connect(audio.destination);
        note.start(audio.currentTime + at);
        note.stop(audio.currentTime + at + 0.2);
      }
    }
  }

  document.addEventListener("click", (event) => {
    if (event.target.closest("#alarm-sound")) {
      localStorage.setItem("alarm-sound", soundOn() ? "off" : "on");
      watchAlarm();
    }
  });

  // --- begin -------------------------------------------------------------------------------------------------------

  toEnd();
  afterChange();
  listen();
  setInterval(refresh, SLOW_REFRESH);
})();
