import { Skeleton } from '@/components/ui/Skeleton'

/** The places of photos that are not there yet. */
export function Waiting({ view }: { view: 'gallery' | 'table' }) {
  const places = Array.from({ length: view === 'gallery' ? 15 : 9 }, (_, index) => index)
  if (view === 'table')
    return (
      <div className="flex flex-col gap-2 pt-10">
        {places.map(place => (
          <Skeleton key={place} className="h-14" />
        ))}
      </div>
    )
  return (
    <div className="grid grid-cols-[repeat(auto-fill,minmax(150px,1fr))] gap-[14px] pt-11 md:grid-cols-[repeat(auto-fill,minmax(200px,1fr))]">
      {places.map(place => (
        <Skeleton key={place} className="aspect-[4/3.6]" />
      ))}
    </div>
  )
}
