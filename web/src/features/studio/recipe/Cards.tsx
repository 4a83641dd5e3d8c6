import clsx from 'clsx'
import { Bookmark, type LucideIcon, Palette, ScanFace } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Hint } from '@/components/ui/Hint'
import { Segmented } from '@/components/ui/Segmented'
import { Skeleton } from '@/components/ui/Skeleton'
import { usePresets, useStyles } from '@/lib/data/offers'
import { type Draft, draftOf } from '@/lib/draft'
import { presetSummary, presetTitle, styleSummary, styleTitle } from '@/lib/i18n/service'
import { inStyle, styleIn } from './painter'
import { StyleAbout } from './StyleAbout'

const EXAMPLES: Record<string, string> = import.meta.glob('./examples/*.webp', { eager: true, import: 'default' })

interface CardsProps {
  draft: Draft
  onChange: (draft: Draft) => void
}

type Shelf = 'presets' | 'styles' | 'own'

/** Presets and styles, as pictures of what they do. */
export function Cards({ draft, onChange }: CardsProps) {
  const { t } = useTranslation('studio')
  const { data: presets } = usePresets()
  const { data: styles } = useStyles()
  const style = isStyle(draft) && draft.steps[0] ? styleIn(draft.steps[0]) : null
  const about = styles?.find(one => one.id === style)
  const own = presets?.filter(one => one.own) ?? []
  const [opened, setOpened] = useState<Shelf | null>(null)
  const shelf = opened ?? (style ? 'styles' : own.some(one => one.name === draft.preset) ? 'own' : 'presets')
  if (!presets) return <Skeleton className="h-44" />

  const { format, quality, lossless, strip, tile } = draft
  const choose = (recipe: object) => onChange(draftOf(recipe, { format, quality, lossless, strip, tile }))
  const shelves: Shelf[] = own.length > 0 ? ['presets', 'styles', 'own'] : ['presets', 'styles']
  return (
    <div className="flex flex-col gap-2.5">
      <Segmented
        label={t('what')}
        value={shelf}
        choices={shelves.map(one => ({ value: one, label: t(one) }))}
        onChange={setOpened}
      />
      <fieldset
        aria-label={t(shelf)}
        className="-mx-1 grid max-h-64 auto-rows-max grid-cols-3 gap-2 overflow-y-auto p-1"
      >
        {shelf === 'styles'
          ? styles?.map(one => (
              <Card
                key={one.id}
                title={styleTitle(one)}
                summary={styleSummary(one)}
                picture={exampleOf(one.id)}
                chosen={style === one.id}
                drawing={Palette}
                onChoose={() => {
                  const kept = isStyle(draft) ? draft.steps[0] : undefined
                  choose({ name: one.id, title: one.title, steps: [inStyle(kept, one)] })
                }}
              />
            ))
          : presets
              .filter(one => one.own === (shelf === 'own'))
              .map(one => (
                <Card
                  key={one.name}
                  title={presetTitle(one)}
                  summary={presetSummary(one)}
                  picture={EXAMPLES[`./examples/${one.name}.webp`]}
                  drawing={one.name === 'face' ? ScanFace : Bookmark}
                  chosen={!style && draft.preset === one.name}
                  onChoose={() => choose({ ...one.recipe, name: one.name })}
                />
              ))}
      </fieldset>
      {shelf === 'styles' && about && <StyleAbout style={about} picture={exampleOf(about.id)} />}
    </div>
  )
}

const exampleOf = (style: string): string | undefined => EXAMPLES[`./examples/style-${style}.webp`]

/** Whether a draft paints, and does nothing else. */
function isStyle(draft: Draft): boolean {
  return draft.steps.length === 1 && draft.steps[0]?.operation === 'stylize'
}

interface CardProps {
  title: string
  summary: string
  picture: string | undefined
  /** In place of a picture, where there is none: no photo of a person comes with Safelight. */
  drawing: LucideIcon
  chosen: boolean
  onChoose: () => void
}

function Card({ title, summary, picture, drawing: Drawing, chosen, onChoose }: CardProps) {
  return (
    <Hint words={summary || title} side="left">
      <button
        type="button"
        aria-pressed={chosen}
        onClick={onChoose}
        className={clsx(
          'overflow-hidden rounded-md border bg-raised text-left text-[12px] transition-colors',
          chosen ? 'border-light ring-1 ring-light' : 'border-line-soft hover:border-ink-3',
        )}
      >
        {picture ? (
          <img src={picture} alt="" loading="lazy" className="block h-[52px] w-full object-cover" />
        ) : (
          <span className="grid h-[52px] place-items-center bg-ground text-ink-3">
            <Drawing aria-hidden className="size-6" strokeWidth={1.3} />
          </span>
        )}
        <span className="block truncate px-2 py-1">{title}</span>
      </button>
    </Hint>
  )
}
