import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { api, content, type Schemas } from '@/lib/api/client'
import { keys } from '@/lib/api/keys'

export type User = Schemas['UserView']
export type Role = User['role']
export type Link = Schemas['NewInviteView']

export function useUsers() {
  return useQuery({
    queryKey: keys.accounts('users'),
    queryFn: (): Promise<User[]> => content(api.GET('/api/v1/users')),
  })
}

interface Change {
  name: string
  role?: Role
  disabled?: boolean
}

export function useChangeUser() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: ({ name, ...body }: Change): Promise<User> =>
      content(api.PATCH('/api/v1/users/{account}', { params: { path: { account: name } }, body })),
    // Whatever came of it, the list tells what is so.
    onSettled: () => queries.invalidateQueries({ queryKey: keys.accounts('users') }),
  })
}

interface Wanted {
  /** Who is to choose a new password; `null` = somebody new. */
  user: string | null
  role: Role
}

/** Make a link that works once; the answer is the only place where it is told. */
export function useMakeLink() {
  return useMutation({
    mutationFn: (wanted: Wanted): Promise<Link> => content(api.POST('/api/v1/users/invites', { body: wanted })),
    meta: { quiet: true },
    gcTime: 0,
  })
}

interface NewUser {
  name: string
  role: Role
}

/** Make a user without a password, and the link where they choose one. */
export function useAddUser() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: async (wanted: NewUser): Promise<Link> => {
      const made = await content<User>(api.POST('/api/v1/users', { body: wanted }))
      return content(api.POST('/api/v1/users/invites', { body: { user: made.name, role: made.role } }))
    },
    meta: { quiet: true },
    gcTime: 0,
    onSettled: () => queries.invalidateQueries({ queryKey: keys.accounts('users') }),
  })
}
