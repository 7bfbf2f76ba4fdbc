// Runs in the notebook's page. It opens a connection of its own to the Jupyter server, a comm
// through that to the kernel, and gives scripts of cells and widgets globalThis.gonb_comm: values
// sent to addresses. The interface is GoNB's (its docs/FrontEndCommunication.md), so that its
// widgets work unchanged.
(function connect(kernel) {
  "use strict";
  if (globalThis.gonb_comm?.reopen?.(kernel)) return; // this page was only too busy to answer
  const target = "gonb_comm";
  const comm_id = unique();
  const session = unique();
  const listeners = new Map(); // address -> Map of symbol -> callback
  const variables = new Map(); // address -> SyncedVariable
  const patience = 10000; // milliseconds for the kernel to answer on a connection that may be dead
  let outbox = []; // values sent before the kernel answered; null once it has

  if (globalThis.gonb_comm) globalThis.gonb_comm.close();

  function unique() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    return Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");
  }

  // JupyterLab and Notebook 7 leave their settings in the page, with the server's base URL.
  function settings() {
    try {
      return JSON.parse(document.getElementById("jupyter-config-data").textContent);
    } catch {
      return {};
    }
  }

  function channels() {
    const config = settings();
    const base = config.baseUrl || document.body.dataset.baseUrl || "/";
    const url = new URL(config.wsUrl || base, new URL(base, document.location.href));
    url.pathname = url.pathname.replace(/\/*$/, "/") + "api/kernels/" + encodeURIComponent(kernel) + "/channels";
    url.protocol = /^(https|wss):$/.test(url.protocol) ? "wss:" : "ws:";
    url.searchParams.set("session_id", session);
    if (config.token) url.searchParams.set("token", config.token);
    return url;
  }

  function post(msg_type, content) {
    const msg_id = unique();
    const date = new Date().toISOString();
    const header = { msg_id, msg_type, session, username: "", date, version: "5.3" };
    socket.send(JSON.stringify({
      header, msg_id, msg_type, parent_header: {}, metadata: {}, content, channel: "shell", buffers: [],
    }));
  }

  // open asks for the comm until the kernel's answer comes. While a cell runs Jupyter's server opens a connection without
  // waiting for its subscription to what the kernel publishes, and a kernel that answers beside the cell is faster: the
  // first answers are lost then.
  function open(pause = 250) {
    if (!outbox || socket.readyState !== WebSocket.OPEN) return;
    post("comm_open", { comm_id, target_name: target, data: {} });
    setTimeout(open, pause, Math.min(2 * pause, 5000));
  }

  function deliver(address, value) {
    for (const callback of Array.from((listeners.get(address) || new Map()).values())) {
      try {
        callback(address, value);
      } catch (error) {
        console.error("gonb_comm: a listener of " + address + " failed", error);
      }
    }
  }

  const internal = {
    "#comm_open_ack": () => {
      const waiting = outbox || [];
      outbox = null;
      api.send("#heartbeat/pong", true); // the kernel has waited for it: from now on the page hears all
      waiting.forEach(([address, value]) => api.send(address, value));
    },
    "#heartbeat/ping": () => api.send("#heartbeat/pong", true),
    "#heartbeat/pong": () => {},
  };

  function receive(data) {
    const address = data.address;
    if (internal[address]) {
      internal[address]();
    } else if (data.read_request) {
      if (variables.has(address)) api.send(address, variables.get(address).get());
    } else {
      deliver(address, data.value);
    }
  }

  class SyncedVariable {
    constructor(address, value) {
      this.address = address;
      this.callbacks = new Map();
      this.value = null;
      api.subscribe(address, (_, value) => this.assign(value));
      this.set(value);
    }
    assign(value) {
      if (value === this.value) return;
      this.value = value;
      for (const callback of Array.from(this.callbacks.values())) callback(value);
    }
    set(value) {
      if (value === this.value) return;
      this.assign(value);
      api.send(this.address, value);
    }
    get() {
      return this.value;
    }
    subscribe(callback) {
      const id = Symbol(this.address);
      this.callbacks.set(id, callback);
      return id;
    }
    unsubscribe(id) {
      this.callbacks.delete(id);
    }
  }

  const api = {
    send(address, value) {
      if (outbox) outbox.push([address, value]);
      else post("comm_msg", { comm_id, data: { address, value } });
    },
    subscribe(address, callback) {
      const id = Symbol(address);
      if (!listeners.has(address)) listeners.set(address, new Map());
      listeners.get(address).set(id, callback);
      return id;
    },
    unsubscribe(id) {
      for (const callbacks of listeners.values()) callbacks.delete(id);
    },
    newSyncedVariable(address, value) {
      const known = variables.get(address);
      if (known) {
        known.assign(value);
        api.send(address, value); // also when it is the same: a widget built again waits for it
        return known;
      }
      const fresh = new SyncedVariable(address, value);
      variables.set(address, fresh);
      return fresh;
    },
    // reopen tells the kernel again of a comm that is open here, and so keeps who listens to it.
    reopen(id) {
      if (id !== kernel || socket.readyState !== WebSocket.OPEN) return false;
      outbox ||= [];
      open();
      setTimeout(() => {
        if (!outbox || globalThis.gonb_comm !== api) return;
        api.close();
        connect(kernel);
      }, patience);
      return true;
    },
    close() {
      if (globalThis.gonb_comm === api) delete globalThis.gonb_comm;
      socket.close();
    },
  };

  const socket = new WebSocket(channels());
  socket.onopen = () => open();
  socket.onclose = () => {
    if (globalThis.gonb_comm === api) delete globalThis.gonb_comm;
  };
  socket.onerror = () => console.error("gonb_comm: no connection to the Jupyter server; widgets will not work");
  socket.onmessage = (event) => {
    if (typeof event.data !== "string") return; // messages with binary buffers are not for us
    const msg = JSON.parse(event.data);
    if (!msg.content || msg.content.comm_id !== comm_id) return;
    const type = msg.msg_type || msg.header.msg_type;
    if (type === "comm_msg") receive(msg.content.data || {});
    if (type === "comm_close") api.close();
  };
  globalThis.gonb_comm = api;
})
