"use strict";

// What the person ticks: approved, to redo, a note. Kept in this browser alone, by the sheet's resume file and by what
// was asked for, so that it is there again when the page is written anew. An approval, and the wish for another one,
// are of one result: they end with it.

const page = JSON.parse(document.getElementById("data").textContent);

const ticks = (() => {
  const place = `bulkgen ticks ${page.key}`;
  let kept = new Map();
  let remembers = true;

  function read() {
    try {
      kept = new Map(Object.entries(JSON.parse(localStorage.getItem(place)) ?? {}));
    } catch {
      remembers = false;
    }
  }

  function of(job) {
    const tick = kept.get(job.key) ?? {};
    const same = tick.of === (job.id ?? "");
    const is = (what) => same && tick[what] === true;
    return { approved: is("approved"), redo: is("redo"), note: String(tick.note ?? "") };
  }

  function set(job, change) {
    const tick = { ...of(job), ...change };
    if (change.approved) tick.redo = false; // nobody wants another one of what is right
    if (change.redo) tick.approved = false;
    if (tick.approved || tick.redo || tick.note) kept.set(job.key, { of: job.id ?? "", ...tick });
    else kept.delete(job.key);
    try {
      localStorage.setItem(place, JSON.stringify(Object.fromEntries(kept)));
    } catch {
      remembers = false;
    }
  }

  // A text that a spreadsheet would run gets a ' before it.
  function cell(value) {
    const text = String(value ?? "");
    const safe = /^'*[=+\-@\t\r\n＝＋－＠]/.test(text) ? `'${text}` : text;
    return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  }

  function csv(jobs) {
    const yes = (is) => (is ? "yes" : "");
    const lines = [["row", "row_id", "name", "language", "approved", "redo", "note", "result_status", "result_id"]];
    for (const job of jobs) {
      const tick = of(job);
      if (!(tick.approved || tick.redo || tick.note)) continue;
      lines.push([job.left ? "" : job.row, job.row_id, job.name, job.language, yes(tick.approved), yes(tick.redo),
        tick.note, job.status, job.id]);
    }
    return "\ufeff" + lines.map((line) => line.map(cell).join(",") + "\r\n").join("");
  }

  read();
  return { of, set, csv, read, place, get remembers() { return remembers; } };
})();
