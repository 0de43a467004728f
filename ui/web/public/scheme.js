// Sets light or dark before the first paint, so that a dark page never flashes
// white. A file of its own, because the content policy refuses inline scripts.
(function () {
  var kept = null;
  try {
    kept = window.localStorage.getItem('cradle-scheme');
  } catch (e) {
    // Storage may be off; then the system decides.
  }
  var dark = kept === 'dark' || (kept !== 'light' && window.matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.setAttribute('data-mantine-color-scheme', dark ? 'dark' : 'light');
})();
