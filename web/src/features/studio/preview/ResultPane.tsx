import { ReactCompareSlider } from 'react-compare-slider'
import { useTranslation } from 'react-i18next'
import { Picture } from '@/components/Picture'
import { Button } from '@/components/ui/Button'
import { Tag } from '@/components/ui/Tag'
import { wordsFor } from '@/lib/api/errors'
import { seconds, size } from '@/lib/format'
import { warningWords } from '@/lib/i18n/warnings'
import type { Shown } from './PreviewBench'

interface ResultPaneProps {
  shown: Shown | null
  original: string | null
  working: boolean
  error: unknown
  onRetry: () => void
}

/** Before and after of the part. The last picture stays until the new one is there; what fails says so over it. */
export function ResultPane({ shown, original, working, error, onRetry }: ResultPaneProps) {
  const { t } = useTranslation('studio')
  return (
    <figure aria-busy={working} className="flex min-h-0 flex-col gap-2">
      <div
        className="relative grid min-h-48 flex-1 place-items-center overflow-hidden rounded-md bg-[#0b0a09]"
        style={{ containerType: 'size' }}
      >
        {shown ? (
          <ReactCompareSlider
            key={shown.candidate}
            style={{
              aspectRatio: shown.preview.width / shown.preview.height,
              width: `min(100cqw, ${(shown.preview.width / shown.preview.height) * 100}cqh)`,
              opacity: working ? 0.6 : 1,
            }}
            itemOne={<Before shown={shown} original={original} />}
            itemTwo={<Picture path={shown.preview.url} alt={t('preview.after')} className="size-full" />}
          />
        ) : (
          !error && <div aria-hidden className="size-full animate-pulse bg-[#1b1816]" />
        )}
        {shown && (
          <>
            <Tag onPhoto className="pointer-events-none absolute top-2 left-2">
              {t('preview.before')}
            </Tag>
            <Tag onPhoto className="pointer-events-none absolute top-2 right-2">
              {t('preview.after')}
            </Tag>
          </>
        )}
        {working && (
          <div role="status" className="absolute bottom-3 left-1/2 -translate-x-1/2">
            <Tag onPhoto>
              <i aria-hidden className="size-2 animate-pulse rounded-full bg-[#ff5f3a]" />
              {t(shown ? 'preview.update' : 'preview.working')}
            </Tag>
          </div>
        )}
        {Boolean(error) && !working && (
          <div
            role="alert"
            className="absolute inset-0 grid place-items-center bg-[#0d0b0acc] p-6 text-center text-[#f4efe8]"
          >
            <div className="flex flex-col items-center gap-2">
              <p className="font-semibold text-[#ffb0b0]">{t('preview.failed')}</p>
              <p className="text-fact">{wordsFor(error)}</p>
              <Button className="mt-2" onClick={onRetry}>
                {t('preview.retry')}
              </Button>
            </div>
          </div>
        )}
      </div>
      <figcaption className="flex min-h-5 flex-wrap gap-x-4 text-fact text-ink-3">
        {shown && (
          <>
            <span>{size(shown.preview.width, shown.preview.height)}</span>
            <span>{t('preview.took', { time: seconds(shown.preview.seconds) })}</span>
            <span title={shown.preview.signature}>
              {t('preview.signature', { signature: shown.preview.signature.slice(0, 8) })}
            </span>
            {shown.preview.warnings.map(one => (
              <span key={one} className="text-amber wrap-anywhere">
                {warningWords(one)}
              </span>
            ))}
          </>
        )}
      </figcaption>
    </figure>
  )
}

/** The part as it is: the whole photo, of which the rest is outside. */
function Before({ shown, original }: { shown: Shown; original: string | null }) {
  const { t } = useTranslation('studio')
  const { left, top, width, height } = shown.region ?? { left: 0, top: 0, width: 1, height: 1 }
  if (!original) return <div className="size-full" />
  return (
    <div className="relative size-full overflow-hidden">
      <img
        src={original}
        alt={t('preview.before')}
        className="absolute max-w-none"
        style={{
          width: `${100 / width}%`,
          height: `${100 / height}%`,
          left: `${(-left / width) * 100}%`,
          top: `${(-top / height) * 100}%`,
        }}
      />
    </div>
  )
}
