import { queryOptions, useQuery } from '@tanstack/react-query'
import { api, content, type Schemas } from '@/lib/api/client'
import { keys } from '@/lib/api/keys'

export type Comfy = Schemas['ComfyView']
export type ComfyServer = Schemas['ServerView']

/** The ComfyUI servers, for what only has to know whether there are any; the monitor looks more often. */
const comfyOptions = queryOptions({
  queryKey: keys.offer('comfyui'),
  queryFn: async ({ signal }): Promise<Comfy> => {
    const health: Schemas['Health'] = await content(api.GET('/health', { signal }))
    return health.comfyui
  },
})

/** The pool of ComfyUI servers; `againMs` is how often it is asked again while somebody looks. */
export const useComfy = (againMs: number | false = false) => useQuery({ ...comfyOptions, refetchInterval: againMs })
