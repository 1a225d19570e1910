// Folding: all spellings that people take for one word become one text. The same steps as in the server
// (`crates/domain/src/words/fold.rs`), with the same result. Marks are removed only where they are listed, because without
// theirs words in Thai, Hindi or Japanese become other ones.

const marks = /[\u0300-\u036f\u064b-\u0652\u0670\u0640\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7]/gu;
const unseen = /[\ufe00-\ufe0f\u00ad\u200b-\u200f\u2060\ufeff]/gu;
const letters = /[øđðłħŧæœþ]/gu;

// Letters that have no decomposition, as people type them without.
const plain: Readonly<Record<string, string>> = {
  ø: "o",
  đ: "d",
  ð: "d",
  ł: "l",
  ħ: "h",
  ŧ: "t",
  æ: "ae",
  œ: "oe",
  þ: "th",
};

const isAscii = (text: string): boolean => /^[\0-\x7f]*$/.test(text);
const withSigma = (text: string): string => text.replaceAll("ς", "σ");

/** A text as it is compared. Folding it again changes nothing. */
export function fold(text: string): string {
  if (isAscii(text)) return text.toLowerCase();
  const lower = text.normalize("NFKD").toLowerCase().toUpperCase().toLowerCase();
  return withSigma(lower)
    .normalize("NFKD")
    .replaceAll(unseen, "")
    .replaceAll(marks, "")
    .replaceAll(letters, (letter) => plain[letter] ?? letter)
    .normalize("NFKC");
}

/** A word as it is spelled, in small letters: with its accents, without what nobody sees. */
export function spelled(text: string): string {
  if (isAscii(text)) return text.toLowerCase();
  return withSigma(text.normalize("NFKC").toLowerCase()).replaceAll(unseen, "").normalize("NFKC");
}
