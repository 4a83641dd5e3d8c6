import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { FactGroup } from '@/components/ui/Facts'
import { compared } from '@/features/viewer/differences'
import { useModels, useOperations, usePresets } from '@/lib/data/offers'
import type { Task } from '@/lib/data/useTask'

/** What differs between two results; what is the same is only counted. */
export function Differences({ a, b }: { a: Task; b: Task }) {
  const { t } = useTranslation('viewer')
  const operations = useOperations().data ?? []
  const presets = usePresets().data ?? []
  const models = useModels().data ?? []
  const { differing, alike } = compared(a, b, {
    t: key => (key === 'models' ? t('model', { count: 2 }) : t(key)),
    operations,
    presets,
    models,
  })
  return (
    <FactGroup title={t('compare.what_differs')}>
      <table className="w-full table-fixed border-collapse text-fact">
        <thead>
          <tr className="border-b border-line text-left">
            <th scope="col" className="w-[34%] py-1.5 font-normal text-ink-3">
              <span className="sr-only">{t('compare.fact')}</span>
            </th>
            {([a, b] as const).map((task, at) => (
              <th key={at === 0 ? 'A' : 'B'} scope="col" className="px-1.5 py-1.5 font-semibold">
                <Link
                  to="/photos/$taskId"
                  params={{ taskId: task.task_id }}
                  aria-label={t('compare.open', { which: at === 0 ? 'A' : 'B' })}
                  className="text-ink underline decoration-line underline-offset-3 hover:decoration-ink"
                >
                  {at === 0 ? 'A' : 'B'}
                </Link>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {differing.map(one => (
            <tr key={one.name} className="border-b border-line-soft align-top">
              <th scope="row" className="py-1.5 pr-1.5 text-left font-normal break-words text-ink-3">
                {one.name}
              </th>
              <td className="px-1.5 py-1.5 break-words">{one.a}</td>
              <td className="px-1.5 py-1.5 break-words">{one.b}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className="mt-2 text-fact text-ink-3">
        {differing.length === 0 ? t('compare.same') : t('compare.alike', { count: alike })}
      </p>
    </FactGroup>
  )
}
