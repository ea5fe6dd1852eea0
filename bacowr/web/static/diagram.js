// Finding tables in the diagram: what is looked for is lifted out, with what it refers to.
(() => {
  const picture = document.querySelector("#diagram svg");
  const input = document.querySelector("#find");
  const found = document.querySelector("#found");
  if (!picture || !input) return;
  const tables = [...picture.querySelectorAll("[data-table]")];
  const references = [...picture.querySelectorAll("[data-from]")];
  const namesOf = (table) => [
    table.dataset.table,
    ...[...table.querySelectorAll("[data-column]")].map((each) => each.dataset.column),
  ].map((name) => name.toLowerCase());

  const mark = (lit, near) => {
    const searching = lit.size > 0 || input.value.trim() !== "";
    tables.forEach((table) => {
      table.classList.toggle("lit", lit.has(table.dataset.table));
      table.classList.toggle("dim", searching && !lit.has(table.dataset.table) && !near.has(table.dataset.table));
    });
    references.forEach((line) => {
      const touches = lit.has(line.dataset.from) || lit.has(line.dataset.to);
      line.classList.toggle("lit", touches);
      line.classList.toggle("dim", searching && !touches);
    });
  };
  const neighbours = (lit) => new Set(references.flatMap(({ dataset: { from, to } }) => (
    [...(lit.has(from) ? [to] : []), ...(lit.has(to) ? [from] : [])])));

  const show = () => {
    const words = input.value.trim().toLowerCase();
    const hits = words ? tables.filter((table) => namesOf(table).some((name) => name.includes(words))) : [];
    const lit = new Set(hits.map((table) => table.dataset.table));
    mark(lit, neighbours(lit));
    found.textContent = words ? `${hits.length} of ${tables.length} tables` : "";
    const named = hits.find((table) => table.dataset.table.toLowerCase().includes(words));
    (named ?? hits[0])?.scrollIntoView({ block: "nearest", inline: "nearest" });
  };
  input.addEventListener("input", show);
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    input.value = "";
    show();
  });
  tables.forEach((table) => table.addEventListener("click", () => {
    input.value = table.dataset.table;
    show();
  }));
})();
