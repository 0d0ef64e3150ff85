// A page that is opened from disk may start no worker, and the search runs in one. Here a hidden frame takes its place.
// Beside the pages on a server this changes nothing.
if (location.protocol === "file:") {
  window.Worker = class extends EventTarget {
    constructor(url) {
      super();
      const frame = document.createElement("iframe");
      frame.hidden = true;
      document.body.appendChild(frame);
      const inside = frame.contentWindow;
      const send = window.postMessage;
      this.loaded = new Promise((done) => frame.contentDocument.addEventListener("worker-loaded", done, { once: true }));
      window.addEventListener("message", (event) => {
        if (event.source !== inside) return;
        const copy = new MessageEvent("message", { data: event.data });
        this.dispatchEvent(copy);
        if (this.onmessage) this.onmessage(copy);
      });
      this.postMessage = (data) => this.loaded.then(() => send.call(inside, data, "*"));
      this.terminate = () => frame.remove();
      const script = (code) => {
        const made = frame.contentDocument.createElement("script");
        Object.assign(made, code);
        frame.contentDocument.head.appendChild(made);
      };
      script({
        textContent:
          'self.postMessage = (data) => parent.postMessage(data, "*");' +
          "self.importScripts = (...urls) => urls.forEach((url) => {" +
          '  const made = document.createElement("script"); made.src = url; made.async = false; document.head.appendChild(made); });',
      });
      script({ src: String(url), onload: () => frame.contentDocument.dispatchEvent(new Event("worker-loaded")) });
    }
  };
}
