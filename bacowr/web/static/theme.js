// Runs before the page is painted, so that the chosen theme never flashes.
(() => {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const root = document.documentElement;
  const chosen = () => {
    try { return localStorage.getItem("theme") || "system"; } catch { return "system"; }
  };
  const apply = () => {
    const choice = chosen();
    root.dataset.themeChoice = choice;
    root.dataset.bsTheme = choice === "system" ? (dark.matches ? "dark" : "light") : choice;
  };
  dark.addEventListener("change", apply);
  addEventListener("storage", apply);
  addEventListener("theme:next", () => {
    const order = ["system", "light", "dark"];
    const next = order[(order.indexOf(chosen()) + 1) % order.length];
    try { localStorage.setItem("theme", next); } catch { /* Kept for this page only. */ }
    apply();
    root.dataset.themeChoice = next;
  });
  apply();
})();
