import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type Files, rawBody } from '@/features/workflows/workflowFiles'
import { api, content } from '@/lib/api/client'
import { keys } from '@/lib/api/keys'
import type { Workflow } from '@/lib/data/offers'

interface Saved {
  name: string
  files: Files
}

/** Keep a workflow under a name, in place of the own one that is called so. */
export function useSaveWorkflow() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: ({ name, files }: Saved): Promise<Workflow> =>
      content(
        api.PUT('/api/v1/workflows/{name}', {
          params: { path: { name } },
          body: { workflow: files.graph.content },
          bodySerializer: () => rawBody(files),
        }),
      ),
    meta: { quiet: true },
    onSuccess: () => queries.invalidateQueries({ queryKey: keys.offer('workflows') }),
  })
}
