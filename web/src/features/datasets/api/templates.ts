import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { api, content, type Schemas } from '@/lib/api/client'
import { keys } from '@/lib/api/keys'
import type { SomeSettings } from './datasets'

export type Template = Schemas['TemplateView']

const templatesOptions = queryOptions({
  queryKey: keys.offer('dataset templates'),
  queryFn: ({ signal }): Promise<Template[]> => content(api.GET('/api/v1/datasets/templates', { signal })),
})

/** Settings that were saved under a name. */
export function useTemplates() {
  return useQuery(templatesOptions)
}

export function useSaveTemplate() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: ({ name, settings }: { name: string; settings: SomeSettings }): Promise<Template> =>
      content(api.PUT('/api/v1/datasets/templates/{name}', { params: { path: { name } }, body: { settings } })),
    onSuccess: () => queries.invalidateQueries(templatesOptions),
  })
}

export function useDeleteTemplate() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (name: string) =>
      content(api.DELETE('/api/v1/datasets/templates/{name}', { params: { path: { name } } })),
    onSuccess: () => queries.invalidateQueries(templatesOptions),
  })
}
