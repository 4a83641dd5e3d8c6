import { ChevronDown } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { number } from '@/lib/format'
import { said } from '../said'
import type { State } from '../state'
import { wasBuilt } from '../useDataset'
import { DropFiles } from './DropFiles'
import { Steps } from './Steps'
import { UploadList } from './UploadList'

/** Where photos come in, and how far each step with them is. */
export function PhotosSection({ dataset, running, building }: State) {
  const { t } = useTranslation('datasets')
  const { dataset_id: id, photos, waiting, warnings, skipped, skipped_total } = dataset
  const some = photos > 0 || waiting > 0
  return (
    <DropFiles id={id} large={!some}>
      <UploadList id={id} />
      {(some || wasBuilt(dataset.steps)) && (
        <>
          <p className="text-ink-2">
            {[
              photos > 0 && t('photos_in', { count: photos, shown: number(photos) }),
              waiting > 0 && t('waiting', { count: waiting, shown: number(waiting) }),
            ]
              .filter(Boolean)
              .join(' · ')}
          </p>
          <Steps steps={dataset.steps} running={building ? running : null} building={building} />
        </>
      )}
      {warnings.length > 0 && (
        <section aria-labelledby="warnings">
          <h2 id="warnings" className="mb-1.5 font-semibold">
            {t('warnings')}
          </h2>
          <ul className="flex list-disc flex-col gap-1 pl-5 text-[13px] text-amber">
            {warnings.map(one => (
              <li key={one}>{said(one)}</li>
            ))}
          </ul>
        </section>
      )}
      {skipped_total > 0 && <Skipped names={skipped} total={skipped_total} />}
    </DropFiles>
  )
}

function Skipped({ names, total }: { names: readonly string[]; total: number }) {
  const { t } = useTranslation('datasets')
  const [open, setOpen] = useState(false)
  return (
    <section className="flex flex-col gap-2">
      <button
        type="button"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
        className="flex items-center gap-2 self-start text-[13px] font-[550] text-ink-2 hover:text-ink"
      >
        <ChevronDown aria-hidden className={`size-4 transition-transform ${open ? 'rotate-180' : ''}`} />
        {t('skipped', { count: total, shown: number(total) })}
      </button>
      {open && (
        <ul className="flex max-h-72 flex-col gap-1 overflow-y-auto text-fact break-words text-ink-2">
          {names.map(one => (
            <li key={one}>{skippedWords(one)}</li>
          ))}
          {total > names.length && <li>{t('skipped_more', { shown: number(total - names.length) })}</li>}
        </ul>
      )}
    </section>
  )
}

/** `notes.txt: it is no photo`: only what comes after the name is said in another language. */
function skippedWords(text: string): string {
  const at = text.indexOf(': ')
  return at < 0 ? text : `${text.slice(0, at)}: ${said(text.slice(at + 2))}`
}
