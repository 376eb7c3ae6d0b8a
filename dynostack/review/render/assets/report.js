"use strict";
(() => {
  const all = () => [...document.querySelectorAll("main details")];
  const unfold = document.getElementById("unfold");
  const root = document.documentElement;

  const reveal = () => {
    const target = location.hash && document.getElementById(location.hash.slice(1));
    if (!target) return;
    if (target.tagName === "DETAILS") {
      target.open = true;
      target.querySelector("summary").focus();
    }
    target.scrollIntoView({ block: "center" });
  };

  const isDark = () =>
    root.dataset.theme
      ? root.dataset.theme === "dark"
      : matchMedia("(prefers-color-scheme: dark)").matches;
  const theme = document.getElementById("theme");
  const name = () => { theme.textContent = isDark() ? "Light" : "Dark"; };

  unfold.addEventListener("click", () => {
    const open = all().some((each) => !each.open);
    all().forEach((each) => { each.open = open; });
    unfold.textContent = open ? "Collapse all" : "Expand all";
  });
  theme.addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    name();
  });
  document.getElementById("print").addEventListener("click", () => print());
  addEventListener("beforeprint", () => all().forEach((each) => { each.open = true; }));
  addEventListener("hashchange", reveal);

  const copy = document.getElementById("copy");
  if (copy) {
    copy.addEventListener("click", async () => {
      const command = document.getElementById("command");
      try {
        await navigator.clipboard.writeText(command.textContent);
        copy.textContent = "Copied";
      } catch {
        getSelection().selectAllChildren(command);
        copy.textContent = "Selected";
      }
    });
  }

  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const step = { j: 1, k: -1 }[event.key];
    if (!step) return;
    const heads = [...document.querySelectorAll("main details > summary")];
    const at = heads.indexOf(document.activeElement);
    const next = heads[at < 0 ? (step > 0 ? 0 : heads.length - 1) : at + step];
    if (next) next.focus();
  });

  name();
  reveal();
})();
