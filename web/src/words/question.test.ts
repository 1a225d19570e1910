import { describe, expect, it } from "vitest";
import { analyse } from "./analysis";
import { fold } from "./fold";
import { ask, finds } from "./question";
import vectors from "./vectors/words.json";

describe("the analysis of texts", () => {
  it("folds as the server does", () => {
    for (const [text, folded] of vectors.folds) {
      expect(fold(text ?? ""), text).toBe(folded);
    }
  });

  it("finds the lexemes that the server stores", () => {
    const ordered = (lexemes: unknown[]) => lexemes.map((lexeme) => JSON.stringify(lexeme)).sort();
    for (const { text, lexemes, positions } of vectors.texts) {
      const analysed = analyse(text);
      expect(ordered(analysed.lexemes), text).toEqual(ordered(lexemes));
      expect(analysed.positions, text).toBe(positions);
    }
  });

  it("finds what the server finds, and nothing else", () => {
    for (const [text, question, found] of vectors.found) {
      expect(finds(ask(String(question)), analyse(String(text))), `${question} in ${text}`).toBe(found);
    }
  });

  it("grows no faster than the text", () => {
    for (const kind of ["x", "e\u0301", "\u0301", "ก", "工作", "a-", "é ", "서울", "ﷺ"]) {
      const count = (times: number) => {
        const { lexemes, positions } = analyse(kind.repeat(times));
        return lexemes.length + positions;
      };
      expect(count(20_000), kind).toBeLessThanOrEqual(5 * Math.max(count(5_000), 100));
    }
  });
});
