// Runs in the notebook's page: loads a Go program built for js/wasm, and runs it.
(async function (config) {
  "use strict";
  function fail(error) {
    const div = document.getElementById(config.div);
    if (div) div.textContent = "The WebAssembly program does not run: " + error;
    console.error(error);
  }
  function load(src) {
    return new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = src;
      script.onload = resolve;
      script.onerror = () => reject(new Error("cannot load " + src));
      document.head.appendChild(script);
    });
  }
  try {
    if (!globalThis.Go) await load(config.exec);
    const go = new globalThis.Go();
    go.argv = config.args;
    const response = await fetch(config.program, { cache: "no-store" });
    if (!response.ok) throw new Error("cannot load " + config.program + ": " + response.status);
    const program = await WebAssembly.instantiate(await response.arrayBuffer(), go.importObject);
    await go.run(program.instance);
  } catch (error) {
    fail(error);
  }
})
