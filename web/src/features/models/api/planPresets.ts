import { useQueries } from '@tanstack/react-query'
import { api, content } from '@/lib/api/client'
import { keys } from '@/lib/api/keys'
import { type Preset, usePresets } from '@/lib/data/offers'

/** Which presets would run each model, as the service plans them; those that cannot run now are left out. */
export function usePresetsByModel(): ReadonlyMap<string, Preset[]> {
  const presets = usePresets().data ?? []
  return useQueries({
    queries: presets.map(preset => ({
      queryKey: keys.plan({ preset: preset.name, for: 'models', steps: preset.recipe }),
      queryFn: ({ signal }: { signal: AbortSignal }): Promise<{ models: string[] }> =>
        content(
          api.POST('/api/v1/plan', {
            body: { preset: preset.name, format: 'png', lossless: false, strip: 'none' },
            signal,
          }),
        ),
      staleTime: 300_000,
      retry: false,
    })),
    combine: plans => {
      const uses = new Map<string, Preset[]>()
      plans.forEach((plan, at) => {
        const preset = presets[at]
        for (const model of new Set(plan.data?.models))
          if (preset) uses.set(model, [...(uses.get(model) ?? []), preset])
      })
      return uses
    },
  })
}
