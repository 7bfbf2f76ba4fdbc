// What the tests ask of a page of JupyterLab or Notebook 7: what a person sees, and where to click.
(() => {
  "use strict";
  const shell = () => globalThis.jupyterapp.shell;
  // panel is the notebook in front, or the one that is open behind something else.
  const panel = () => (shell().currentWidget?.sessionContext ? shell().currentWidget : Array.from(shell().widgets("main")).find((w) => w.sessionContext));
  const kernel = () => panel().sessionContext.session.kernel;
  const text = (element) => (element ? element.innerText.trim() : "");
  const visible = (element) => element.getClientRects().length > 0;
  const statuses = [];
  performance.setResourceTimingBufferSize(5000); // JupyterLab loads more scripts than the usual buffer holds
  let started; // becomes true when all of the page's plugins are there, with what shows JavaScript among them

  globalThis.lab = {
    // ready tells that the notebook at path is open, with all of its cells on the page, and that its kernel waits for work.
    // The browser puts cells there when it has nothing else to do, and runs no script in them before.
    ready(path) {
      const p = panel();
      const app = globalThis.jupyterapp;
      if (started === undefined) Promise.resolve(app.allPluginsActivated ?? app.restored).then(() => (started = true)); // Notebook 7 has the second alone
      started ||= false;
      if (!started || p.content.widgets.some((w) => w.isPlaceholder() || !w.node.isConnected)) return false;
      return app.serviceManager.contents.localPath(p.context.path) === path && p.context.isReady && p.content.widgets.length > 0 && kernel().status === "idle";
    },
    // cells lists the code cells: what the file would hold of them, and what stands on the page.
    cells() {
      return panel().content.widgets.filter((w) => w.model.type === "code").map((w) => ({
        source: w.model.sharedModel.getSource(),
        prompt: text(w.node.querySelector(".jp-InputArea-prompt")),
        outputs: w.model.outputs.toJSON(),
        shown: Array.from(w.node.querySelectorAll(".jp-OutputArea-output"), text),
      }));
    },
    // status is what the notebook's toolbar says of the kernel.
    status() {
      return panel().node.querySelector(".jp-Notebook-ExecutionIndicator").dataset.status;
    },
    // watch keeps the statuses of the kernel from now on, and returns those kept so far.
    watch() {
      if (!statuses.on) kernel().statusChanged.connect((_, status) => statuses.push(status));
      statuses.on = true;
      return Array.from(statuses);
    },
    // marks are what the ledger's marks say of the code cells, empty where there is none.
    marks() {
      const cells = panel().content.widgets.filter((w) => w.model.type === "code");
      return cells.map((w) => text(Array.from(w.node.querySelectorAll(".gm-badge")).find((e) => !e.classList.contains("lm-mod-hidden"))));
    },
    // cost is how long the extension kept JupyterLab from other work at its start, and how long its script took to come, in milliseconds.
    cost() {
      const spent = (entries) => entries.reduce((sum, entry) => sum + entry.duration, 0);
      const script = performance.getEntriesByType("resource").filter((e) => /extensions\/gemba\/static\/.*\.js/.test(e.name));
      return { load: spent(performance.getEntriesByName("gemba: load")), activate: spent(performance.getEntriesByName("gemba: activate")), script: spent(script), scripts: script.length, bytes: script.reduce((sum, e) => sum + e.encodedBodySize, 0) };
    },
    // executionOf is which execution the mark of a code cell is about, as its text for screen readers tells.
    executionOf(index) {
      const cells = panel().content.widgets.filter((w) => w.model.type === "code");
      return cells[index].node.querySelector(".gm-badge button").getAttribute("aria-label");
    },
    // front is what the tab in front is called.
    front() {
      return shell().currentWidget.title.label;
    },
    // kernelStatus is what JupyterLab thinks of the kernel.
    kernelStatus() {
      return kernel().status;
    },
    // gembaViews are the views that the ledger's side panel leads to.
    gembaViews() {
      return Array.from(document.querySelectorAll(".gm-lab-views li"), text);
    },
    // document is what the file of the notebook in front would hold.
    document() {
      return panel().content.model.toJSON();
    },
    unsaved() {
      return panel().context.model.dirty;
    },
    source(path, index) {
      for (const w of shell().widgets("main")) {
        if (w.context?.localPath === path) return w.content.widgets.filter((c) => c.model.type === "code")[index].model.sharedModel.getSource();
      }
      return "";
    },
    setSource(index, source) {
      panel().content.widgets.filter((w) => w.model.type === "code")[index].model.sharedModel.setSource(source);
      return true;
    },
    // settled tells that nothing that a selector chooses is being read, and that something is there.
    settled(selector) {
      const shown = Array.from(document.querySelectorAll(selector)).filter(visible);
      return shown.length > 0 && shown.every((e) => text(e) !== "" && !e.querySelector(".gm-state-loading, [aria-busy=true]"));
    },
    // again asks again what could not be had, and tells whether all could be.
    again() {
      const failed = Array.from(document.querySelectorAll(".gm-state-failed button")).filter(visible);
      for (const button of failed) button.click();
      return failed.length === 0 && this.settled(".gemba");
    },
    async theme(name) {
      await globalThis.jupyterapp.commands.execute("apputils:change-theme", { theme: name });
      return true;
    },
    hasAxe() {
      return typeof globalThis.axe === "object";
    },
    // faults are what axe-core finds to be serious in the visible elements that match one of the selectors.
    async faults(selectors) {
      const include = selectors.flatMap((s) => Array.from(document.querySelectorAll(s)).filter(visible));
      const { violations } = await axe.run({ include }, { resultTypes: ["violations"], iframes: false });
      return violations.filter((v) => ["serious", "critical"].includes(v.impact)).flatMap((v) => v.nodes.map((n) => `${v.help} (${v.id}): ${n.html}\n${n.failureSummary}`));
    },
    // closeOthers closes all tabs but the notebook's.
    closeOthers() {
      for (const w of Array.from(shell().widgets("main"))) if (w !== panel()) w.close();
      return true;
    },
    // focused tells whether the cursor is on, or in, an element that matches a selector.
    focused(selector) {
      return document.activeElement.closest(selector) !== null;
    },
    has(selector) {
      return document.querySelector(selector) !== null;
    },
    async openSettings(query) {
      await globalThis.jupyterapp.commands.execute("settingeditor:open", { query });
      return true;
    },
    async saveSettings(plugin, text) {
      await globalThis.jupyterapp.serviceManager.settings.save(plugin, text);
      return true;
    },
    // workspaces is what the server keeps of the layouts of pages.
    async workspaces() {
      const { ids, values } = await globalThis.jupyterapp.serviceManager.workspaces.list();
      return JSON.stringify([ids, values]);
    },
    // texts are the texts in the visible elements that match a selector, each as long as no tag is between.
    texts(selector) {
      const found = [];
      for (const element of Array.from(document.querySelectorAll(selector)).filter(visible)) {
        const walk = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
        while (walk.nextNode()) {
          const parent = walk.currentNode.parentElement;
          if (visible(parent) && walk.currentNode.textContent.trim()) found.push(walk.currentNode.textContent.trim());
        }
      }
      return found;
    },
    // leftPanel opens the ledger's panel in Notebook 7.
    leftPanel() {
      shell().expandLeft("gemba-ledger");
      return true;
    },
    // text is what the visible elements that match a selector say.
    text(selector) {
      return Array.from(document.querySelectorAll(selector)).filter(visible).map(text).join("\n");
    },
    // place is the middle of the first visible element that matches a selector and says just that.
    place(selector, words) {
      const element = Array.from(document.querySelectorAll(selector)).find((e) => visible(e) && (!words || text(e) === words));
      const box = element.getBoundingClientRect();
      return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
    },
    // focus selects what is in the input that matches a selector.
    focus(selector) {
      const input = document.querySelector(selector);
      input.focus();
      input.select();
      return document.activeElement === input;
    },
    // take gives the cursor to one of the elements that match a selector.
    take(selector, index) {
      const element = document.querySelectorAll(selector)[index];
      element.focus();
      return document.activeElement === element;
    },
    // gutter is where a breakpoint of a line of a code cell is set, both from 0.
    gutter(index, line) {
      const editor = panel().content.widgets.filter((w) => w.model.type === "code")[index].editor.editor;
      const element = Array.from(editor.dom.querySelectorAll(".cm-breakpoint-gutter .cm-gutterElement")).filter((e) => e.style.visibility !== "hidden")[line];
      const box = element.getBoundingClientRect();
      return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
    },
    // enter presses Enter in an input, wherever the cursor is.
    enter(selector) {
      return document.querySelector(selector).dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true }));
    },
    value(selector) {
      return document.querySelector(selector).value;
    },
    // edit puts the cursor at the end of a code cell.
    edit(index) {
      const cells = panel().content.widgets.filter((w) => w.model.type === "code");
      panel().content.activeCellIndex = panel().content.widgets.indexOf(cells[index]);
      panel().content.mode = "edit";
      const editor = cells[index].editor;
      const last = editor.lineCount - 1;
      editor.setCursorPosition({ line: last, column: editor.getLine(last).length });
      editor.focus();
      return editor.hasFocus();
    },
    // info asks the kernel for its comms, and returns when the answer is here.
    async info() {
      await kernel().requestCommInfo({});
      return true;
    },
    // open opens a comm that the kernel knows nothing of, and returns when the kernel has closed it.
    async comm() {
      const comm = kernel().createComm("nobody");
      const closed = new Promise((resolve) => (comm.onClose = resolve));
      comm.open();
      await closed;
      return true;
    },
    // reconnect loses the connection to the kernel and finds it again.
    async reconnect() {
      await kernel().reconnect();
      return true;
    },
    async save() {
      await panel().context.save();
      return true;
    },
    async shutdown() {
      await panel().sessionContext.shutdown();
      return true;
    },
  };
})();
