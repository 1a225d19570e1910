// Sets the theme before the first paint, because a page that flashes white in the dark hurts.
(() => {
  let theme = null;
  try {
    theme = localStorage.getItem("lockstep.theme");
  } catch {
    // Storage may be forbidden: then the system decides.
  }
  if (theme === "light" || theme === "dark") document.documentElement.style.colorScheme = theme;
})();
