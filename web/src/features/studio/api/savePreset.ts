import { api, content, type Schemas } from '@/lib/api/client'
import type { Step } from '@/lib/draft'

/** Keep a recipe under a name of one's own. */
export function savePreset(name: string, recipe: { title: string; steps: Step[] }): Promise<Schemas['PresetView']> {
  return content(api.PUT('/api/v1/presets/{name}', { params: { path: { name } }, body: { recipe } }))
}
