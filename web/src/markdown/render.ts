// Markdown to a fragment of the document. What people wrote is made safe by DOMPurify, and only then do we put in what is ours:
// people, tasks, pictures to be asked for, boxes to be ticked.

import DOMPurify, { type Config } from "dompurify";
import { Marked, type Token } from "marked";
import { finish } from "./finish";
import type { Lookup } from "./lookup";
import { box, Marks, person, picture } from "./marks";
import { type Box, boxesOf } from "./task-list";

export interface Rendered {
  readonly fragment: DocumentFragment;
  /** The live boxes, by the number that stands in their `data-box`. */
  readonly boxes: readonly Box[];
}

const config = {
  RETURN_DOM_FRAGMENT: true,
  ALLOWED_TAGS: (
    "a b blockquote br code dd del details div dl dt em h1 h2 h3 h4 h5 h6 hr i ins kbd li mark ol p pre q s samp " +
    "small span strong sub summary sup table tbody td tfoot th thead tr u ul var #text"
  ).split(" "),
  ALLOWED_ATTR: ["align", "colspan", "data-mark", "dir", "href", "lang", "open", "rowspan", "start", "title"],
  ADD_URI_SAFE_ATTR: ["data-mark"],
  ALLOW_DATA_ATTR: false,
  ALLOW_ARIA_ATTR: false,
  ALLOWED_URI_REGEXP: /^(?:https?:|mailto:|tel:|[^a-z+.:-]|[a-z+.-]+(?:[^a-z+.:-]|$))/i,
} satisfies Config;

export function render(text: string, lookup: Lookup): Rendered {
  const source = text.replaceAll(/\r\n?/g, "\n");
  const marks = new Marks();
  const boxes: Box[] = [];
  const html = toHtml(source, marks, boxes);
  const fragment = DOMPurify.sanitize(html ?? "", config);
  if (html === null) fragment.append(plain(source));
  else finish(fragment, lookup, marks, boxes);
  return { fragment, boxes };
}

/** `null`: the text is nested too deeply to be read as Markdown. */
function toHtml(source: string, marks: Marks, boxes: Box[]): string | null {
  let known = new Map<Token, Box>();
  const marked = new Marked({
    gfm: true,
    breaks: true,
    renderer: {
      image: ({ href, text }) => marks.span(picture, href, text),
      checkbox(token) {
        const found = known.get(token);
        const value = found ? String(boxes.push(found) - 1) : token.checked ? "checked" : "clear";
        return marks.span(box, value);
      },
    },
    extensions: [
      {
        name: "mention",
        level: "inline",
        start: (src) => src.indexOf("<@"),
        tokenizer(src) {
          const found = /^<@([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})>/.exec(src);
          return found ? { type: "mention", raw: found[0], id: found[1] } : undefined;
        },
        renderer: ({ id }) => marks.span(person, String(id)),
      },
    ],
  });
  try {
    const tokens = marked.lexer(source);
    known = boxesOf(tokens, source);
    return marked.parser(tokens);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

function plain(text: string): HTMLElement {
  const element = document.createElement("pre");
  element.textContent = text;
  return element;
}
