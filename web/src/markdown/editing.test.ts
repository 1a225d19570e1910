import { describe, expect, it } from "vitest";
import { type Edit, goOn, pasteLink, type Selection, tooLong, triggerAt, wrap } from "./editing";
import { Mentions } from "./mentions";

/** `|` is the caret, or both ends of the selection. */
function at(marked: string): Selection {
  const [before = "", middle = "", rest] = marked.split("|");
  const inside = rest === undefined ? "" : middle;
  return { text: marked.replaceAll("|", ""), start: before.length, end: before.length + inside.length };
}

function result({ text }: Selection, edit: Edit | null): string | null {
  if (!edit) return null;
  const next = text.slice(0, edit.from) + edit.insert + text.slice(edit.to);
  if (edit.start === edit.end) return `${next.slice(0, edit.start)}|${next.slice(edit.start)}`;
  return `${next.slice(0, edit.start)}|${next.slice(edit.start, edit.end)}|${next.slice(edit.end)}`;
}

describe("Enter in a list", () => {
  it.each([
    ["- a|", "- a\n- |"],
    ["  * a|b", "  * a\n  * |b"],
    ["9. a|", "9. a\n10. |"],
    ["- [x] a|", "- [x] a\n- [ ] |"],
    ["> - a|", "> - a\n> - |"],
  ])("goes on: %j", (before, expected) => {
    expect(result(at(before), goOn(at(before)))).toBe(expected);
  });

  it("ends it at an empty point", () => {
    expect(result(at("- a\n- |"), goOn(at("- a\n- |")))).toBe("- a\n|");
  });

  it.each(["a|", "-a|", "|- a", "- |a|"])("is just a new line in %j", (text) => {
    expect(goOn(at(text))).toBeNull();
  });
});

describe("bold and italic", () => {
  it("go around what is selected, and away again", () => {
    const bold = result(at("a |b| c"), wrap(at("a |b| c"), "**"));
    expect(bold).toBe("a **|b|** c");
    expect(result(at(bold ?? ""), wrap(at(bold ?? ""), "**"))).toBe("a |b| c");
  });

  it("without a selection leave the caret between", () => {
    expect(result(at("a |"), wrap(at("a |"), "*"))).toBe("a *|*");
  });
});

describe("a pasted link", () => {
  it("over words makes a link of them", () => {
    const selection = at("see |the page|.");
    expect(result(selection, pasteLink(selection, " https://a.example/x_(y) "))).toBe(
      "see [the page](https://a.example/x_%28y%29)|.",
    );
  });

  it.each([
    ["see |", "https://a.example"],
    ["see |it|", "not a link"],
    ["|https://b.example|", "https://a.example"],
    ["see |it|", "javascript:alert(1)"],
  ])("is pasted as usual: %j, %j", (text, pasted) => {
    expect(pasteLink(at(text), pasted)).toBeNull();
  });
});

describe("what is looked for at the caret", () => {
  it.each([
    ["ask @mi|", "person", "mi", 4],
    ["@|", "person", "", 0],
    ["(@Mira Sa|", "person", "Mira Sa", 1],
    ["see #12|", "task", "12", 4],
    ["see #paint the|", "task", "paint the", 4],
    ["see SHOP-1|", "task", "1", 4],
    ["well :thu|", "emoji", "thu", 5],
  ])("%j", (text, kind, query, from) => {
    expect(triggerAt(at(text), "SHOP")).toEqual({ kind, query, from, to: text.length - 1 });
  });

  it.each(["mail@host|", "# heading|", "WORKSHOP-1|", "12:30|", "@mi| |", "a\\@mi|"])("nothing in %j", (text) => {
    expect(triggerAt(at(text), "SHOP")).toBeNull();
  });
});

describe("a text's size", () => {
  it("is counted in bytes, and what is over is said", () => {
    expect(tooLong("ä".repeat(51_200))).toBeNull();
    expect(tooLong("ä".repeat(51_265))).toBe("130 bytes too long");
    expect(tooLong("a".repeat(102_401))).toBe("1 byte too long");
  });
});

describe("mentions", () => {
  const id = (last: string) => `018f9c1e-0000-7000-8000-00000000000${last}`;
  const mentions = new Mentions([
    { id: id("1"), name: "Mira", member: true },
    { id: id("2"), name: "Mira Sander", member: true },
    { id: id("3"), name: "Mira Sander", member: true },
    { id: id("0"), name: "Jonas (he)", member: false },
  ]);

  it.each([
    `hello <@${id("2")}>, <@${id("3")}> and <@${id("1")}>!`,
    `<@${id("0")}> has left`,
    `\`<@${id("2")}>\` is code\n\`\`\`\n<@${id("2")}>\n\`\`\`\n<@${id("2")}>`,
    `somebody unknown: <@${id("9")}>`,
    `escaped \\<@${id("2")}>`,
  ])("come back as they were: %s", (text) => {
    expect(mentions.fromField(mentions.toField(text))).toBe(text);
  });

  it("of two with one name are told apart", () => {
    expect(mentions.toField(`<@${id("2")}> <@${id("3")}>`)).toBe("@Mira Sander @Mira Sander (2)");
  });

  it.each(["a@Mira", "@Miranda", "`@Mira`", "~~~\n@Mira\n~~~"])("are none in %j", (text) => {
    expect(mentions.fromField(text)).toBe(text);
  });

  it("after a block of code are some again", () => {
    expect(mentions.fromField("```\n@Mira\n```\n@Mira")).toBe(`\`\`\`\n@Mira\n\`\`\`\n<@${id("1")}>`);
  });

  it("are found by a word of the name, whatever its accents", () => {
    expect(new Mentions([{ id: id("1"), name: "Zoë Åberg", member: true }]).find("ab")).toHaveLength(1);
    expect(mentions.find("jon")).toEqual([]);
  });
});
