import { newId } from "../new-id";

/** The kinds of marks: a person, a picture, a check box. */
export const person = "@";
export const picture = "!";
export const box = "x";

/**
 * Marks in the HTML of one text where something of ours comes in. Only marks with the text's own secret count, because people
 * may write any HTML.
 */
export class Marks {
  private readonly secret = newId();

  span(kind: string, value: string, text = ""): string {
    return `<span data-mark="${quote(`${this.secret}${kind}${value}`)}">${quote(text)}</span>`;
  }

  read(element: Element): { kind: string; value: string } | null {
    const mark = element.getAttribute("data-mark") ?? "";
    element.removeAttribute("data-mark");
    if (!mark.startsWith(this.secret)) return null;
    return { kind: mark.charAt(this.secret.length), value: mark.slice(this.secret.length + 1) };
  }
}

const escapes: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

function quote(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => escapes[character] ?? character);
}
