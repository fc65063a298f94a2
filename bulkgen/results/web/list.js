"use strict";

// The cards together: search, filters, order, keys. A card is a bare frame until it comes near the window, so that
// thousands of them are there at once.

const find = (id) => document.getElementById(id);
const TROUBLE = ["failed", "invalid", "unknown", "review", "rendering", "queued", "done", "skipped"];

const cards = page.jobs.map((job, at) => {
  const card = make("article", { class: "card", tabindex: "-1", "aria-label": `${nameOf(job)}, ${job.status}` });
  card.dataset.at = at;
  return card;
});
const jobOf = (card) => page.jobs[Number(card.dataset.at)];
let shown = cards;
let current;

function draw(card) {
  fill(card, jobOf(card));
  stopIn(card, card === current ? 0 : -1);
}

const near = new IntersectionObserver((seen) => {
  for (const { isIntersecting, target } of seen) {
    if (!isIntersecting) continue;
    near.unobserve(target);
    if (!target.dataset.filled) draw(target);
  }
}, { rootMargin: "800px" });

// Search, filters, order ----------------------------------------------------------------------------------------------

const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
let texts;

function textOf(at) {
  texts ??= page.jobs.map((job) => {
    const known = [nameOf(job), job.row_id, job.kind, job.language, job.about, job.status, job.error, job.words,
      job.id];
    return plain([...known, ...(job.where ?? []), ...job.cells].filter(Boolean).join("\n"));
  });
  return texts[at];
}

const byName = new Intl.Collator(undefined, { numeric: true });
const ORDERS = {
  row: () => 0,
  status: (a, b) => TROUBLE.indexOf(a.status) - TROUBLE.indexOf(b.status),
  name: (a, b) => byName.compare(nameOf(a), nameOf(b)),
  finished: (a, b) => (b.finished ?? "").localeCompare(a.finished ?? ""),
  seconds: (a, b) => (b.seconds ?? 0) - (a.seconds ?? 0),
  cost: (a, b) => (b.cost ?? 0) - (a.cost ?? 0),
};

function fits(job, at, words) {
  for (const name of ["status", "kind", "language"]) {
    const wanted = find(name).value;
    if (wanted && job[name] !== wanted) return false;
  }
  const wanted = find("ticked").value;
  if (wanted) {
    const tick = ticks.of(job);
    if (wanted === "none" ? tick.approved || tick.redo || tick.note : !tick[wanted]) return false;
  }
  return words.every((word) => textOf(at).includes(word));
}

function show() {
  const words = plain(find("search").value).split(/\s+/).filter(Boolean);
  const order = ORDERS[find("sort").value] ?? ORDERS.row;
  shown = cards.filter((card, at) => fits(page.jobs[at], at, words)).sort((a, b) => order(jobOf(a), jobOf(b)));
  find("cards").replaceChildren(...shown);
  find("shown").textContent = shown.length === cards.length ? `${count(cards.length)} in all`
    : `${count(shown.length)} of ${count(cards.length)}`;
  find("nothing").hidden = shown.length > 0;
  for (const card of shown) if (!card.dataset.filled) near.observe(card);
  if (!shown.includes(current)) reach(shown[0]);
}

const count = (number) => number.toLocaleString("en-US");

function choices(name, all, label = (value) => value) {
  const counts = new Map();
  for (const job of page.jobs) if (job[name]) counts.set(job[name], (counts.get(job[name]) ?? 0) + 1);
  const select = find(name);
  select.append(make("option", { value: "", text: all }));
  for (const [value, number] of [...counts].sort(([a], [b]) => a.localeCompare(b))) {
    select.append(make("option", { value, text: `${label(value)} (${count(number)})` }));
  }
  select.hidden = counts.size === 0 || (counts.size === 1 && name !== "status");
}

// Ticks ---------------------------------------------------------------------------------------------------------------

function tick(card, name) {
  const job = jobOf(card);
  if (!card.dataset.filled) draw(card);
  if (name === "note") {
    writeNote(card, job).focus();
    return;
  }
  if (!card.querySelector(`[data-tick=${name}]`)) return; // there is nothing to approve, or to redo
  ticks.set(job, { [name]: !ticks.of(job)[name] });
  showTicksOf(job.key);
}

// Rows that ask for the same share one result, and so its ticks.
function showTicksOf(key) {
  for (const card of cards) if (card.dataset.filled && jobOf(card).key === key) showTicks(card, jobOf(card));
  tellTicks();
}

function tellTicks() {
  const kept = page.jobs.map((job) => ticks.of(job));
  const redo = kept.filter((each) => each.redo).length;
  find("export").disabled = !kept.some((each) => each.approved || each.redo || each.note);
  const where = ticks.remembers
    ? "Ticks and notes are kept in this browser only, and come back when the page is written again."
    : "This browser keeps nothing of a page: save your ticks before you close it.";
  const again = redo
    ? `To make again, and pay again, what is ticked Redo (${count(redo)}): save the ticks beside the sheet, then type`
    : "Save ticks makes a CSV of them; what is ticked Redo is made again, and paid again, by";
  find("how").textContent = `${where} ${again} ${page.redo} (and the other options that you type, if any).`;
}

function save() {
  const file = new Blob([ticks.csv(page.jobs)], { type: "text/csv" });
  const link = make("a", { download: page.ticks, href: URL.createObjectURL(file) });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

// Keys and clicks -----------------------------------------------------------------------------------------------------

// The Tab key stops in the current card alone, not in thousands.
function reach(card) {
  if (current !== card) stopIn(current, -1);
  current = card;
  stopIn(card, 0);
}

function stopIn(card, stop) {
  if (!card) return;
  card.tabIndex = stop;
  for (const inside of card.querySelectorAll("button, a, textarea, [controls]")) inside.tabIndex = stop;
}

function move(by) {
  if (!shown.length) return;
  const here = document.activeElement?.closest(".card");
  const at = here ? shown.indexOf(current) + by : Math.max(shown.indexOf(current), 0);
  const card = shown[Math.min(Math.max(at, 0), shown.length - 1)];
  if (!card.dataset.filled) draw(card);
  reach(card);
  card.focus();
}

function across() {
  const top = shown[0]?.offsetTop;
  const next = shown.findIndex((card) => card.offsetTop !== top);
  return next < 1 ? shown.length || 1 : next;
}

const STEPS = {
  j: () => 1, k: () => -1, ArrowRight: () => 1, ArrowLeft: () => -1, ArrowDown: across, ArrowUp: () => -across(),
};
const TICKS = { a: "approved", r: "redo", n: "note" };

document.addEventListener("keydown", (event) => {
  const { key, target } = event;
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (key === "Escape" && target.matches("input, textarea")) {
    (target.closest(".card") ?? target).focus();
    if (target.id === "search") target.blur();
    return;
  }
  if (target.matches("input, textarea, select, video, audio")) return;
  const onCard = target.classList.contains("card");
  if (key === "/") find("search").focus();
  else if (key in STEPS && (onCard || !key.startsWith("Arrow"))) move(STEPS[key]());
  else if (onCard && (key === " " || key === "Enter")) play(target, jobOf(target));
  else if (onCard && key in TICKS) tick(target, TICKS[key]);
  else return;
  event.preventDefault();
});

find("cards").addEventListener("click", (event) => {
  const card = event.target.closest(".card");
  if (!card) return;
  reach(card);
  if (event.target.closest(".play")) play(card, jobOf(card));
  const button = event.target.closest("[data-tick]");
  if (button) tick(card, button.dataset.tick);
});
find("cards").addEventListener("focusin", (event) => reach(event.target.closest(".card") ?? current));
find("cards").addEventListener("input", (event) => {
  const card = event.target.closest(".card");
  if (!event.target.matches(".note")) return;
  ticks.set(jobOf(card), { note: event.target.value });
  showTicksOf(jobOf(card).key);
});

let waiting;
find("tools").addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(show, 60);
});
find("tools").addEventListener("submit", (event) => event.preventDefault());
find("export").addEventListener("click", save);
find("clear").addEventListener("click", () => {
  find("tools").reset();
  show();
});
find("pictures").addEventListener("click", () => {
  withPictures = true;
  find("pictures").hidden = true;
  for (const card of cards) {
    const stage = card.querySelector(".stage.blank");
    if (!stage || !jobOf(card).picture) continue;
    stage.replaceWith(stageOf(jobOf(card)));
  }
});
window.addEventListener("beforeprint", () => {
  for (const card of shown) if (!card.dataset.filled) draw(card);
});
window.addEventListener("storage", (event) => {
  if (event.key !== ticks.place) return;
  ticks.read();
  for (const card of cards) if (card.dataset.filled) showTicks(card, jobOf(card));
  tellTicks();
});

// The page as a whole -------------------------------------------------------------------------------------------------

find("rehearsal").hidden = !page.sandbox;
find("title").textContent = page.title;
const written = `as of ${new Date(document.lastModified).toLocaleString()}`;
find("summary").textContent = [page.counts, page.spent, written].filter(Boolean).join(" · ");
const lacksPicture = (job) => job.picture && !job.files?.thumbnail && !(job.file && !isRead(job) && local);
find("pictures").hidden = page.sandbox || !page.jobs.some(lacksPicture);
choices("status", "All statuses");
choices("kind", "All kinds");
choices("language", "All languages");
tellTicks();
show();
