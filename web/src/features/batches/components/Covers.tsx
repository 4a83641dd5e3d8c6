import clsx from 'clsx'
import { Images } from 'lucide-react'
import { Picture } from '@/components/Picture'

/** Up to four results of a batch as one picture. */
export function Covers({ paths }: { paths: readonly string[] }) {
  const count = paths.length
  if (count === 0)
    return (
      <div className="grid size-full place-items-center bg-raised text-ink-3">
        <Images aria-hidden className="size-7" strokeWidth={1.2} />
      </div>
    )
  return (
    <div className={clsx('grid size-full gap-px bg-ground', count > 1 && 'grid-cols-2', count > 2 && 'grid-rows-2')}>
      {paths.slice(0, 4).map((path, index) => (
        <Picture
          key={path}
          path={path}
          alt=""
          loading="lazy"
          draggable={false}
          className={clsx('size-full min-h-0 min-w-0 object-cover', count === 3 && index === 0 && 'row-span-2')}
        />
      ))}
    </div>
  )
}
