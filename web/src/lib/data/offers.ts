import { queryOptions, useQuery } from '@tanstack/react-query'
import { api, content, type Schemas } from '@/lib/api/client'
import { keys } from '@/lib/api/keys'

/** What there is to choose from: it changes when somebody changes it, and hardly else. */

export type Preset = Schemas['PresetView']
export type Operation = Schemas['OperationView']
export type Style = Schemas['StyleView']
export type Model = Schemas['ModelView']
export type Workflow = Schemas['WorkflowView']
export type Limits = Schemas['LimitsView']

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

/** Of ComfyUI. What its servers lack for them changes by itself. */
export const workflowsOptions = queryOptions({
  queryKey: keys.offer('workflows'),
  queryFn: ({ signal }): Promise<Workflow[]> => content(api.GET('/api/v1/workflows', { signal })),
})

/** How large photos may be; a service that runs keeps its limits. */
export const limitsOptions = queryOptions({
  queryKey: keys.offer('limits'),
  queryFn: ({ signal }): Promise<Limits> => content(api.GET('/api/v1/limits', { signal })),
  staleTime: Number.POSITIVE_INFINITY,
})

export const usePresets = () => useQuery(presetsOptions)
export const useOperations = () => useQuery(operationsOptions)
export const useStyles = () => useQuery(stylesOptions)
export const useModels = () => useQuery(modelsOptions)
export const useWorkflows = () => useQuery(workflowsOptions)
export const useLimits = () => useQuery(limitsOptions)
