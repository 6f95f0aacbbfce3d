/** The id of the main landmark of every page. */
export const MAIN_ID = "main";

/** Lets the keyboard jump over the navigation. */
export function SkipLink() {
  return (
    <a
      href={`#${MAIN_ID}`}
      className="-translate-y-20 fixed top-3 left-3 z-70 rounded-lg bg-accent px-4 py-2 font-medium text-accent-ink text-sm focus-visible:translate-y-0"
    >
      Skip to the content
    </a>
  );
}
