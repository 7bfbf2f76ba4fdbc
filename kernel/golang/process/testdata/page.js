// A notebook's page in little, for tests: it runs the scripts of what is displayed, with just enough
// of a document for widgets, and passes the messages of its web socket on. Lines of JSON come in and
// go out: {html}, {script} or {message} in; {url}, {message} or {result} out.
"use strict";
const lines = require("readline").createInterface({ input: process.stdin });
const say = (o) => process.stdout.write(JSON.stringify(o) + "\n");

class Element {
  constructor(attributes) {
    Object.assign(this, attributes);
    this.listeners = {};
  }
  addEventListener(type, listener) {
    (this.listeners[type] ||= []).push(listener);
  }
  dispatchEvent(event) {
    (this.listeners[event.type] || []).forEach((f) => f(event));
  }
  click() {
    this.dispatchEvent({ type: "click" });
  }
  setAttribute() {}
}

const elements = new Map();
globalThis.document = {
  location: { href: "https://hub.example/user/ann/lab" },
  body: { dataset: {} },
  getElementById: (id) => elements.get(id) || null,
  all: () => Array.from(elements.values()),
};
elements.set("jupyter-config-data", new Element({ textContent: JSON.stringify({ baseUrl: "/user/ann/", token: "t" }) }));

globalThis.WebSocket = class {
  static OPEN = 1;
  readyState = 0;
  constructor(url) {
    globalThis.socket = this;
    say({ url: String(url) });
    setTimeout(() => {
      this.readyState = 1;
      this.onopen({});
    }, 1);
  }
  send(text) {
    say({ message: JSON.parse(text) });
  }
  close() {
    this.readyState = 3;
    setTimeout(() => this.onclose({}), 1);
  }
};

function show(html) {
  for (const [, tag, attributes] of html.matchAll(/<(button|input|select)([^>]*)>/g)) {
    const element = new Element({ tag, value: (attributes.match(/value="([^"]*)"/) || [])[1] || "0" });
    elements.set(attributes.match(/id="([^"]*)"/)[1], element);
  }
  for (const [, script] of html.matchAll(/<script>([\s\S]*?)<\/script>/g)) (0, eval)(script);
}

lines.on("line", (line) => {
  const { html, script, message } = JSON.parse(line);
  if (html !== undefined) show(html);
  if (script !== undefined) say({ result: String((0, eval)(script)) });
  if (message !== undefined && globalThis.socket) socket.onmessage({ data: JSON.stringify(message) });
});
console.error = (...args) => say({ result: "error: " + args.join(" ") });
