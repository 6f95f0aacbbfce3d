import { useSyncExternalStore } from "react";
import { readStored, writeStored } from "@/lib/storage";

/** What the reader chose; `system` follows the machine. */
export type Theme = "light" | "dark" | "system";

const KEY = "bailiwick.theme";
const listeners = new Set<() => void>();

/** The choice that holds now. */
export function currentTheme(): Theme {
  const chosen = document.documentElement.dataset.theme;
  return chosen === "light" || chosen === "dark" ? chosen : "system";
}

/** Applies a choice at once and remembers it for the next visit. */
export function chooseTheme(theme: Theme): void {
  const root = document.documentElement;
  if (theme === "system") delete root.dataset.theme;
  else root.dataset.theme = theme;
  writeStored("local", KEY, theme === "system" ? undefined : theme);
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  const onStorage = (event: StorageEvent) => {
    if (event.key === KEY) chooseTheme((readStored("local", KEY) as Theme | undefined) ?? "system");
  };
  listeners.add(listener);
  window.addEventListener("storage", onStorage);
  return () => {
    listeners.delete(listener);
    window.removeEventListener("storage", onStorage);
  };
}

/** The choice, followed through this tab and the others. */
export function useTheme(): Theme {
  return useSyncExternalStore(subscribe, currentTheme);
}
