import { Link } from '@tanstack/react-router'
import { useVirtualizer } from '@tanstack/react-virtual'
import { Clock, TriangleAlert } from 'lucide-react'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { Picture } from '@/components/Picture'
import type { Neighbour } from '@/features/viewer/useNeighbours'

interface FilmProps {
  id: string
  all: readonly Neighbour[]
}

const WIDTH = 88

/** The film strip: all photos of the batch, however many; only those in sight are there. */
export function Film({ id, all }: FilmProps) {
  const { t } = useTranslation('viewer')
  const room = useRef<HTMLElement>(null)
  const at = all.findIndex(one => one.id === id)
  const film = useVirtualizer({
    horizontal: true,
    count: all.length,
    getScrollElement: () => room.current,
    estimateSize: () => WIDTH,
    overscan: 6,
    getItemKey: index => all[index]?.id ?? index,
  })
  useEffect(() => {
    if (at >= 0) film.scrollToIndex(at, { align: 'auto' })
  }, [film, at])
  return (
    <nav ref={room} aria-label={t('film')} className="shrink-0 overflow-x-auto overflow-y-hidden py-1 print:hidden">
      <ul className="relative h-[66px]" style={{ width: film.getTotalSize() }}>
        {film.getVirtualItems().map(item => {
          const one = all[item.index]
          if (!one) return null
          const here = one.id === id
          return (
            <li
              key={item.key}
              className="absolute top-0 left-0 h-full p-[3px]"
              style={{ width: WIDTH, transform: `translateX(${item.start}px)` }}
            >
              <Link
                to="/photos/$taskId"
                params={{ taskId: one.id }}
                replace
                preload={false}
                aria-label={one.name}
                aria-current={here ? 'true' : undefined}
                className={`block size-full overflow-hidden rounded-[7px] bg-raised outline-offset-1 transition-opacity ${here ? 'outline-2 outline-light' : 'opacity-65 hover:opacity-100 focus-visible:opacity-100'}`}
              >
                {one.thumbnail ? (
                  <Picture path={one.thumbnail} alt="" loading="lazy" className="size-full object-cover" />
                ) : (
                  <span className="grid size-full place-items-center text-ink-3">
                    {one.failed ? (
                      <TriangleAlert aria-hidden className="size-5 text-bad" />
                    ) : (
                      <Clock className="size-5" />
                    )}
                  </span>
                )}
              </Link>
            </li>
          )
        })}
      </ul>
    </nav>
  )
}
