// Live without reload: on news the page is fetched again and its list and history are exchanged; what is being typed stays.
(() => {
  "use strict";
  const live = document.querySelector("[data-live]");
  if (!live) return;
  const history = () => document.getElementById("history");
  const toEnd = () => { const box = history(); if (box) box.scrollTop = box.scrollHeight; };
  toEnd();

  let asked = false, running = false;
  async function refresh() {
    if (running) { asked = true; return; }
    running = true;
    try {
      const answer = await fetch(location.href, { headers: { "X-Fragment": "1" } });
      if (answer.status === 401) { location.assign("/login"); return; }
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      exchange(page);
    } catch (error) {
      // The next news, or the next connection, asks again.
    } finally {
      running = false;
      if (asked) { asked = false; refresh(); }
    }
  }

  function exchange(page) {
    const list = document.getElementById("list"), newList = page.getElementById("list");
    if (list && newList && !list.contains(document.activeElement)) {
      const scrolled = list.scrollTop;
      list.innerHTML = newList.innerHTML;
      list.scrollTop = scrolled;
    } else if (list && newList) {
      for (const part of ["ul", "h2", ".alarm"]) if (list.querySelectorAll(part).length !== newList.querySelectorAll(part).length) { list.innerHTML = newList.innerHTML; break; }
    }
    const box = history(), newBox = page.getElementById("history");
    if (box && newBox && box.innerHTML !== newBox.innerHTML) {
      const atEnd = box.scrollHeight - box.scrollTop - box.clientHeight < 60;
      box.innerHTML = newBox.innerHTML;
      if (atEnd) toEnd();
    }
    const acts = document.querySelector(".acts"), newActs = page.querySelector(".acts");
    if (acts && newActs && acts.innerHTML !== newActs.innerHTML && !acts.contains(document.activeElement)) acts.innerHTML = newActs.innerHTML;
    const waiting = page.querySelectorAll("#list .count")[0];
    if (waiting) document.title = `(${waiting.textContent}) ` + document.title.replace(/^\(\d+\) /, "");
  }

  // The browser connects again by itself; after a gap everything is fetched anew.
  const news = new EventSource("/events");
  news.addEventListener("changed", refresh);
  news.addEventListener("open", refresh);

  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && event.target.id === "body" && event.target.value.trim()) {
      event.preventDefault();
      event.target.form.requestSubmit();
    }
  });
  document.addEventListener("submit", (event) => {
    const button = event.target.querySelector("button");
    if (button) setTimeout(() => { button.disabled = true; }, 0);
  });
})();
