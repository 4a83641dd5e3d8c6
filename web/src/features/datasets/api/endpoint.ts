import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { api, content, type Schemas } from '@/lib/api/client'
import { keys } from '@/lib/api/keys'

export type Endpoint = Schemas['EndpointView']
export type EndpointBody = Schemas['EndpointBody']

const KEY = keys.offer('caption server')

/** Which server describes pictures. Its key is never told. */
export function useEndpoint() {
  return useQuery({
    queryKey: KEY,
    queryFn: ({ signal }): Promise<Endpoint> => content(api.GET('/api/v1/captioning/endpoint', { signal })),
  })
}

export function useSaveEndpoint() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (body: EndpointBody): Promise<Endpoint> => content(api.PUT('/api/v1/captioning/endpoint', { body })),
    meta: { quiet: true },
    onSuccess: saved => queries.setQueryData(KEY, saved),
  })
}

export function useForgetEndpoint() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: () => content(api.DELETE('/api/v1/captioning/endpoint')),
    onSuccess: () => queries.invalidateQueries({ queryKey: KEY }),
  })
}

/** Ask a server for its models; no picture is sent. */
export function useTestEndpoint() {
  return useMutation({
    mutationFn: (body: EndpointBody): Promise<Schemas['CheckedView']> =>
      content(api.POST('/api/v1/captioning/endpoint/test', { body })),
    meta: { quiet: true },
  })
}
