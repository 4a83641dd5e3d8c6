import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { api, content, type Schemas } from '@/lib/api/client'
import { keys } from '@/lib/api/keys'

export type Key = Schemas['KeyView']
export type NewKey = Schemas['NewKeyView']

interface Wanted {
  name: string
  scopes: Key['scopes']
  /** When it ends, RFC 3339; `null` = when it is revoked. */
  expires_at: string | null
  acts_for_others: boolean
}

/** One's own keys, the newest first. */
export function useKeys() {
  return useQuery({
    queryKey: keys.accounts('keys'),
    queryFn: (): Promise<Key[]> => content(api.GET('/api/v1/keys')),
  })
}

/** Make a key; the answer is the only place where it is told. */
export function useMakeKey() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (wanted: Wanted): Promise<NewKey> => content(api.POST('/api/v1/keys', { body: wanted })),
    meta: { quiet: true },
    gcTime: 0,
    onSuccess: () => queries.invalidateQueries({ queryKey: keys.accounts('keys') }),
  })
}

export function useRevokeKey() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (id: string) => api.DELETE('/api/v1/keys/{key_id}', { params: { path: { key_id: id } } }),
    onSettled: () => queries.invalidateQueries({ queryKey: keys.accounts('keys') }),
  })
}
