"use strict";

// One card: its player, what it says, its row, its ticks. Texts get in as text. Nothing is asked of the network before
// the person presses play, or has the pictures loaded.

const SIGNS = {
  done: "✓", failed: "✕", invalid: "!", unknown: "?", review: "?", rendering: "…", queued: "○", skipped: "–",
};
const LINKS = {
  page: "Page", video: "Video", clean: "Video without captions", audio: "Sound", captions: "Captions",
  vtt: "Captions (VTT)", gif: "GIF",
};
const FILES = {
  captions: "Captions (file)", thumbnail: "Picture (file)", audio: "Sound (file)", gif: "GIF (file)",
  vtt: "Captions (VTT file)", clean: "Video without captions (file)", words: "Words and times (file)",
  edit: "Subtitles to correct (file)", original: "Original subtitles (file)",
};
const local = location.protocol === "file:";
let withPictures = false;

function make(tag, { text, ...given } = {}, ...inside) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(given)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value !== undefined && value !== false) made.setAttribute(name, value === true ? "" : value);
  }
  if (text !== undefined) made.textContent = text;
  made.append(...inside.filter(Boolean));
  return made;
}

// A file that is read, not played, such as subtitles to be corrected.
const isRead = (job) => /\.(srt|vtt|json)$/i.test(job.file ?? "");

function isSound(job) {
  return !job.video && Boolean(job.audio || /\.(mp3|wav|m4a|ogg)$/i.test(job.file ?? ""));
}

function length(seconds) {
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

// A rehearsal's links lead nowhere; its files are real.
function sources(job) {
  const link = page.sandbox ? "" : job.video || job.audio;
  return [!isRead(job) && job.file, link].filter(Boolean);
}

// A link that says when it ends, and has: there is no use in asking for it.
const hasExpired = (job) => Boolean(job.expires) && Date.parse(job.expires) <= Date.now();

function play(card, job) {
  const stage = card.querySelector(".stage");
  const playing = stage.querySelector("[controls]");
  if (playing) {
    if (playing.paused) playing.play().catch(() => {});
    else playing.pause();
    return;
  }
  const [first, second] = sources(job);
  if (!first) return;
  if ((!job.file || isRead(job)) && hasExpired(job)) {
    tellGone(stage);
    return;
  }
  for (const other of document.querySelectorAll("[controls]")) other.pause();
  const player = make(isSound(job) ? "audio" : "video", { controls: true, playsinline: true, preload: "none" });
  player.addEventListener("error", () => {
    if (second && player.src !== second) {
      player.src = second;
      player.play().catch(() => {});
    } else {
      tellGone(stage);
    }
  });
  player.src = first;
  stage.replaceChildren(player);
  player.play().catch(() => {});
}

function tellGone(stage) {
  const text = `This does not play: the file is gone, or its link has expired. For fresh links: ${page.renew}`;
  stage.replaceChildren(make("p", { class: "still", text }));
}

function stageOf(job) {
  const stage = make("div", { class: isSound(job) ? "stage sound" : "stage" });
  const playable = sources(job).length > 0;
  const still = job.files?.thumbnail ?? job.files?.gif ?? (withPictures && !page.sandbox && job.picture);
  if (still) {
    const picture = make("img", { src: still, alt: "", loading: "lazy", referrerpolicy: "no-referrer" });
    picture.addEventListener("error", () => picture.remove());
    stage.append(picture);
  } else if (job.file && local && !isSound(job) && !isRead(job)) {
    // its first picture; the file is on this computer
    stage.append(make("video", { src: `${job.file}#t=0.1`, preload: "metadata", muted: true, playsinline: true,
      tabindex: "-1", "aria-hidden": "true" }));
  } else {
    stage.classList.add("blank");
    if (!playable) {
      const rehearsed = page.sandbox && job.status === "done";
      stage.classList.add("short");
      stage.append(make("span", { class: "still", text: rehearsed ? "A rehearsal: nothing to play" : statusOf(job) }));
    }
  }
  if (playable) {
    stage.append(make("button", { class: "play", type: "button", text: "▶", "aria-label": `Play ${nameOf(job)}` }));
  }
  return stage;
}

const statusOf = (job) => `${SIGNS[job.status] ?? ""} ${job.status}`;

function nameOf(job) {
  return job.name || (job.left ? `Row ${job.row}, as it was` : `Row ${job.row}`);
}

function factsOf(job) {
  const row = job.left ? `was row ${job.row}` : `row ${job.row}`;
  const day = job.finished ? new Date(job.finished) : undefined;
  const known = day && !Number.isNaN(day.valueOf());
  return [row, job.row_id !== job.name && job.row_id, job.kind, job.language, job.part && `part ${job.part}`,
    job.about, job.seconds && length(job.seconds), job.price, known && day.toLocaleDateString()].filter(Boolean).join(" · ");
}

function columnsOf(job) {
  const list = make("dl");
  page.columns.forEach((name, at) => {
    const text = job.cells[at];
    if (text?.trim()) list.append(make("dt", { text: name, dir: "auto" }), make("dd", { text, dir: "auto" }));
  });
  const count = list.children.length / 2;
  if (count <= 4) return [list];
  list.classList.add("few");
  const more = make("button", { class: "more", type: "button", text: `All ${count} columns` });
  more.addEventListener("click", () => {
    list.classList.remove("few");
    more.remove();
  });
  return [list, more];
}

function linksOf(job) {
  const links = make("p", { class: "links" });
  const add = (text, href) => {
    if (href) links.append(make("a", { href, text, target: "_blank", rel: "noopener noreferrer" }));
  };
  add("File", job.file);
  for (const [name, file] of Object.entries(job.files ?? {})) add(FILES[name] ?? name, file);
  for (const [name, text] of Object.entries(page.sandbox ? {} : LINKS)) {
    if (name === "page" || !hasExpired(job)) add(text, job[name]);
  }
  if (hasExpired(job) && !page.sandbox) links.append(make("span", { text: `Its links have expired: ${page.renew}` }));
  return links.children.length > 0 && links;
}

function fill(card, job) {
  const trouble = job.where || ["failed", "invalid", "unknown", "review"].includes(job.status);
  card.replaceChildren(stageOf(job), make("div", { class: "body" },
    make("div", { class: "head" },
      make("h2", { text: nameOf(job), dir: "auto" }),
      make("span", { class: `badge ${job.status}`, text: statusOf(job) })),
    make("p", { class: "facts", text: factsOf(job) }),
    job.error && make("div", { class: trouble ? "why" : "why mild", dir: "auto" },
      job.where && make("b", { text: job.where.join(", ") }), job.error),
    job.words && make("p", { class: "words", text: job.words, dir: "auto" }),
    ...columnsOf(job),
    linksOf(job),
    make("div", { class: "ticks" },
      job.made && make("button", { type: "button", "data-tick": "approved", text: "✓ Approve" }),
      job.made && !job.left && make("button", { type: "button", "data-tick": "redo", text: "↻ Redo" }),
      make("button", { type: "button", "data-tick": "note", text: "✎ Note" }))));
  card.dataset.filled = "yes";
  showTicks(card, job);
}

function showTicks(card, job) {
  const tick = ticks.of(job);
  card.classList.toggle("approved", tick.approved);
  card.classList.toggle("redo", tick.redo);
  for (const button of card.querySelectorAll("[data-tick]")) {
    button.setAttribute("aria-pressed", String(Boolean(tick[button.dataset.tick])));
  }
  const note = card.querySelector(".note");
  if (note && document.activeElement !== note) note.value = tick.note;
  else if (tick.note) writeNote(card, job);
}

function writeNote(card, job) {
  const there = card.querySelector(".note");
  if (there || !card.dataset.filled) return there;
  const note = make("textarea", {
    class: "note", rows: "2", placeholder: "A note", "aria-label": `Note on ${nameOf(job)}`,
  });
  note.value = ticks.of(job).note;
  card.querySelector(".body").append(note);
  return note;
}
