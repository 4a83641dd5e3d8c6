/** Words by what their files are called: those of `studio.en.json` are `studio`. */
export function byName(files: Record<string, unknown>): Record<string, object> {
  return Object.fromEntries(
    Object.entries(files).map(([path, content]) => [
      path.replace(/^.*\/([^/]+)\.(en|zh)\.json$/, '$1'),
      content as object,
    ]),
  )
}
