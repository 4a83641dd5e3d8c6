import { useTranslation } from 'react-i18next'
import { Field } from '@/components/ui/Field'
import { Select } from '@/components/ui/Select'
import { Slider } from '@/components/ui/Slider'
import { Switch } from '@/components/ui/Switch'
import type { Draft, Format } from '@/lib/draft'

const FORMATS: readonly Format[] = ['png', 'jpeg', 'webp', 'tiff', 'avif']
const STRIPS = ['none', 'gps', 'all'] as const
const USUAL_QUALITY = 92
const [LEAST_TILE, MOST_TILE] = [64, 2048]

interface ResultFormProps {
  draft: Draft
  onChange: (draft: Draft) => void
}

/** How the result is written. */
export function ResultForm({ draft, onChange }: ResultFormProps) {
  const { t } = useTranslation('studio')
  const lossy = draft.format === 'jpeg' || draft.format === 'avif' || (draft.format === 'webp' && !draft.lossless)
  return (
    <section aria-label={t('result')} className="flex flex-col gap-3 rounded-md border border-line-soft bg-ground p-3">
      <h3 className="font-semibold">{t('result')}</h3>
      <Select
        label={t('format')}
        value={draft.format}
        choices={FORMATS.map(one => ({ value: one, label: one.toUpperCase() }))}
        onChange={format => onChange({ ...draft, format: format as Format })}
      />
      {draft.format === 'webp' && (
        <Switch
          label={t('lossless')}
          checked={draft.lossless}
          onChange={lossless => onChange({ ...draft, lossless })}
        />
      )}
      {lossy && (
        <Slider
          label={t('quality')}
          min={1}
          max={100}
          step={1}
          value={draft.quality ?? USUAL_QUALITY}
          show={value => (draft.quality === null ? t('auto') : String(value))}
          onChange={quality => onChange({ ...draft, quality })}
        />
      )}
      <Select
        label={t('strip')}
        value={draft.strip}
        choices={STRIPS.map(one => ({ value: one, label: t(`strip_${one}`) }))}
        onChange={strip => onChange({ ...draft, strip: strip as Draft['strip'] })}
      />
      <Field
        type="number"
        label={t('tile_size')}
        placeholder={t('tile_auto')}
        min={LEAST_TILE}
        max={MOST_TILE}
        value={draft.tile ?? ''}
        onChange={event => {
          const typed = Number(event.target.value)
          onChange({ ...draft, tile: event.target.value === '' || !Number.isInteger(typed) ? null : typed })
        }}
      />
    </section>
  )
}
