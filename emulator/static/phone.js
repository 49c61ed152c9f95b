// The phone: which patient holds it, what it shows, what they send.

import { bubble, dayOf, rowsOf } from "./bubbles.js";
import { element, plain } from "./text.js";

const FIRST_PATIENT = { wa_id: "966500000001", name: "Mona" };
const $ = (id) => document.getElementById(id);
const phone = { waId: null, stream: null, shown: new Map(), clinic: null, sheetOpener: null };

async function call(method, path, body) {
  const answer = await fetch(`emulator/${path}`, {
    method,
    headers: body ? { "Content-Type": "application/json" } : {},
    body: body ? JSON.stringify(body) : undefined,
  });
  if (!answer.ok) {
    const problem = await answer.json().catch(() => ({}));
    throw new Error(problem.detail || `The emulator answered ${answer.status}`);
  }
  return answer.status === 204 ? null : answer.json();
}

async function trying(work) {
  try {
    return await work();
  } catch (error) {
    say(error.message);
    return null;
  }
}

function say(sentence) {
  const toast = $("toast");
  toast.textContent = sentence;
  toast.hidden = false;
  clearTimeout(say.timer);
  say.timer = setTimeout(() => (toast.hidden = true), 4000);
}

function send(message) {
  const query = phone.clinic ? `?phone_number_id=${encodeURIComponent(phone.clinic.phone_number_id)}` : "";
  return trying(() => call("POST", `patients/${phone.waId}/messages${query}`, message));
}

// --- what the phone shows

const actions = {
  tap: (option) => send({ type: "tap", id: option.id }),
  openList: (message) => openSheet(message),
  shareLocation: (message) =>
    send({
      type: "location",
      context: { id: message.wamid },
      location: { latitude: 24.7136, longitude: 46.6753, name: "Where I am" },
    }),
  find: (wamid) => phone.shown.get(wamid)?.message,
};

function choose(waId) {
  if (phone.waId === waId && phone.stream) return;
  phone.stream?.close();
  phone.waId = waId;
  phone.shown.clear();
  $("messages").replaceChildren();
  closeSheet();
  history.replaceState(null, "", `#${waId}`);
  phone.stream = new EventSource(`emulator/patients/${waId}/stream`);
  phone.stream.addEventListener("phone", (event) => update(JSON.parse(event.data)));
  phone.stream.addEventListener("forgotten", () => restart());
  markChosen();
  showPeople(false);
}

async function restart() {
  phone.stream?.close();
  phone.stream = null;
  await trying(start);
}

function update({ patient, messages, failed }) {
  const atEnd = isAtEnd();
  for (const message of messages) show(message);
  for (const wamid of failed) forget(wamid);
  $("typing").hidden = !patient.typing;
  $("presence").textContent = patient.typing ? "typing…" : "business account";
  group();
  if (atEnd || messages.some((message) => message.from === "patient" && message.status === "sent")) toEnd();
  else if (messages.length) $("latest").hidden = false;
}

function show(message) {
  if (phone.clinic && message.phone_number_id !== phone.clinic.phone_number_id) return;
  const known = phone.shown.get(message.wamid);
  const made = bubble(message, actions);
  if (known) {
    const focused = [...known.element.querySelectorAll("button, a")].indexOf(document.activeElement);
    made.classList.add("settled");
    known.element.replaceWith(made);
    if (focused >= 0) made.querySelectorAll("button, a")[focused]?.focus();
  } else {
    $("messages").append(made);
  }
  phone.shown.set(message.wamid, { message, element: made });
}

function forget(wamid) {
  phone.shown.get(wamid)?.element.remove();
  phone.shown.delete(wamid);
}

/** Day separators, and closer bubbles where one side speaks twice. */
function group() {
  $("messages").querySelectorAll(".day").forEach((day) => day.remove());
  let lastDay = null;
  let lastFrom = null;
  for (const { message, element: item } of phone.shown.values()) {
    const day = dayOf(message.timestamp);
    if (day !== lastDay) {
      const chip = element("div", "day");
      chip.append(element("span", "", day));
      item.before(chip);
      lastFrom = null;
    }
    item.classList.toggle("first", message.from !== lastFrom);
    lastDay = day;
    lastFrom = message.from;
  }
}

const isAtEnd = () => $("log").scrollHeight - $("log").scrollTop - $("log").clientHeight < 120;

function toEnd() {
  $("log").scrollTop = $("log").scrollHeight;
  $("latest").hidden = true;
}

// --- the list sheet

function openSheet(message) {
  phone.sheetOpener = message.wamid;
  $("sheet-title").textContent = message.list_button;
  $("rows").replaceChildren(
    ...rowsOf(message, (option) => {
      closeSheet();
      actions.tap(option);
    }),
  );
  $("veil").hidden = $("sheet").hidden = false;
  $("chat").inert = true;
  $("rows").scrollTop = 0;
  $("rows").querySelector("button")?.focus();
}

function closeSheet() {
  if ($("sheet").hidden) return;
  $("veil").hidden = $("sheet").hidden = true;
  $("chat").inert = false;
  const opener = phone.shown.get(phone.sheetOpener)?.element.querySelector(".choice");
  (opener || $("text")).focus();
}

function moveInSheet(event) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  const rows = [...$("rows").querySelectorAll("button")];
  const next = rows.indexOf(document.activeElement) + step;
  rows[Math.max(0, Math.min(rows.length - 1, next))]?.focus();
}

// --- several patients

function initials(name) {
  return [...name.trim()].slice(0, 1).join("").toUpperCase() || "?";
}

function showPatients(patients) {
  $("patients").replaceChildren(...patients.map(patientEntry));
  markChosen();
}

function patientEntry(patient) {
  const item = element("li");
  const button = element("button", "patient");
  button.type = "button";
  button.dataset.waId = patient.wa_id;
  const avatar = element("span", `avatar tone-${Number(patient.wa_id.slice(-2)) % 5}`, initials(patient.name));
  avatar.setAttribute("aria-hidden", "true");
  const words = element("span", "words");
  const name = element("b", "", patient.name);
  const last = element("span", "last", patient.last ? plain(patient.last.text) || "…" : "No messages yet");
  const number = element("span", "number", `+${patient.wa_id}`);
  name.dir = last.dir = "auto";
  words.append(name, number, last);
  button.append(avatar, words);
  button.addEventListener("click", () => choose(patient.wa_id));
  item.append(button);
  return item;
}

function markChosen() {
  for (const button of $("patients").querySelectorAll(".patient")) {
    const chosen = button.dataset.waId === phone.waId;
    button.classList.toggle("chosen", chosen);
    button.toggleAttribute("aria-current", chosen);
  }
}

function showPeople(open) {
  $("people").classList.toggle("open", open);
}

async function addPatient(event) {
  event.preventDefault();
  const waId = $("add-number").value.replace(/[٠-٩]/g, (digit) => digit.codePointAt(0) - 0x660).replace(/\D/g, "");
  const added = await trying(() => call("PUT", `patients/${waId || "0"}`, { name: $("add-name").value.trim() }));
  if (!added) return;
  $("add").reset();
  choose(added.wa_id);
  $("text").focus();
}

// --- writing

function fit() {
  const text = $("text");
  text.style.height = "auto";
  text.style.height = `${Math.min(text.scrollHeight, 120)}px`;
}

async function submit(event) {
  event?.preventDefault();
  const body = $("text").value;
  if (!body.trim()) return;
  $("text").value = "";
  fit();
  if (!(await send({ type: "text", text: body }))) {
    $("text").value = body;
    fit();
  }
}

async function sendFile() {
  const [file] = $("file").files;
  $("file").value = "";
  if (!file) return;
  if (file.size > 5_000_000) return say("At most 5 MB on this phone");
  const kind = { image: "image", audio: "audio", video: "video" }[file.type.split("/")[0]] || "document";
  const url = await new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result);
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(file);
  });
  const node = { data: url.slice(url.indexOf(",") + 1), mime_type: file.type };
  if (kind === "document") node.filename = file.name;
  await send({ type: kind, [kind]: node });
}

function tellTime() {
  const now = new Date();
  $("bar-time").textContent = now.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
}

function listen() {
  $("composer").addEventListener("submit", submit);
  $("text").addEventListener("input", fit);
  $("text").addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) submit(event);
  });
  $("attach").addEventListener("click", () => $("file").click());
  $("file").addEventListener("change", () => trying(sendFile));
  $("add").addEventListener("submit", addPatient);
  $("sheet-close").addEventListener("click", closeSheet);
  $("veil").addEventListener("click", closeSheet);
  $("rows").addEventListener("keydown", moveInSheet);
  $("people-open").addEventListener("click", () => showPeople(true));
  $("people-close").addEventListener("click", () => showPeople(false));
  $("latest").addEventListener("click", toEnd);
  $("log").addEventListener("scroll", () => isAtEnd() && ($("latest").hidden = true));
  window.addEventListener("hashchange", () => /^#\d{7,15}$/.test(location.hash) && choose(location.hash.slice(1)));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    closeSheet();
    showPeople(false);
  });
}

async function start() {
  const [clinic] = await call("GET", "numbers");
  phone.clinic = clinic;
  $("clinic-name").textContent = clinic.name;
  $("clinic-initials").textContent = initials(clinic.name);
  let patients = await call("GET", "patients");
  if (!patients.length) patients = [await call("PUT", `patients/${FIRST_PATIENT.wa_id}`, { name: FIRST_PATIENT.name })];
  const wanted = location.hash.slice(1);
  choose(/^\d{7,15}$/.test(wanted) ? wanted : patients[0].wa_id);
}

listen();
tellTime();
setInterval(tellTime, 10_000);
trying(start);
new EventSource("emulator/stream").addEventListener("patients", (event) => showPatients(JSON.parse(event.data)));
