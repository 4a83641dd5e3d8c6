import { useMutation } from '@tanstack/react-query'
import { type Files, rawBody } from '@/features/workflows/workflowFiles'
import { api, content, type Schemas } from '@/lib/api/client'

/** Ask what the service finds in a workflow; nothing is kept. */
export function useCheckWorkflow() {
  return useMutation({
    mutationFn: (files: Files): Promise<Schemas['WorkflowCheck']> =>
      content(
        api.POST('/api/v1/workflows/check', {
          body: { workflow: files.graph.content },
          bodySerializer: () => rawBody(files),
        }),
      ),
    meta: { quiet: true },
  })
}
