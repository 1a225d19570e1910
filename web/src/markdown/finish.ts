// Puts what is ours into a text that was made safe: people, tasks, pictures, boxes, and where links lead.

import type { Lookup } from "./lookup";
import { box, type Marks, person, picture } from "./marks";
import type { Box } from "./task-list";

export function finish(fragment: DocumentFragment, lookup: Lookup, marks: Marks, boxes: readonly Box[]): void {
  for (const link of fragment.querySelectorAll("a")) guard(link);
  for (const element of fragment.querySelectorAll("[data-mark]")) {
    const mark = marks.read(element);
    if (!mark) continue;
    if (mark.kind === person) element.replaceWith(chip(mark.value, lookup));
    else if (mark.kind === picture) element.replaceWith(pictureOf(mark.value, element.textContent));
    else if (mark.kind === box) element.replaceWith(checkbox(mark.value, boxes));
  }
  linkTasks(fragment, lookup);
  for (const table of fragment.querySelectorAll("table")) scrollable(table);
  // It scrolls, also by keys.
  for (const code of fragment.querySelectorAll("pre")) code.tabIndex = 0;
  for (const element of fragment.querySelectorAll("p,li,h1,h2,h3,h4,h5,h6,td,th,dt,dd,summary,blockquote")) {
    if (!element.hasAttribute("dir")) element.setAttribute("dir", "auto");
  }
}

const protocols = new Set(["http:", "https:", "mailto:", "tel:"]);

function guard(link: HTMLAnchorElement): void {
  const address = parse(link.getAttribute("href") ?? "");
  if (!address || !protocols.has(address.protocol)) {
    link.removeAttribute("href");
    return;
  }
  link.rel = "noopener noreferrer nofollow";
  if (address.origin !== location.origin) link.target = "_blank";
}

function parse(address: string): URL | null {
  return URL.canParse(address, document.baseURI) ? new URL(address, document.baseURI) : null;
}

function chip(id: string, lookup: Lookup): HTMLElement {
  const found = lookup.person(id);
  const element = make("span", "mention", `@${found?.name ?? "somebody"}`);
  element.dataset["person"] = id;
  if (found?.me) element.dataset["me"] = "";
  return element;
}

const inline = /^data:image\/(?:png|jpeg|gif|webp|avif);base64,/i;

/** A picture from elsewhere tells its host who reads this and when, so it is asked for at a click only. */
function pictureOf(source: string, alt: string): HTMLElement {
  if (inline.test(source)) return image(source, alt);
  const address = parse(source);
  if (address?.protocol !== "https:") return make("span", "", alt || source);
  const frame = make("span", "picture");
  const button = document.createElement("button");
  button.type = "button";
  button.dataset["show"] = address.href;
  button.dataset["alt"] = alt;
  button.textContent = "Show";
  const what = alt ? `${alt}: picture` : "Picture";
  frame.append(`${what} from ${address.hostname} · `, button);
  return frame;
}

/** The picture that a click on its "Show" asks for. */
export function image(source: string, alt: string): HTMLImageElement {
  const element = document.createElement("img");
  element.alt = alt;
  element.referrerPolicy = "no-referrer";
  element.src = source;
  return element;
}

function checkbox(value: string, boxes: readonly Box[]): HTMLInputElement {
  const element = document.createElement("input");
  element.type = "checkbox";
  const found = boxes[Number(value)];
  element.disabled = found === undefined;
  element.defaultChecked = found ? found.checked : value === "checked";
  if (found) {
    element.dataset["box"] = value;
    element.ariaLabel = words(found.content);
  }
  return element;
}

function words(line: string): string {
  return line.replace(/^[\s>]*(?:[-*+]|\d+[.)])\s*/, "").trim();
}

/** `SHOP-12` in text, but not in code and not in links. */
function linkTasks(fragment: DocumentFragment, lookup: Lookup): void {
  const pattern = new RegExp(`(?<![\\p{L}\\p{N}_/-])${lookup.key}-([1-9]\\d{0,8})(?![\\p{L}\\p{N}_]|-\\d)`, "gu");
  const walker = document.createTreeWalker(fragment, NodeFilter.SHOW_TEXT);
  const texts: Text[] = [];
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (node instanceof Text && !node.parentElement?.closest("a,code,pre,button,.mention,.picture")) texts.push(node);
  }
  for (const text of texts) linkIn(text, pattern, lookup);
}

function linkIn(text: Text, pattern: RegExp, lookup: Lookup): void {
  const parts: (string | Node)[] = [];
  let last = 0;
  for (const found of text.data.matchAll(pattern)) {
    const task = lookup.task(Number(found[1]));
    if (!task) continue;
    const link = document.createElement("a");
    link.className = "task";
    link.href = task.href;
    link.dataset["task"] = found[1] ?? "";
    if (task.done) link.dataset["done"] = "";
    link.append(make("span", "number", found[0]), " ", make("span", "title", task.title));
    link.title = `${task.title} (${task.status})`;
    link.append(make("span", "state", ` ${task.status}`));
    parts.push(text.data.slice(last, found.index), link);
    last = found.index + found[0].length;
  }
  if (last > 0) text.replaceWith(...parts, text.data.slice(last));
}

function scrollable(table: HTMLTableElement): void {
  const frame = make("div", "scroll");
  frame.tabIndex = 0;
  frame.role = "region";
  frame.ariaLabel = "Table";
  table.replaceWith(frame);
  frame.append(table);
}

function make(tag: string, className: string, text = ""): HTMLElement {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.textContent = text;
  return element;
}
