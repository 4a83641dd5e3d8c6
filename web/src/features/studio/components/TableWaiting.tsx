import { Skeleton } from '@/components/ui/Skeleton'

const MOST = 12

/** Where the photos will be, in the places of the first row of them: as many as there is room for. */
export function TableWaiting() {
  return (
    <div className="grid auto-rows-[0] grid-cols-[repeat(auto-fill,minmax(min(200px,50%-7px),1fr))] grid-rows-[auto] gap-x-[14px] overflow-hidden">
      {Array.from({ length: MOST }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: places, not things
        <div key={index}>
          <Skeleton className="aspect-4/3 rounded-b-none" />
          <Skeleton className="h-10 rounded-t-none" />
        </div>
      ))}
    </div>
  )
}
