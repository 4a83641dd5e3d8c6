import { useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { base, credentials, elsewhere } from '@/lib/api/place'

/**
 * Where a picture of the service can be shown from; `null` while that is not known.
 *
 * Pictures of another Safelight are fetched with its token, as an `img` cannot show one.
 */
export function usePictureUrl(path: string | null | undefined): string | null {
  const foreign = elsewhere()
  const [shown, setShown] = useState<string | null>(null)
  const { data } = useQuery({
    queryKey: ['picture', path],
    queryFn: async ({ signal }) => {
      const response = await fetch(base() + path, { headers: credentials(), signal })
      if (!response.ok) throw new Error(`${response.status}`)
      return response.blob()
    },
    enabled: foreign && Boolean(path),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 30_000,
    retry: 1,
  })
  useEffect(() => {
    if (!data) return
    const url = URL.createObjectURL(data)
    setShown(url)
    return () => URL.revokeObjectURL(url)
  }, [data])
  if (!path) return null
  return foreign ? shown : path
}
