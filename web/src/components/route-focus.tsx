import { useRouterState } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { MAIN_ID } from "./skip-link";

/**
 * Moves the focus to the content when another page opens, as a browser would on loading one: the
 * keyboard goes on from there, and a screen reader begins to read.
 */
export function RouteFocus() {
  const path = useRouterState({ select: ({ resolvedLocation }) => resolvedLocation?.pathname });
  const last = useRef(path);
  useEffect(() => {
    const moved = last.current !== undefined && path !== undefined && last.current !== path;
    last.current = path;
    if (moved) document.getElementById(MAIN_ID)?.focus({ preventScroll: true });
  }, [path]);
  return null;
}
