import type { EventFollower } from "./follower.js";

/** A page that was turned away from is followed for so long, since people switch back and forth. */
const GRACE_MS = 15_000;

/**
 * Runs a follower while the page is looked at, and stops it when it is not: a browser has six
 * connections to a host, and twenty tabs. Coming back, the page hears what it missed. Answers how to
 * end it.
 */
export function followWhileVisible(follower: EventFollower): () => void {
  let grace: ReturnType<typeof setTimeout> | undefined;
  const look = () => {
    clearTimeout(grace);
    if (document.visibilityState === "visible") follower.start();
    else grace = setTimeout(() => follower.stop(), GRACE_MS);
  };
  look();
  document.addEventListener("visibilitychange", look);
  return () => {
    clearTimeout(grace);
    document.removeEventListener("visibilitychange", look);
    follower.stop();
  };
}
