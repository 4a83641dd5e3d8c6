import { type Preferences, preferences } from '@/lib/preferences'

const LIGHT = '(prefers-color-scheme: light)'

export function themeOf(chosen: Preferences['theme']): 'dark' | 'light' {
  return chosen ?? (window.matchMedia(LIGHT).matches ? 'light' : 'dark')
}

/** Show the theme that was chosen, and follow the system where none was. */
export function showTheme(): void {
  document.documentElement.dataset.theme = themeOf(preferences().theme)
}

export function followSystemTheme(): void {
  window.matchMedia(LIGHT).addEventListener('change', showTheme)
}
