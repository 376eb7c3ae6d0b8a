"use strict";
// Shows the answers of the Platform API.  Their text becomes text nodes only, never markup.

const KEPT = "dynostack-session";
const EVERY = 4000;
const SHOWN_FOR = 30000;
const LINES = 500;
const BACK_AFTER = 2000;
const GOOD = ["up", "provisioned", "succeeded", "idle"];
const BAD = ["crashed", "deprovisioned", "failed", "down"];

const byId = id => document.getElementById(id);

function element(tag, fields = {}, ...children) {
  const made = Object.assign(document.createElement(tag), fields);
  made.append(...children.filter(child => child !== null && child !== undefined));
  return made;
}

const chip = (text, kind = "") => element("span", { className: `chip ${kind}` }, text);
const state = text => chip(text, GOOD.includes(text) ? "good" : BAD.includes(text) ? "bad" : "warn");

function row(title, side, ...details) {
  const lines = details.filter(Boolean).map(text => element("small", {}, text));
  return element("div", { className: "row" }, element("span", {}, title), side, ...lines);
}

// ---- session

/** Store the half of the session that only this page has; the first address contains it. */
function takeSession() {
  const found = /^#session=([\w-]+)$/.exec(location.hash);
  if (found) {
    localStorage.setItem(KEPT, found[1]);
    history.replaceState(null, "", "/");
  }
}

class Refused extends Error {}
class Gone extends Error {}
class Denied extends Error {}

async function ask(path, { method = "GET", headers = {}, body, signal } = {}) {
  const session = localStorage.getItem(KEPT);
  if (!session) throw new Refused();
  const answer = await fetch(path, {
    method, body, signal, cache: "no-store", credentials: "same-origin", redirect: "error",
    headers: { Accept: "application/vnd.heroku+json; version=3", "Dynostack-Session": session, ...headers },
  });
  if (answer.status === 401) throw new Refused();
  if (answer.status === 404) throw new Gone();
  if (answer.status === 403) throw new Denied((await answer.json()).message);
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return answer;
}

const get = async (path, headers) => (await ask(path, { headers })).json();

/** Return the whole list, however many pages it has. */
async function all(path) {
  const items = [];
  let range = "";
  do {
    const answer = await ask(path, range ? { headers: { Range: range } } : {});
    items.push(...await answer.json());
    range = answer.status === 206 ? answer.headers.get("Next-Range") : "";
  } while (range);
  return items;
}

// ---- streams

/** Pass the events of a stream to a function, until the stream ends. */
async function read(answer, onEvent) {
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    const events = (rest + part.value).split("\n\n");
    rest = events.pop();
    const texts = events.flatMap(event => event.split("\n").filter(line => line.startsWith("data: ")));
    if (texts.length) onEvent(texts.map(line => line.slice(6)));
  }
}

/** Reads a stream until it is stopped, and reopens it when it breaks. */
class Stream {
  constructor(place, open, line) {
    Object.assign(this, { place, open, line, stopping: null });
  }

  start() {
    this.stop();
    const stopping = this.stopping = new AbortController();
    this.run(stopping.signal).catch(failed);
  }

  stop() {
    this.stopping?.abort();
    this.place.replaceChildren();
  }

  async run(signal) {
    while (!signal.aborted) {
      try {
        const answer = await this.open(signal);
        this.place.replaceChildren();
        await read(answer, texts => signal.aborted || this.add(texts));
      } catch (error) {
        if (signal.aborted || error instanceof Gone) return;
        if (error instanceof Refused) throw error;
        if (error instanceof Denied) return this.place.replaceChildren(error.message);
      }
      await new Promise(done => setTimeout(done, BACK_AFTER));
    }
  }

  add(texts) {
    const place = this.place;
    const atEnd = place.scrollHeight - place.scrollTop - place.clientHeight < 40;
    place.append(...texts.slice(-LINES).map(this.line));
    while (place.childElementCount > LINES) place.firstElementChild.remove();
    if (atEnd) place.scrollTop = place.scrollHeight;
  }
}

const EVENTS = { Accept: "text/event-stream" };

const log = new Stream(
  document.querySelector("#log .stream"),
  async signal => {
    const body = JSON.stringify({ lines: 100, tail: true });
    const session = await (await ask(`${place(chosen)}/log-sessions`, { method: "POST", body, signal })).json();
    const address = new URL(session.logplex_url);
    return ask(address.pathname + address.search, { headers: EVENTS, signal });
  },
  text => {
    const [, stamp, rest] = /^(\S+) ([^]*)$/.exec(text) ?? [null, "", text];
    return element("div", { title: stamp }, element("span", { className: "soft" }, stamp.slice(11, 19)), " ", rest);
  },
);

const calls = new Stream(
  document.querySelector("#calls .stream"),
  signal => ask("/_local/requests", { headers: EVENTS, signal }),
  text => {
    const call = JSON.parse(text);
    const looks = ["GET", "HEAD"].includes(call.method);
    if (!looks) soon();
    const kind = call.status >= 500 || !call.status ? "bad" : call.status >= 400 ? "warn" : "good";
    return element("div", { className: looks ? "call looks" : "call" },
      element("span", { className: "soft" }, call.time.slice(11, 19)),
      element("span", {}, call.method),
      element("span", {}, call.path),
      element("span", { className: kind }, String(call.status || "lost")),
      element("span", { className: "soft" }, `${call.ms} ms`),
      element("span", { className: "soft" }, call.client ?? ""));
  },
);

// ---- sections

let chosen = "";
const drawn = new Map();
const CONFIG = "#config .rows";

const place = app => `/apps/${encodeURIComponent(app)}`;

/** Put rows in a place unless it already has the same ones, so that readers keep their position. */
function draw(selector, things, make, none) {
  const text = JSON.stringify([things, none]);
  if (drawn.get(selector) === text) return;
  drawn.set(selector, text);
  if (selector === CONFIG) hide();
  const rows = things.map(make);
  document.querySelector(selector).replaceChildren(
    ...rows.length ? rows : [element("p", { className: "soft" }, none)]);
}

function drawApps(apps) {
  const list = apps.map(({ name, owner, team }) => ({ name, owner: team?.name ?? owner.email }));
  draw("#apps ul", list, app => element("li", {},
    element("a", { href: `#/apps/${encodeURIComponent(app.name)}` }, app.name, element("small", {}, app.owner)),
  ), "No apps yet.");
  document.querySelectorAll("#apps a").forEach((link, number) => {
    link.ariaCurrent = list[number].name === chosen ? "page" : null;
  });
  document.title = chosen ? `${chosen} – Local Heroku` : "Local Heroku";
}

function drawApp(app) {
  const site = /^https?:/.test(app.web_url ?? "") ? app.web_url : null;
  draw("#name", [[app.name, site, app.maintenance]], () => element("span", {}, app.name, " ",
    site && element("a", { href: site, target: "_blank", rel: "noopener noreferrer" }, "Open the site"),
    app.maintenance ? chip("maintenance", "warn") : null), "");
  const facts = [
    [app.team ? "Team" : "Owner", app.team?.name ?? app.owner.email],
    ["Region", app.region.name], ["Stack", app.stack.name],
    ["Created", when(app.created_at)], ["Released", app.released_at ? when(app.released_at) : "never"],
  ];
  draw("#facts", facts, ([term, text]) =>
    element("div", {}, element("dt", {}, term), element("dd", {}, text)), "");
}

const OR = new Intl.ListFormat("en", { type: "disjunction" });
const when = stamp => new Date(stamp).toLocaleString();

function price(billed) {
  if (billed.contract) return "price unknown";
  if (!billed.cents) return "free";
  const dollars = billed.cents / 100;
  return `$${Number.isInteger(dollars) ? dollars : dollars.toFixed(2)} a ${billed.unit}`;
}

const shown = {
  "#dynos .rows": [app => all(`${place(app)}/dynos`), "No dynos are running.", dyno =>
    row(`${dyno.name} (${dyno.size})`, state(dyno.state), dyno.command)],
  "#addons .rows": [app => all(`${place(app)}/addons`), "No add-ons.", addon =>
    row(addon.plan.name, state(addon.state), `${addon.name}, ${price(addon.billed_price)}`)],
  [CONFIG]: [app => get(`/_local${place(app)}/config-var-names`), "No config vars.", name => variable(name)],
  "#access .rows": [app => get(`/_local${place(app)}/access`), "No one has access.", person =>
    row(person.email, chip(person.role ?? "collaborator"), person.permissions.join(", "),
      person.owners_only.length ? `may not ${OR.format(person.owners_only)} it` : "")],
  "#releases .rows": [app => get(`${place(app)}/releases`, { Range: "version ..; order=desc,max=10" }), "No releases yet.",
    release => row(`v${release.version} ${release.description}`, release.current ? chip("current", "good") : state(release.status),
      `${release.user.email}, ${when(release.created_at)}`)],
};

// ---- config vars: one value at a time, for a while, stored only where it is shown

let hide = () => {};

function variable(name) {
  const button = element("button", { type: "button", ariaExpanded: "false" }, "Show");
  const made = row(element("span", { className: "code" }, name), button);
  button.ariaLabel = `Show the value of ${name}`;
  button.addEventListener("click", () => toggle(name, made, button).catch(failed));
  return made;
}

async function toggle(name, made, button) {
  const was = button.ariaExpanded === "true";
  hide();
  if (was) return;
  const app = chosen;
  const value = (await get(`${place(app)}/config-vars`))[name];
  if (app !== chosen || !made.isConnected || document.hidden) return;
  hide();
  const seen = element("div", { className: "value code" }, value ?? "");
  const timer = setTimeout(() => hide(), SHOWN_FOR);
  hide = () => {
    clearTimeout(timer);
    seen.remove();
    label(button, "Show", name);
    hide = () => {};
  };
  label(button, "Hide", name);
  made.append(seen);
}

function label(button, text, name) {
  button.textContent = text;
  button.ariaLabel = `${text} the value of ${name}`;
  button.ariaExpanded = String(text === "Hide");
}

// ---- updates

async function refresh() {
  const [apps, faults] = await Promise.all([all("/apps"), get("/_local/faults")]);
  apps.sort((one, other) => one.name < other.name ? -1 : 1);
  byId("faults").hidden = !faults.length;
  draw("#faults .rows", faults, fault => row(fault.kind, chip(`hit ${fault.struck} of ${fault.seen} calls`, "warn"),
    ["method", "path", "route", "app", "client"].filter(name => fault[name]).map(name => `${name} ${fault[name]}`).join(", ")), "");
  choose(apps);
  drawApps(apps);
  const app = apps.find(each => each.name === chosen);
  byId("app").hidden = !app;
  if (app) await refreshApp(app);
  byId("state").hidden = true;
}

function choose(apps) {
  const asked = decodeURIComponent(/^#\/apps\/(.*)$/.exec(location.hash)?.[1] ?? "");
  const next = [asked, chosen, apps[0]?.name].find(name => apps.some(app => app.name === name)) ?? "";
  if (next === chosen) return;
  hide();
  chosen = next;
  if (chosen) log.start(); else log.stop();
}

async function refreshApp(app) {
  drawApp(app);
  await Promise.all(Object.entries(shown).map(async ([selector, [load, none, make]]) => {
    const [things, empty] = await permitted(() => load(app.name), none);
    if (app.name === chosen) draw(selector, things, make, empty);
  }));
}

/** Return the items and the text for none; a user who sees an app may not see all of its parts. */
async function permitted(load, none) {
  try {
    return [await load(), none];
  } catch (error) {
    if (error instanceof Denied) return [[], error.message];
    throw error;
  }
}

let running = false;
let again = false;

/** Refresh, unless a refresh is running; then refresh again after it. */
async function look() {
  again = running;
  if (running || document.hidden || byId("open").hidden) return;
  running = true;
  try {
    await refresh();
  } catch (error) {
    failed(error);
  } finally {
    running = false;
  }
  if (again) look();
}

let waiting = 0;
function soon() {
  clearTimeout(waiting);
  waiting = setTimeout(look, 150);
}

function failed(error) {
  if (error instanceof Refused) return shut();
  if (error instanceof Gone) return soon();
  byId("state").textContent = "not responding";
  byId("state").hidden = false;
}

function shut() {
  hide();
  log.stop();
  calls.stop();
  drawn.clear();
  byId("open").hidden = true;
  byId("closed").hidden = false;
  document.querySelectorAll("#open .rows, #apps ul, #name, #facts, #account").forEach(each => each.replaceChildren());
}

function watch() {
  hide();
  if (document.hidden || byId("open").hidden) {
    log.stop();
    calls.stop();
    return;
  }
  calls.start();
  if (chosen) log.start();
  look();
}

async function open() {
  try {
    const account = await get("/account");
    byId("account").textContent = `${account.email} at ${location.host}`;
  } catch (error) {
    return error instanceof Refused ? shut() : setTimeout(open, BACK_AFTER, failed(error));
  }
  byId("closed").hidden = true;
  byId("open").hidden = false;
  watch();
}

takeSession();
addEventListener("storage", () => byId("open").hidden && open());
addEventListener("hashchange", () => { takeSession(); byId("open").hidden ? open() : look(); });
document.addEventListener("visibilitychange", watch);
byId("changes").addEventListener("change", event => byId("calls").classList.toggle("quiet", event.target.checked));
setInterval(look, EVERY);
open();
