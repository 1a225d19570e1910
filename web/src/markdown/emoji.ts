/** A small list of what people put into texts and reactions about work. */
export const emoji: readonly { readonly sign: string; readonly name: string }[] = [
  { sign: "👍", name: "thumbsup" },
  { sign: "👎", name: "thumbsdown" },
  { sign: "❤️", name: "heart" },
  { sign: "🎉", name: "tada" },
  { sign: "😄", name: "smile" },
  { sign: "😂", name: "joy" },
  { sign: "🙂", name: "slight_smile" },
  { sign: "😉", name: "wink" },
  { sign: "😕", name: "confused" },
  { sign: "😢", name: "cry" },
  { sign: "🤔", name: "thinking" },
  { sign: "👀", name: "eyes" },
  { sign: "🙏", name: "pray" },
  { sign: "👏", name: "clap" },
  { sign: "🚀", name: "rocket" },
  { sign: "🔥", name: "fire" },
  { sign: "✨", name: "sparkles" },
  { sign: "✅", name: "check" },
  { sign: "❌", name: "x" },
  { sign: "⚠️", name: "warning" },
  { sign: "🐛", name: "bug" },
  { sign: "🚧", name: "construction" },
  { sign: "💡", name: "bulb" },
  { sign: "☕", name: "coffee" },
];

export const reactions = emoji.slice(0, 6).map(({ sign }) => sign);

export const findEmoji = (query: string): typeof emoji =>
  emoji.filter(({ name }) => name.startsWith(query)).concat(emoji.filter(({ name }) => name.indexOf(query) > 0));
