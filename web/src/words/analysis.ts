// A text as the lexemes that it is found by: the same as in the server (`crates/domain/src/words`), so that the page finds
// what the server finds.

import { fold, spelled } from "./fold";

/** What stands between two signs. `spelled`: as it is spelled, if that is another text. */
export type Part =
  | { readonly folded: string; readonly spelled: string | null }
  | { readonly unspaced: readonly string[] };

/** What stands between two white spaces, and all of it with the signs between its parts, if there are any. */
export interface Run {
  readonly parts: readonly Part[];
  readonly whole: string | null;
}

/** Lexemes with their positions, in the order of the text. */
export interface Analysed {
  readonly lexemes: [number, string][];
  positions: number;
}

/** Of longer words the beginning counts. */
const longest = 400;

// Thai, Lao, Myanmar, Hangul Jamo, Khmer, Tai Le, New Tai Lue, Tai Tham, Balinese, Han, Kana, Bopomofo, Hangul, Javanese, Tai Viet.
const unspaced =
  "\\u0e00-\\u0eff\\u1000-\\u109f\\u1100-\\u11ff\\u1780-\\u17ff\\u1950-\\u19df\\u1a20-\\u1aaf\\u1b00-\\u1b7f" +
  "\\u3005-\\u3007\\u3021-\\u3029\\u3031-\\u3035\\u303b\\u3040-\\u318f\\u31a0-\\u31ff\\u3400-\\u4dbf\\u4e00-\\u9fff" +
  "\\ua960-\\ua9ff\\uaa60-\\uaadf\\uac00-\\ud7ff\\uf900-\\ufaff\\u{1aff0}-\\u{1b16f}\\u{20000}-\\u{323af}";
const scripts = new RegExp(`^[${unspaced}]`, "u");
const marks = "\\p{Mn}\\p{Mc}";
const stretch = new RegExp(
  `(?:(?=[${unspaced}])[\\p{L}\\p{N}${marks}])(?:(?=[${unspaced}])[\\p{L}\\p{N}${marks}]|[${marks}])*` +
    `|(?![${unspaced}])[\\p{L}\\p{N}](?:(?![${unspaced}])[\\p{L}\\p{N}${marks}])*`,
  "gu",
);
const sign = /[^\p{L}\p{N}\p{Mn}\p{Mc}\p{Z}\p{Cc}]/u;
const spaces = /[\p{Z}\p{Cc}]+/u;

/** The lexemes of a text. */
export function analyse(text: string): Analysed {
  const analysed: Analysed = { lexemes: [], positions: 0 };
  const respelled = new Set<string>();
  const plain = new Set<string>();
  for (const { parts, whole } of runs(text)) {
    if (whole !== null) analysed.lexemes.push([analysed.positions, whole]);
    for (const part of parts) {
      add(analysed, part);
      if ("folded" in part) (part.spelled === null ? plain : respelled).add(part.folded);
    }
  }
  for (const word of respelled) if (!plain.has(word)) analysed.lexemes.push([0, `~${word}`]);
  return analysed;
}

function add(analysed: Analysed, part: Part): void {
  if ("folded" in part) {
    if (part.spelled !== null) analysed.lexemes.push([analysed.positions, `=${part.spelled}`]);
    analysed.lexemes.push([analysed.positions++, part.folded]);
    return;
  }
  for (const at of part.unspaced.keys()) {
    analysed.lexemes.push([analysed.positions++, part.unspaced.slice(at, at + 2).join("")]);
  }
}

/** The runs of a text that have a letter or a digit, in their order. */
export function runs(text: string): Run[] {
  return text.split(spaces).flatMap((run) => (run === "" ? [] : ofRun(run)));
}

function ofRun(run: string): Run[] {
  // A character such as ﷺ stands for several words.
  const parted = fold(run)
    .split(spaces)
    .map(partsOf)
    .filter(({ parts }) => parts.length > 0);
  return withSpelling(parted, spelled(run));
}

function partsOf(folded: string): Run {
  const found = [...folded.matchAll(stretch)];
  const parts = found.map(([text]): Part => {
    return scripts.test(text) ? { unspaced: [...text] } : { folded: cut(text), spelled: null };
  });
  const last = found.at(-1);
  const whole = folded.slice(found[0]?.index, last && last.index + last[0].length);
  return { parts, whole: parts.length > 1 && sign.test(whole) ? cut(whole) : null };
}

const cut = (text: string): string => (text.length > longest ? [...text].slice(0, longest).join("") : text);

/** The runs with how their words are spelled, where the spelling has as many parts as what it is folded to. */
function withSpelling(runs: Run[], spelling: string): Run[] {
  const spellings = [...spelling.matchAll(stretch)].map(([text]) => cut(text));
  if (runs.reduce((sum, { parts }) => sum + parts.length, 0) !== spellings.length) return runs;
  let at = 0;
  return runs.map(({ parts, whole }) => {
    const spelledParts = parts.map((part): Part => {
      const spelled = spellings[at++] ?? null;
      return "folded" in part && spelled !== part.folded ? { ...part, spelled } : part;
    });
    return { parts: spelledParts, whole };
  });
}
