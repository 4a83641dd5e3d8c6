import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query'
import { ServiceError, wordsFor } from '@/lib/api/errors'
import { keys } from '@/lib/api/keys'
import { Live } from '@/lib/api/live'
import { onKnown } from '@/lib/api/whose'
import { toast } from '@/lib/toasts'

const MOST_TRIES = 3

function askWhoThisIs(error: unknown): void {
  if (error instanceof ServiceError && (error.status === 401 || error.stale))
    void queries.invalidateQueries({ queryKey: keys.session() })
}

export const queries = new QueryClient({
  queryCache: new QueryCache({ onError: askWhoThisIs }),
  mutationCache: new MutationCache({
    onError: (error, _variables, _context, mutation) => {
      askWhoThisIs(error)
      // What a page tells itself, beside what was pressed, is not told twice.
      if (!mutation.meta?.quiet) toast(wordsFor(error), { bad: true })
    },
  }),
  defaultOptions: {
    queries: {
      // Live events tell what is old; asking again without a reason only costs.
      staleTime: 60_000,
      refetchOnWindowFocus: false,
      retry: (count, error) => count < MOST_TRIES && (!(error instanceof ServiceError) || error.passing),
    },
  },
})

export const live = new Live(queries)

onKnown(() => void queries.invalidateQueries({ queryKey: keys.session() }))
