// Runs before the first paint, so that a dark screen never flashes white.
(function () {
  var theme = null;
  try {
    theme = JSON.parse(localStorage.getItem('crm.theme'));
  } catch (_) {}
  var dark = theme === 'dark' || (theme !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.dataset.theme = dark ? 'dark' : 'light';
})();
