const fence = /^ {0,3}(`{3,}|~{3,})/;
const span = /(?<!`)(`+)(?!`)[\s\S]*?(?<!`)\1(?!`)/g;

/** `text` with `change` done to everything that is not code: neither between fences nor in backticks. */
export function outsideCode(text: string, change: (words: string) => string): string {
  const parts: string[] = [];
  let words: string[] = [];
  let open = "";
  const flush = () => {
    if (words.length > 0) parts.push(outsideSpans(words.join(""), change));
    words = [];
  };
  for (const line of text.split(/(?<=\n)/)) {
    const mark = fence.exec(line)?.[1] ?? "";
    if (open) {
      parts.push(line);
      if (mark.startsWith(open) && line.trim() === mark) open = "";
    } else if (mark) {
      flush();
      parts.push(line);
      open = mark;
    } else words.push(line);
  }
  flush();
  return parts.join("");
}

function outsideSpans(text: string, change: (words: string) => string): string {
  const parts: string[] = [];
  let last = 0;
  for (const code of text.matchAll(span)) {
    parts.push(change(text.slice(last, code.index)), code[0]);
    last = code.index + code[0].length;
  }
  parts.push(change(text.slice(last)));
  return parts.join("");
}
