// What somebody typed to search for, read as the server reads it (`crates/domain/src/words/question.rs`).

import { type Analysed, type Part, runs } from "./analysis";
import { fold } from "./fold";

interface Element {
  /** How many positions it stands after the one before. */
  readonly distance: number;
  readonly lexeme: string;
  /** Any lexeme that begins with it will do. */
  readonly begun: boolean;
}

interface Term {
  /** Folded, without the signs at its end. */
  readonly typed: string;
  readonly elements: readonly Element[];
  readonly whole: string | null;
  readonly begun: boolean;
}

/** A question without wanted terms finds nothing. */
export interface Question {
  readonly wanted: readonly Term[];
  readonly unwanted: readonly Term[];
}

/** A task's texts, and what it is called. */
export interface TaskTexts extends Analysed {
  readonly key: string;
  readonly number: number;
}

interface Typed {
  readonly text: string;
  readonly unwanted: boolean;
  readonly quoted: boolean;
}

const signsAtEnd = /[^\p{L}\p{N}\p{Mn}\p{Mc}]+$/u;
const mostTerms = 16;
const mostElements = 64;
// A phrase between quotes or what stands up to the next space, perhaps with `-` before it.
const next = /(-(?=["“”„]|[\p{L}\p{N}]))?(?:["“”„]([^"“”„]*)(["“”„]?)|([^\p{Z}\p{Cc}]+))/gu;

/** Words, phrases between quotes, and both with `-` before them, which must not be there. */
export function ask(typed: string): Question {
  const all = [...typed.matchAll(next)].map(([, minus, phrase, end, word]): Typed => {
    return { text: phrase ?? word ?? "", unwanted: minus !== undefined, quoted: Boolean(end) };
  });
  const texts = all.filter(({ text }) => runs(text).length > 0).slice(0, mostTerms);
  const last = texts.at(-1);
  const terms = texts.map((typed) => ({ ...typed, term: termOf(typed.text, isBegun(typed) && typed === last) }));
  const wanted = terms.filter(({ unwanted }) => !unwanted).map(({ term }) => term);
  const unwanted = terms.filter(({ unwanted }) => unwanted).map(({ term }) => term);
  return wanted.length > 0 ? { wanted, unwanted } : { wanted: unwanted, unwanted: [] };
}

const isBegun = ({ unwanted, quoted }: Typed): boolean => !unwanted && !quoted;

function termOf(text: string, begun: boolean): Term {
  const parted = runs(text);
  const [only] = parted;
  const parts = parted.flatMap((run) => run.parts);
  const elements = parts.length > 0 ? elementsOf(parts, begun).slice(0, mostElements) : [];
  const typed = fold(text).replace(signsAtEnd, "");
  return { typed, elements, whole: parted.length === 1 && only ? only.whole : null, begun };
}

function elementsOf(parts: readonly Part[], begun: boolean): Element[] {
  const elements: Element[] = [];
  let distance = 1;
  for (const [index, part] of parts.entries()) {
    if ("folded" in part) {
      elements.push({ distance, lexeme: part.folded, begun: begun && index === parts.length - 1 });
      distance = 1;
    } else if (part.unspaced.length === 1) {
      elements.push({ distance, lexeme: part.unspaced.join(""), begun: true });
      distance = 1;
    } else {
      for (const at of part.unspaced.slice(1).keys()) {
        elements.push({ distance, lexeme: part.unspaced.slice(at, at + 2).join(""), begun: false });
        distance = 1;
      }
      distance = 2;
    }
  }
  return elements;
}

/** Whether a text, or what a task has of texts and its name, answers the question. */
export function finds({ wanted, unwanted }: Question, text: Analysed | TaskTexts): boolean {
  const isThere = (term: Term) => has(text, term);
  return wanted.length > 0 && wanted.every(isThere) && !unwanted.some(isThere);
}

function has(text: Analysed | TaskTexts, term: Term): boolean {
  const { whole, elements, begun } = term;
  if ("number" in text && text.number > 0 && numberIn(term, text.key) === text.number) return true;
  return (whole !== null && positions(text, whole, begun).length > 0) || follows(text, elements);
}

/** The number of the task that a term names: `#12`, or `SHOP-12` and `shop12` where `key` is `SHOP`. */
function numberIn({ typed }: Term, key: string): number | null {
  const begins = ["#", `${key.toLowerCase()}-`, key.toLowerCase()].find((start) => typed.startsWith(start));
  const digits = begins === undefined ? "" : typed.slice(begins.length);
  return /^[0-9]+$/.test(digits) ? Number(digits) : null;
}

function follows(text: Analysed, elements: readonly Element[]): boolean {
  const [first, ...rest] = elements;
  if (!first) return false;
  let at = new Set(positions(text, first.lexeme, first.begun));
  for (const { distance, lexeme, begun } of rest) {
    const before = at;
    at = new Set(positions(text, lexeme, begun).filter((position) => before.has(position - distance)));
  }
  return at.size > 0;
}

function positions({ lexemes }: Analysed, asked: string, begun: boolean): number[] {
  return lexemes
    .filter(([, lexeme]) => (begun ? lexeme.startsWith(asked) : lexeme === asked))
    .map(([position]) => position);
}
