import { useTranslation } from 'react-i18next'
import { Table } from '@/features/report/components/Table'
import { moment } from '@/features/report/moment'
import { type Model, useModels, useOperations, usePresets } from '@/lib/data/offers'
import type { Task } from '@/lib/data/useTask'
import { bytes, number, seconds, size } from '@/lib/format'
import { presetTitle } from '@/lib/i18n/service'
import { warningWords } from '@/lib/i18n/warnings'
import { paintedOf, paintedWords } from '@/lib/made/painted'
import { facesOf, resultOf } from '@/lib/made/result'
import { askedOf, stepsOf } from '@/lib/made/settings'

/** All tables of a photo's report: settings, models, sizes, times, faces, warnings. */
export function TaskTables({ task }: { task: Task }) {
  const { t } = useTranslation('report')
  const operations = useOperations().data ?? []
  const presets = usePresets().data ?? []
  const models = useModels().data ?? []
  const result = resultOf(task)
  const asked = askedOf(task)
  const preset = presets.find(one => one.name === asked.recipe?.name)
  const faces = facesOf(result)
  const painted = paintedOf(task)
  return (
    <div className="grid gap-x-10 gap-y-8 md:grid-cols-2 print:grid-cols-2">
      <Table
        title={t('sizes')}
        rows={[
          { name: t('before'), value: sizeOf(task.input_width, task.input_height) },
          { name: t('before_file'), value: task.input_bytes === null ? null : bytes(task.input_bytes) },
          { name: t('after'), value: result && size(result.width, result.height) },
          { name: t('after_file'), value: result && `${bytes(result.bytes)} ${result.format.toUpperCase()}` },
          { name: t('result_name'), value: result?.name },
        ]}
      />
      <Table
        title={t('times')}
        rows={[
          { name: t('sent'), value: moment(task.created_at) },
          { name: t('begun'), value: task.started_at && moment(task.started_at) },
          { name: t('ended'), value: task.completed_at && moment(task.completed_at) },
          {
            name: t('took'),
            value: task.cached ? t('cached') : task.seconds === null ? null : seconds(task.seconds),
          },
          { name: t('attempts'), value: task.attempts > 1 ? number(task.attempts) : null },
        ]}
      />
      {stepsOf(task, operations).map((step, at) => (
        <Table
          // biome-ignore lint/suspicious/noArrayIndexKey: an operation may come twice, and the order is the recipe
          key={at}
          title={step.title}
          rows={step.settings.map(one => ({
            name: one.title,
            value: one.usual ? <span className="text-ink-2">{one.value}</span> : <b>{one.value}</b>,
          }))}
        />
      ))}
      <Table
        title={t('made')}
        rows={[
          { name: t('preset'), value: preset ? presetTitle(preset) : asked.recipe?.title || asked.recipe?.name },
          { name: t('format'), value: asked.format?.toUpperCase() },
          { name: t('quality'), value: asked.quality ? number(asked.quality) : null },
          ...(result?.models ?? []).map((id, at) => ({
            name: `${t('model')}${at > 0 ? ` ${at + 1}` : ''}`,
            value: modelWords(id, models),
          })),
          { name: t('common:painted.by'), value: painted && paintedWords(painted) },
          ...(result?.executions ?? []).map((one, at) => ({
            name: `${t('computed')}${at > 0 ? ` ${at + 1}` : ''}`,
            value: [
              one.server ?? one.device,
              one.precision,
              one.tile && t('tiles', { count: one.tiles, tile: one.tile }),
            ]
              .filter(Boolean)
              .join(', '),
          })),
          {
            name: t('signature'),
            value: task.signature && <span className="text-fact break-all">{task.signature}</span>,
          },
          { name: 'SHA-256', value: result?.sha256 && <span className="text-fact break-all">{result.sha256}</span> },
        ]}
      />
      <Table
        title={t('faces')}
        rows={faces.map(face => ({
          name: t('face', { number: face.index + 1 }),
          value:
            face.similarity !== null
              ? t('same_person', { share: number(face.similarity, 2) })
              : face.restored
                ? t('restored')
                : warningWords(face.reason),
        }))}
      />
      {task.warnings.length > 0 && (
        <section className="break-inside-avoid text-[13px] md:col-span-2 print:col-span-2">
          <h3 className="pb-1.5 font-semibold text-ink-2">{t('warnings')}</h3>
          <ul className="flex list-disc flex-col gap-1 pl-5">
            {task.warnings.map(one => (
              <li key={one} className="wrap-anywhere">
                {warningWords(one)}
              </li>
            ))}
          </ul>
        </section>
      )}
    </div>
  )
}

function sizeOf(width: number | null, height: number | null): string | null {
  return width && height ? size(width, height) : null
}

function modelWords(id: string, models: readonly Model[]): string {
  const model = models.find(one => one.id === id)
  return model ? [model.title, model.licence].filter(Boolean).join(', ') : id
}
