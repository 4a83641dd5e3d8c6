import { useSyncExternalStore } from 'react'
import { preferences } from '@/lib/preferences'

/** One step of a recipe: the id of an operation, and the parameters that differ from what is usual. */
export interface Step {
  operation: string
  [parameter: string]: unknown
}

export type Format = 'png' | 'jpeg' | 'webp' | 'tiff' | 'avif'

/** What will happen to the photos that come next, and how their results are written. */
export interface Draft {
  /** Name of the preset that it began with; its card is lit. */
  preset: string
  title: string
  steps: Step[]
  format: Format
  quality: number | null
  lossless: boolean
  strip: 'none' | 'gps' | 'all'
  tile: number | null
}

/** The same, as requests to the service carry it. */
export interface Order {
  recipe: { name: string; title: string; steps: Step[] }
  format: Format
  quality?: number
  lossless: boolean
  strip: 'none' | 'gps' | 'all'
  tile?: number
}

const KEY = 'safelight.draft'
const listeners = new Set<() => void>()
let current: Draft | null = load()

function load(): Draft | null {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? 'null') as Draft | null
    return kept && Array.isArray(kept.steps) ? kept : null
  } catch {
    return null
  }
}

export function setDraft(draft: Draft): void {
  current = draft
  try {
    localStorage.setItem(KEY, JSON.stringify(draft))
  } catch {
    // It holds until the page is closed.
  }
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** What is set now; `null` until the presets are known on a first visit. */
export function useDraft(): Draft | null {
  return useSyncExternalStore(subscribe, () => current)
}

export function draftNow(): Draft | null {
  return current
}

interface Recipe {
  name?: unknown
  title?: unknown
  steps?: unknown
}

/** A draft from a preset, or from the recipe of a task. */
export function draftOf(recipe: Recipe, written: Partial<Draft> = {}): Draft {
  return {
    preset: typeof recipe.name === 'string' ? recipe.name : '',
    title: typeof recipe.title === 'string' ? recipe.title : '',
    steps: Array.isArray(recipe.steps) ? (recipe.steps as Step[]) : [],
    format: written.format ?? preferences().format,
    quality: written.quality ?? null,
    lossless: written.lossless ?? false,
    strip: written.strip ?? 'none',
    tile: written.tile ?? null,
  }
}

/** A draft from what a task was asked: "use these settings". */
export function draftOfTask(params: Record<string, unknown>): Draft {
  const { recipe, ...written } = params as { recipe?: Recipe } & Partial<Draft>
  return draftOf(recipe ?? {}, written)
}

export function orderOf(draft: Draft): Order {
  return {
    recipe: { name: draft.preset, title: draft.title, steps: draft.steps },
    format: draft.format,
    lossless: draft.format === 'webp' && draft.lossless,
    strip: draft.strip,
    ...(draft.quality !== null && ['jpeg', 'webp', 'avif'].includes(draft.format) ? { quality: draft.quality } : {}),
    ...(draft.tile !== null ? { tile: draft.tile } : {}),
  }
}
