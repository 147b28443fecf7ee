// Keys of every screen. Each of them does what a link or a button of the page does, so
// without this file nothing is missing but the keys.
"use strict";

const rows = [...document.querySelectorAll("[data-row]")];
const one = (name) => document.querySelector(`[data-key="${name}"]`);

function move(step) {
  const at = rows.indexOf(document.activeElement);
  const next = rows[Math.min(rows.length - 1, Math.max(0, at + step))];
  if (next) next.focus();
}

const shown = document.querySelector(".top nav [aria-current]");
shown?.parentElement.scrollTo({ left: shown.offsetLeft - shown.parentElement.clientWidth / 2 });

const countdown = document.querySelector("[data-until]");
if (countdown) {
  const until = Date.parse(countdown.dataset.until);
  const show = () => {
    const left = Math.max(0, Math.ceil((until - Date.now()) / 1000));
    const seconds = String(left % 60).padStart(2, "0");
    countdown.querySelector("strong").textContent = `${Math.floor(left / 60)}:${seconds}`;
    countdown.hidden = false;
  };
  show();
  setInterval(show, 1000);
}

const keys = {
  j: () => move(1),
  k: () => move(-1),
  n: () => move(1),
  a: () => one("a")?.focus(),
  p: () => one("p")?.select(),
  d: () => {
    const choices = one("d");
    if (!choices) return;
    choices.open = true;
    choices.querySelector("input[type=radio]").focus();
  },
  "/": () => one("/")?.focus(),
  u: () => document.querySelector("[data-queue]")?.click(),
  "?": () => {
    const help = document.querySelector("[data-help]");
    if (!help) return;
    help.open = !help.open;
    help.querySelector("summary").focus();
  },
};

document.addEventListener("keydown", (event) => {
  const typing = event.target.matches("input:not([type=radio]), textarea, select");
  if (typing || event.ctrlKey || event.metaKey || event.altKey || !(event.key in keys)) return;
  event.preventDefault();
  keys[event.key]();
});
