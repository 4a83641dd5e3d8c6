// Before the first paint: a page that turns from light to dark hurts. The names are those of src/lib/preferences.ts.
;(() => {
  var kept = {}
  try {
    kept = JSON.parse(localStorage.getItem('safelight.preferences') || '{}')
  } catch {
    // Kept elsewhere or broken: as the system has it.
  }
  var light = kept.theme ? kept.theme === 'light' : matchMedia('(prefers-color-scheme: light)').matches
  document.documentElement.dataset.theme = light ? 'light' : 'dark'
})()
