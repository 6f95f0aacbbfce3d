// Applies a chosen theme before the first paint; without a choice the system decides.
(() => {
  try {
    const chosen = localStorage.getItem("bailiwick.theme");
    if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
  } catch {
    // Storage may be closed to the page; the system's theme then applies.
  }
})();
