import { queryOptions, useQuery } from '@tanstack/react-query'
import { api, content, type Schemas } from '@/lib/api/client'
import { keys } from '@/lib/api/keys'

/** What there is to choose from: it changes when somebody changes it, and hardly else. */

export type Preset = Schemas['PresetView']
export type Operation = Schemas['OperationView']
export type Style = Schemas['StyleView']
export type Model = Schemas['ModelView']

export const presetsOptions = queryOptions({
  queryKey: keys.offer('presets'),
  queryFn: ({ signal }): Promise<Preset[]> => content(api.GET('/api/v1/presets', { signal })),
})

export const operationsOptions = queryOptions({
  queryKey: keys.offer('operations'),
  queryFn: ({ signal }): Promise<Operation[]> => content(api.GET('/api/v1/operations', { signal })),
})

export const stylesOptions = queryOptions({
  queryKey: keys.offer('styles'),
  queryFn: ({ signal }): Promise<Style[]> => content(api.GET('/api/v1/styles', { signal })),
})

export const modelsOptions = queryOptions({
  queryKey: keys.offer('models'),
  queryFn: ({ signal }): Promise<Model[]> => content(api.GET('/api/v1/models', { signal })),
})

export const usePresets = () => useQuery(presetsOptions)
export const useOperations = () => useQuery(operationsOptions)
export const useStyles = () => useQuery(stylesOptions)
export const useModels = () => useQuery(modelsOptions)
