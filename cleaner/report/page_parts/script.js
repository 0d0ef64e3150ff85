"use strict";
(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const make = (tag, text, attributes = {}) => {
    const element = document.createElement(tag);
    element.textContent = text;
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    return element;
  };

  // light and dark
  const root = document.documentElement;
  const theme = document.querySelector(".theme");
  const isDark = () => (root.dataset.theme || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
  const remember = (value) => { try { localStorage.setItem("theme", value); } catch { /* not allowed here */ } };
  const paint = () => { theme.textContent = isDark() ? "Light" : "Dark"; };
  if (theme) {
    try {
      const known = localStorage.getItem("theme");
      if (known === "dark" || known === "light") root.dataset.theme = known;
    } catch { /* not allowed here */ }
    theme.hidden = false;
    theme.addEventListener("click", () => {
      root.dataset.theme = isDark() ? "light" : "dark";
      remember(root.dataset.theme);
      paint();
    });
    paint();
  }
  for (const tools of all(".tools")) tools.hidden = false;

  // pages of long lists
  const pages = new Map();
  const paged = (list) => {
    const size = Number(list.dataset.pages);
    const bar = make("div", "", { class: "pager" });
    const previous = make("button", "Previous", { type: "button" });
    const next = make("button", "Next", { type: "button" });
    const place = make("span", "", { role: "status" });
    bar.append(previous, place, next);
    let page = 0;
    const items = () => [...list.children].filter((item) => !item.classList.contains("filtered"));
    const show = () => {
      const found = items();
      page = Math.max(0, Math.min(page, Math.ceil(found.length / size) - 1));
      found.forEach((item, number) => { item.hidden = Math.floor(number / size) !== page; });
      const first = found.length ? page * size + 1 : 0;
      place.textContent = `${first}–${Math.min(found.length, (page + 1) * size)} of ${found.length}`;
      previous.disabled = page === 0;
      next.disabled = (page + 1) * size >= found.length;
      bar.hidden = found.length <= size && page === 0;
    };
    previous.addEventListener("click", () => { page -= 1; show(); });
    next.addEventListener("click", () => { page += 1; show(); });
    list.after(bar);
    pages.set(list, { show, reset: () => { page = 0; show(); }, open: (item) => { page = Math.floor(Math.max(0, items().indexOf(item)) / size); show(); } });
    show();
  };

  // filters
  const rows = (list) => (list.tagName === "TABLE" ? [...list.tBodies] : [...list.children]);
  const filter = (id) => {
    const list = document.getElementById(id);
    const words = (document.querySelector(`[data-filter="${id}"]`)?.value || "").toLowerCase().split(/\s+/).filter(Boolean);
    const kind = document.querySelector(`[data-select="${id}"]`)?.value || "";
    let shown = 0;
    for (const row of rows(list)) {
      const text = (row.dataset.text || "").toLowerCase();
      const fits = words.every((word) => text.includes(word)) && (!kind || (row.dataset.family || row.dataset.kind) === kind);
      row.classList.toggle("filtered", !fits);
      shown += fits;
    }
    const status = document.querySelector(`[data-shown="${id}"]`);
    if (status) status.textContent = `${shown} of ${rows(list).length}`;
    pages.get(list)?.reset();
  };
  for (const input of all("[data-filter]")) input.addEventListener("input", () => filter(input.dataset.filter));
  for (const input of all("[data-select]")) input.addEventListener("change", () => filter(input.dataset.select));

  // tables that can be sorted
  const value = (body, column) => {
    const cell = body.rows[0].cells[column];
    return cell.dataset.v === undefined ? cell.textContent.trim() : Number(cell.dataset.v);
  };
  const compare = (a, b) => (typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b)));
  const sort = (table, column, down) => {
    const bodies = [...table.tBodies].map((body, number) => [value(body, column), number, body]);
    bodies.sort((a, b) => (down ? compare(b[0], a[0]) : compare(a[0], b[0])) || a[1] - b[1]);
    table.append(...bodies.map((entry) => entry[2]));
  };
  for (const table of all("table.sortable")) {
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, column) => {
      const button = make("button", head.textContent, { type: "button", class: "sort" });
      head.replaceChildren(button);
      button.addEventListener("click", () => {
        const now = head.getAttribute("aria-sort");
        const down = now ? now === "ascending" : head.classList.contains("n");
        for (const other of heads) other.removeAttribute("aria-sort");
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        sort(table, column, down);
      });
    });
  }
  for (const list of all("[data-pages]")) paged(list);

  // copying
  const copy = async (pre, button) => {
    let done = true;
    try {
      await navigator.clipboard.writeText(pre.textContent);
    } catch {
      const selection = getSelection();
      selection.selectAllChildren(pre);
      done = document.execCommand("copy");
    }
    button.textContent = done ? "Copied" : "Press Ctrl+C";
    setTimeout(() => { button.textContent = "Copy"; }, 2000);
  };
  for (const pre of all("pre.copied")) {
    const button = make("button", "Copy", { type: "button", class: "copy" });
    button.addEventListener("click", () => copy(pre, button));
    pre.before(button);
  }

  // what an address points at is opened
  const reveal = () => {
    const target = location.hash.length > 1 ? document.getElementById(decodeURIComponent(location.hash.slice(1))) : null;
    if (!target) return;
    for (let element = target; element; element = element.parentElement) {
      if (element.tagName === "DETAILS") element.open = true;
      if (element.classList.contains("filtered")) element.classList.remove("filtered");
      if (element.parentElement && pages.has(element.parentElement)) pages.get(element.parentElement).open(element);
    }
    target.scrollIntoView();
  };
  addEventListener("hashchange", reveal);
  reveal();
})();
