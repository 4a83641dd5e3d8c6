import clsx from 'clsx'
import { type ReactNode, useState } from 'react'
import { Progress } from '@/components/ui/Progress'
import { Tag } from '@/components/ui/Tag'

interface TileProps {
  name: string
  /** Where it came from, if names alone do not tell. */
  title?: string
  picture: ReactNode
  /** A word about its state, on the photo. */
  state: { words: string; tone?: 'plain' | 'good' | 'bad' | 'light' | 'amber' } | null
  /** Why it went wrong: it lies over the photo. */
  trouble?: { words: string; hint: string } | null
  progress?: { share: number; tone: 'light' | 'amber' } | null
  fact?: ReactNode
  /** Buttons that appear when it is pointed at or has the focus. */
  tools?: ReactNode
}

/** A photo with its state: progress is a thin line under it, an error stays on it with the way out. */
export function Tile({ name, title, picture, state, trouble, progress, fact, tools }: TileProps) {
  // What went wrong before the tile came into view is no news: it would be told again whenever somebody scrolls.
  const [news, setNews] = useState(!trouble)
  if (!trouble && !news) setNews(true)
  return (
    <article
      aria-label={name}
      className="group relative flex h-full flex-col overflow-hidden rounded-md border border-line-soft bg-surface shadow-card transition-colors focus-within:border-ink-3 hover:border-ink-3"
    >
      <div className={clsx('relative min-h-0 flex-1 overflow-hidden bg-black', progress && 'text-white')}>
        {picture}
        {trouble && (
          <div
            role={news ? 'alert' : undefined}
            className="absolute inset-0 grid place-items-center overflow-y-auto bg-[#0d0b0ad9] p-3 text-center text-fact"
          >
            <div>
              <p className="font-semibold text-[#ffb0b0]">{trouble.words}</p>
              <p className="text-[#cfc7bd]">{trouble.hint}</p>
            </div>
          </div>
        )}
        {state && (
          <Tag
            onPhoto
            tone={state.tone ?? 'plain'}
            className="pointer-events-none absolute top-2 left-2 max-w-[calc(100%-16px)] truncate"
          >
            {state.words}
          </Tag>
        )}
        <div className="absolute top-1.5 right-1.5 flex gap-1 opacity-0 transition-opacity group-focus-within:opacity-100 group-hover:opacity-100 pointer-coarse:top-auto pointer-coarse:bottom-1.5 pointer-coarse:opacity-100">
          {tools}
        </div>
        {progress && (
          <Progress
            label={name}
            share={progress.share}
            tone={progress.tone}
            className="absolute inset-x-0 bottom-0 bg-[#0007]!"
          />
        )}
      </div>
      <div className="flex h-10 shrink-0 items-center justify-between gap-2 px-3 text-fact">
        <b title={title ?? name} className="min-w-0 truncate font-[550]">
          {name}
        </b>
        <span className="shrink-0 whitespace-nowrap text-ink-3">{fact}</span>
      </div>
    </article>
  )
}
