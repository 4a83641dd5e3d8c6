import { useTranslation } from 'react-i18next'
import { Fact, FactGroup, Facts } from '@/components/ui/Facts'
import type { Task } from '@/lib/data/useTask'
import { bytes, size, time } from '@/lib/format'
import { resultOf } from '@/lib/made/result'
import { askedOf } from '@/lib/made/settings'

/** Sizes and formats: what came, and what it became. */
export function PhotoFacts({ task }: { task: Task }) {
  const { t } = useTranslation('viewer')
  const result = resultOf(task)
  const { strip, quality, lossless } = askedOf(task)
  return (
    <>
      {result && (
        <FactGroup title={t('result')}>
          <Facts>
            <Fact name={t('size')}>{size(result.width, result.height)}</Fact>
            <Fact name={t('file')}>
              {bytes(result.bytes)} {result.format.toUpperCase()}
            </Fact>
            {quality ? <Fact name={t('quality')}>{quality}</Fact> : null}
            {lossless ? <Fact name={t('quality')}>{t('lossless')}</Fact> : null}
            {strip && strip !== 'none' && (
              <Fact name={t('metadata')}>{t(strip === 'gps' ? 'no_place' : 'removed')}</Fact>
            )}
          </Facts>
        </FactGroup>
      )}
      <FactGroup title={t('original')}>
        <Facts>
          <Fact name={t('name')}>{task.filename}</Fact>
          {task.input_width && task.input_height && (
            <Fact name={t('size')}>{size(task.input_width, task.input_height)}</Fact>
          )}
          {task.input_bytes !== null && <Fact name={t('file')}>{bytes(task.input_bytes)}</Fact>}
          <Fact name={t('sent')}>{time(task.created_at)}</Fact>
        </Facts>
      </FactGroup>
    </>
  )
}
