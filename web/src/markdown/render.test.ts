// @vitest-environment jsdom
import { describe, expect, it } from "vitest";
import type { Lookup } from "./lookup";
import { render } from "./render";
import { tick } from "./task-list";

const mira = "018f9c1e-0000-7000-8000-00000000000a";
const lookup: Lookup = {
  key: "SHOP",
  person: (id) => (id === mira ? { name: "Mira <Sander>", me: false } : null),
  task: (number) => (number === 12 ? { title: "Paint & dry", status: "Todo", done: false, href: "/p/1/12" } : null),
};

function dom(text: string): HTMLElement {
  const element = document.createElement("div");
  element.append(render(text, lookup).fragment);
  return element;
}
const html = (text: string): string => dom(text).innerHTML;

describe("what people write is made safe", () => {
  it.each([
    ["a script", "<script>alert(1)</script>hello"],
    ["a handler", '<a href="https://a.example" onclick="alert(1)">x</a><svg onload=alert(1)>'],
    ["a picture that fails on purpose", '<img src=x onerror="alert(1)">'],
    ["a frame", '<iframe src="https://a.example"></iframe><object data="x"></object><embed src="x">'],
    ["styles", '<p style="position:fixed;inset:0">x</p><style>*{display:none}</style><link rel="stylesheet" href="x">'],
    ["a form", '<form action="https://a.example"><input name="password"><button>Send</button></form>'],
    ["names that shadow the document's", '<a id="body" name="cookie" class="picture">x</a>'],
    ["nested foreign markup", "<math><mtext><table><mglyph><style><img src onerror=alert(1)>"],
  ])("%s is dropped", (_, text) => {
    expect(html(text)).not.toMatch(
      /script|on\w+=|<(img|iframe|object|embed|style|link|form|input|svg|math)|style=|id=|name=|class=/i,
    );
  });

  it.each([
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "java\tscript:alert(1)",
    "data:text/html,x",
    "vbscript:x",
    "file:///etc/passwd",
  ])("a link to %s leads to no such address", (address) => {
    const links = [...dom(`[x](<${address}>) <a href="${address}">y</a>`).querySelectorAll("a")];
    expect(links.map((link) => link.protocol).filter((protocol) => protocol !== ":" && protocol !== "http:")).toEqual(
      [],
    );
  });

  it("nobody makes one of our marks by hand", () => {
    const secret = crypto.randomUUID();
    expect(html(`<span data-mark="${secret}@${mira}">x</span>`)).not.toContain("Mira");
  });

  it("a text that is nested too deeply is shown as it was written", () => {
    const text = ">".repeat(20_000);
    expect(dom(text).textContent).toBe(text);
  });
});

describe("links", () => {
  it("lead elsewhere in a new tab that learns nothing of us", () => {
    const link = dom("https://a.example/x").querySelector("a");
    expect(link?.rel).toBe("noopener noreferrer nofollow");
    expect(link?.target).toBe("_blank");
  });

  it("to this server stay in the tab", () => {
    expect(dom(`[here](${location.origin}/p/1)`).querySelector("a")?.target).toBe("");
  });
});

describe("mentions", () => {
  const chips = (text: string) => dom(text).querySelectorAll(".mention").length;

  it("show the name, as text", () => {
    const element = dom(`ask <@${mira}>.`);
    expect(element.textContent?.trim()).toBe("ask @Mira <Sander>.");
    expect(element.querySelector<HTMLElement>(".mention")?.dataset["person"]).toBe(mira);
  });

  it.each([
    ["in code", `\`<@${mira}>\``],
    ["in a block of code", `\`\`\`\n<@${mira}>\n\`\`\``],
    ["in indented code", `    <@${mira}>`],
    ["escaped", `\\<@${mira}>`],
    ["in HTML", `<a title="<@${mira}>">x</a>`],
    ["in a picture's description", `![<@${mira}>](https://a.example/x.png)`],
  ])("are none %s", (_, text) => {
    expect(chips(text)).toBe(0);
  });

  it("of somebody unknown are still somebody", () => {
    expect(dom("<@018f9c1e-0000-7000-8000-00000000000b>").textContent?.trim()).toBe("@somebody");
  });
});

describe("tasks", () => {
  it("are links with title and state", () => {
    const link = dom("see SHOP-12, please").querySelector("a");
    expect(link?.textContent).toBe("SHOP-12 Paint & dry Todo");
    expect(link?.getAttribute("href")).toBe("/p/1/12");
  });

  it.each([
    "SHOP-13",
    "XSHOP-12",
    "shop-12",
    "SHOP-12a",
    "SHOP-12-3",
    "`SHOP-12`",
    "[SHOP-12](https://a.example)",
    "a/SHOP-12",
  ])("are not seen in %s", (text) => {
    expect(dom(text).querySelector("a.task")).toBeNull();
  });

  it("two in one text are both links", () => {
    expect(dom("SHOP-12 and SHOP-12!").textContent?.trim()).toBe(
      "SHOP-12 Paint & dry Todo and SHOP-12 Paint & dry Todo!",
    );
  });
});

describe("pictures", () => {
  it("from elsewhere are named, and none is asked for", () => {
    const element = dom("![A door](https://pictures.example.org/door.png?a=1&b=2)");
    expect(element.querySelector("img")).toBeNull();
    expect(element.textContent?.trim()).toBe("A door: picture from pictures.example.org · Show");
    expect(element.querySelector("button")?.dataset["show"]).toBe("https://pictures.example.org/door.png?a=1&b=2");
  });

  it("without encryption are not offered", () => {
    expect(dom("![x](http://a.example/x.png)").querySelector("button")).toBeNull();
  });

  it("that are in the text itself show", () => {
    expect(dom("![dot](data:image/png;base64,iVBORw0KGgo=)").querySelector("img")?.alt).toBe("dot");
  });
});

describe("check boxes", () => {
  const text = [
    "- [ ] one",
    "  - [x] two",
    "",
    "    more",
    "```",
    "- [ ] code",
    "```",
    "> 1. [ ] quoted",
    "> 2. [X] last",
    "",
    "* [ ] star",
  ].join("\n");

  it("know their lines", () => {
    const { boxes } = render(text, lookup);
    expect(boxes.map(({ line, checked }) => [line, checked])).toEqual([
      [0, false],
      [1, true],
      [7, false],
      [8, true],
      [10, false],
    ]);
  });

  it("are live and named by their words", () => {
    const inputs = [...dom(text).querySelectorAll<HTMLInputElement>("input")];
    expect(inputs.map((input) => [input.disabled, input.checked, input.ariaLabel])).toEqual([
      [false, false, "one"],
      [false, true, "two"],
      [false, false, "quoted"],
      [false, true, "last"],
      [false, false, "star"],
    ]);
  });

  it("whose line is not certain are for reading", () => {
    const odd = "> - [ ] q\n- [ ] a\n>   - [x] r\n\t- [ ] tab\n> - [ ] q";
    const { boxes } = render(odd, lookup);
    expect(boxes.map(({ line }) => line)).toEqual([0, 1, 2, 3]);
    expect([...dom(odd).querySelectorAll("input")].map(({ disabled }) => disabled)).toEqual([
      false,
      false,
      false,
      false,
      true,
    ]);
  });

  it("ticked change their line alone", () => {
    const { boxes } = render(text, lookup);
    const changed = boxes.map((box) => tick(text, box, !box.checked)?.split("\n") ?? []);
    changed.forEach((lines, index) => {
      const different = lines.flatMap((line, at) => (line === text.split("\n")[at] ? [] : [at]));
      expect(different).toEqual([boxes[index]?.line]);
    });
  });

  it("are found again by their words in a changed text", () => {
    const box = render("- [ ] a\n- [ ] b", lookup).boxes[1];
    expect(box && tick("new\n\n- [x] a\n- [ ] c\n- [ ] b", box, true)).toBe("new\n\n- [x] a\n- [ ] c\n- [x] b");
    expect(box && tick("- [ ] a", box, true)).toBeNull();
  });

  it("keep the ends of lines as they are", () => {
    const box = render("- [ ] a\r\n- [ ] b\r\n", lookup).boxes[1];
    expect(box && tick("- [ ] a\r\n- [ ] b\r\n", box, true)).toBe("- [ ] a\r\n- [x] b\r\n");
  });

  it("of the same words are told apart by their place", () => {
    const box = render("- [ ] a\n- [ ] a\n- [ ] a", lookup).boxes[1];
    expect(box && tick("- [ ] a\n- [ ] a\n- [ ] a", box, true)).toBe("- [ ] a\n- [x] a\n- [ ] a");
  });
});

describe("tables", () => {
  it("scroll by themselves, also by keyboard", () => {
    const frame = dom("|a|b|\n|-|-|\n|1|2|").querySelector<HTMLElement>(".scroll");
    expect(frame?.tabIndex).toBe(0);
    expect(frame?.querySelector("table")).not.toBeNull();
  });
});
