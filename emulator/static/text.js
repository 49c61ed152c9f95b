// Text as WhatsApp shows it: *bold*, _italic_, ~strike~, `code`, ```block```, links, bullets, a direction for each line.
// Everything becomes text nodes: what a patient or a clinic writes is never markup.

const URL_IN_TEXT = /(https?:\/\/[^\s<>"']+[^\s<>"'.,;:!?)\]،؛؟])/giu;
const MARKED = /(?<![\p{L}\p{N}])([*_~`])(?=\S)((?:(?!\1).)*\S|\S)\1(?![\p{L}\p{N}])/u;
const TAGS = { "*": "strong", _: "em", "~": "s", "`": "code" };
const RTL_LETTER = /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}]/u;

export function element(tag, className = "", text = "") {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
}

export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `#i-${name}`);
  svg.setAttribute("aria-hidden", "true");
  svg.append(use);
  return svg;
}

/** A link that can only lead to the web or to a phone. */
export function safeLink(url, className = "") {
  const link = element("a", className);
  if (/^(https?:\/\/|tel:)/i.test(url)) link.href = url;
  link.target = "_blank";
  link.rel = "noopener noreferrer";
  return link;
}

/** "rtl" or "ltr" by the first letter, "" for a line without letters: that one follows its bubble. */
export function directionOf(line) {
  const letter = line.match(/\p{L}/u);
  if (!letter) return "";
  return RTL_LETTER.test(letter[0]) ? "rtl" : "ltr";
}

export function formatted(text) {
  const made = document.createDocumentFragment();
  text.split(/```([\s\S]+?)```/).forEach((part, index) => {
    if (index % 2) {
      made.append(element("pre", "", part.replace(/^\n|\n$/g, "")));
    } else if (part) {
      for (const line of part.split("\n")) made.append(formattedLine(line));
    }
  });
  return made;
}

function formattedLine(line) {
  const bullet = line.match(/^\s*[-*]\s+(.+)$/);
  const made = element("div", `line ${directionOf(line)}${bullet ? " bullet" : ""}`);
  if (!line) made.append(document.createElement("br"));
  (bullet ? bullet[1] : line).split(URL_IN_TEXT).forEach((part, index) => {
    if (index % 2) {
      const link = safeLink(part);
      link.textContent = part;
      made.append(link);
    } else if (part) {
      made.append(...marked(part));
    }
  });
  return made;
}

function marked(text) {
  const found = text.match(MARKED);
  if (!found) return text ? [document.createTextNode(text)] : [];
  const inner = document.createElement(TAGS[found[1]]);
  if (found[1] === "`") inner.textContent = found[2];
  else inner.append(...marked(found[2]));
  return [...marked(text.slice(0, found.index)), inner, ...marked(text.slice(found.index + found[0].length))];
}

/** The text without its marks, on one line, for previews. */
export function plain(text) {
  return text.replace(/```/g, "").replace(/[*_~`](\S(?:.*?\S)?)[*_~`]/g, "$1").replace(/\s+/g, " ").trim();
}
