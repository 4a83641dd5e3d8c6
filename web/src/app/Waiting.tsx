import { Skeleton } from '@/components/ui/Skeleton'

/** While the code of a page is fetched. */
export function Waiting() {
  return (
    <div className="flex flex-col gap-4 p-5">
      <Skeleton className="h-9 w-56" />
      <Skeleton className="h-28" />
      <Skeleton className="h-64" />
    </div>
  )
}
