import { queryOptions } from '@tanstack/react-query'
import { api, content, once, type Schemas } from '@/lib/api/client'
import { keys } from '@/lib/api/keys'

export type DatasetSummary = Schemas['DatasetSummary']
export type Dataset = Schemas['DatasetView']
export type StepState = Schemas['StepState']
/** Settings that differ from others, by group. */
export type SomeSettings = Record<string, unknown>

const at = (id: string) => ({ params: { path: { dataset_id: id } } })

/** All datasets, newest first; live events make them old. */
export const datasetsOptions = queryOptions({
  queryKey: [...keys.datasets(), 'all'] as const,
  queryFn: ({ signal }): Promise<DatasetSummary[]> => content(api.GET('/api/v1/datasets', { signal })),
})

/** A dataset without its photos. */
export function datasetOptions(id: string) {
  return queryOptions({
    queryKey: keys.dataset(id),
    queryFn: ({ signal }): Promise<Dataset> => content(api.GET('/api/v1/datasets/{dataset_id}', { ...at(id), signal })),
  })
}

export interface NewDataset {
  name: string
  template: string | null
  settings: SomeSettings
}

export function createDataset(body: NewDataset): Promise<Dataset> {
  return content(api.POST('/api/v1/datasets', { body }))
}

/** Change the name, or some settings by group. */
export function changeDataset(id: string, body: { name?: string; settings?: SomeSettings }): Promise<Dataset> {
  return content(api.PATCH('/api/v1/datasets/{dataset_id}', { ...at(id), body: { settings: {}, ...body } }))
}

export async function deleteDataset(id: string): Promise<void> {
  await content(api.DELETE('/api/v1/datasets/{dataset_id}', at(id)))
}

/** Build it to the end; gives the task, the one that there is if it is being built already. */
export function buildDataset(id: string): Promise<Schemas['FullTaskView']> {
  const params = { path: { dataset_id: id }, header: once() }
  return content(api.POST('/api/v1/datasets/{dataset_id}/build', { params, body: { until: 'package' } }))
}
