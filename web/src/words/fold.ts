/** A text as it is compared while somebody types: without marks such as accents, in lower case. */
export const fold = (text: string): string => text.normalize("NFKD").replaceAll(/\p{M}/gu, "").toLowerCase();
