/** Whether every word of the search occurs in one of the texts, whatever the case and the accents. */
export function matches(
  search: string,
  ...texts: ReadonlyArray<string | null | undefined>
): boolean {
  const words = fold(search).split(/\s+/).filter(Boolean);
  const haystack = fold(texts.filter(Boolean).join(" "));
  return words.every((word) => haystack.includes(word));
}

function fold(text: string): string {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}
