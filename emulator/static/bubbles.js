// One message as one bubble.

import { directionOf, element, formatted, icon, plain, safeLink } from "./text.js";

const TIME = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const TICKS = { sent: ["clock", "On its way"], delivered: ["ticks", "Delivered"], read: ["ticks", "Read"] };

/** `actions`: tap(option), openList(message), shareLocation(message), find(wamid). */
export function bubble(message, actions) {
  const mine = message.from === "patient";
  const item = element("article", `message ${mine ? "mine" : "theirs"}`);
  item.dataset.wamid = message.wamid;
  const card = element("div", "bubble");
  const quoted = message.reply_to && actions.find(message.reply_to);
  if (quoted) card.append(quote(quoted));
  if (message.media) card.append(media(message.media));
  if (message.location) card.append(location(message.location));
  if (message.header) card.append(spoken("div", "header", message.header));
  card.append(body(message));
  if (message.footer) card.append(spoken("div", "footer", message.footer));
  if (message.reaction) card.append(element("span", "reaction", message.reaction));
  item.append(card, ...choices(message, actions));
  return item;
}

function spoken(tag, className, text) {
  const made = element(tag, className, text);
  made.dir = "auto";
  return made;
}

function body(message) {
  const row = element("div", `body ${directionOf(message.text)}`);
  const text = element("div", "text");
  text.dir = "auto";
  text.append(formatted(message.text));
  row.append(text, meta(message));
  return row;
}

function meta(message) {
  const made = element("span", "meta");
  const time = element("time", "", TIME.format(new Date(Number(message.timestamp) * 1000)));
  time.dateTime = new Date(Number(message.timestamp) * 1000).toISOString();
  made.append(time);
  if (message.from === "patient") {
    const [name, label] = TICKS[message.status] || TICKS.sent;
    const ticks = element("span", `ticks ${message.status}`);
    ticks.setAttribute("role", "img");
    ticks.setAttribute("aria-label", label);
    ticks.title = label;
    ticks.append(icon(name));
    made.append(ticks);
  }
  return made;
}

function quote(message) {
  const made = element("div", "quote");
  made.append(element("b", "", message.from === "patient" ? "You" : "Clinic"));
  made.append(spoken("span", "", plain(message.text) || "…"));
  return made;
}

function media(shown) {
  if (shown.type === "image" || shown.type === "sticker") {
    const image = element("img", "picture");
    image.src = shown.url;
    image.alt = "Picture";
    image.addEventListener("error", () => image.replaceWith(file("Picture", shown.url)), { once: true });
    return image;
  }
  if (shown.type === "audio" || shown.type === "video") {
    const player = element(shown.type, "player");
    player.src = shown.url;
    player.controls = true;
    return player;
  }
  return file(shown.filename || "Document", shown.url);
}

function file(name, url) {
  const made = element("a", "file");
  if (/^(https?:\/\/|emulator\/media\/)/i.test(url)) made.href = url;
  made.download = name;
  made.append(icon("file"), spoken("span", "", name));
  return made;
}

function location(shown) {
  const made = safeLink(`https://www.openstreetmap.org/?mlat=${Number(shown.latitude)}&mlon=${Number(shown.longitude)}`, "file");
  made.append(icon("pin"), spoken("span", "", shown.name || shown.address || `${shown.latitude}, ${shown.longitude}`));
  return made;
}

function choices(message, actions) {
  const made = [];
  if (message.list_button) made.push(choice("list", message.list_button, () => actions.openList(message)));
  for (const option of message.options) {
    if (option.form !== "row") made.push(choice("reply", option.title, () => actions.tap(option)));
  }
  if (message.asks_location) made.push(choice("pin", "Send location", () => actions.shareLocation(message)));
  for (const link of message.links) {
    const made_link = safeLink(link.url, "choice");
    made_link.append(icon("link"), spoken("span", "", link.title));
    made.push(made_link);
  }
  return made;
}

function choice(iconName, title, act) {
  const button = element("button", "choice");
  button.type = "button";
  button.append(icon(iconName), spoken("span", "", title));
  button.addEventListener("click", act);
  return button;
}

/** The rows of a list, by section, for the sheet. */
export function rowsOf(message, pick) {
  const made = [];
  let section = null;
  for (const option of message.options) {
    if (option.section && option.section !== section) made.push(spoken("h3", "", option.section));
    section = option.section;
    const row = element("button", "row");
    row.type = "button";
    const words = element("span", "words");
    words.append(spoken("b", "", option.title));
    if (option.description) words.append(spoken("span", "", option.description));
    row.append(words, element("i", "dot"));
    row.addEventListener("click", () => pick(option));
    made.push(row);
  }
  return made;
}

export function dayOf(timestamp) {
  const day = new Date(Number(timestamp) * 1000);
  if (day.toDateString() === new Date().toDateString()) return "Today";
  return new Intl.DateTimeFormat("en-GB", { weekday: "short", day: "numeric", month: "long" }).format(day);
}
