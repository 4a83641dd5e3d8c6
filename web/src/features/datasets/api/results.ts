import { useQuery } from '@tanstack/react-query'
import { api, content, type Schemas } from '@/lib/api/client'
import { ServiceError } from '@/lib/api/errors'
import { keys } from '@/lib/api/keys'

export type Coverage = Schemas['Coverage']
export type LedgerRow = Schemas['LedgerRow']

/** What the pictures show and lack; null as long as nothing was built. */
export function useCoverage(id: string) {
  return useQuery({
    queryKey: [...keys.dataset(id), 'coverage'] as const,
    queryFn: async ({ signal }): Promise<Coverage | null> => {
      try {
        const params = { path: { dataset_id: id } }
        return await content(api.GET('/api/v1/datasets/{dataset_id}/coverage', { params, signal }))
      } catch (error) {
        if (error instanceof ServiceError && error.status === 404) return null
        throw error
      }
    },
  })
}

/** What was sent to other machines, newest first. */
export function useLedger(id: string) {
  return useQuery({
    queryKey: [...keys.dataset(id), 'ledger'] as const,
    queryFn: ({ signal }): Promise<LedgerRow[]> =>
      content(api.GET('/api/v1/datasets/{dataset_id}/ledger', { params: { path: { dataset_id: id } }, signal })),
  })
}
