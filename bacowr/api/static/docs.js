"use strict";

window.addEventListener("DOMContentLoaded", () => {
  const root = document.getElementById("docs");
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const paint = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
  dark.addEventListener("change", paint);
  paint();

  window.SwaggerUIBundle({
    url: root.dataset.spec,
    domNode: root,
    deepLinking: true,
    displayOperationId: false,
    displayRequestDuration: true,
    docExpansion: "list",
    defaultModelsExpandDepth: 0,
    validatorUrl: null,
    withCredentials: true,
    // Requests made with the browser's own login cookie must show that this page sent them.
    requestInterceptor: (request) => {
      const ours = new URL(request.url, window.location.href).origin === window.location.origin;
      if (ours && !request.loadSpec) {
        request.headers["X-CSRFToken"] = root.dataset.csrfToken;
      }
      return request;
    },
  });
});
