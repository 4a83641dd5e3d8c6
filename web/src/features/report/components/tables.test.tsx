import '@/../tests/answering'
import { screen, within } from '@testing-library/react'
import { beforeEach, expect, it, vi } from 'vitest'
import { answering, show } from '@/../tests/answering'
import { TaskTables } from '@/features/report/components/TaskTables'
import { Totals } from '@/features/report/components/Totals'
import type { BatchSummary } from '@/lib/data/useBatchSummary'
import type { Task } from '@/lib/data/useTask'

const OFFERS: Record<string, object> = {
  'GET /api/v1/operations': [
    {
      id: 'upscale',
      title: 'Enlarge',
      summary: '',
      params: {
        properties: {
          scale: { type: 'number', default: 4, title: 'Scale' },
          raw: { type: 'boolean', default: false, title: 'Raw' },
        },
      },
    },
  ],
  'GET /api/v1/models': [{ id: 'net', title: 'A network', licence: 'BSD-3-Clause' }],
  'GET /api/v1/presets': [],
}

beforeEach(() => answering(OFFERS))

const task = {
  task_id: 'a',
  status: 'completed',
  filename: 'tower.jpg',
  attempts: 1,
  cached: false,
  seconds: 12.4,
  created_at: '2026-11-20T10:00:00Z',
  started_at: null,
  completed_at: '2026-11-20T10:00:20Z',
  input_width: 640,
  input_height: 480,
  input_bytes: 90_000,
  signature: 'abc',
  warnings: ['the photo was small'],
  params: { recipe: { name: 'x', title: 'My own', steps: [{ operation: 'upscale', scale: 2 }] }, format: 'png' },
  result: {
    name: 'tower_x2.png',
    format: 'png',
    width: 1280,
    height: 960,
    bytes: 1_500_000,
    sha256: 'f',
    models: ['net'],
    executions: [{ operation: 'upscale', device: 'cpu', precision: 'float32', tile: '512×512', tiles: 4 }],
  },
} as unknown as Task

const row = (table: string, name: string) =>
  within(screen.getByRole('table', { name: table })).getByRole('row', { name: new RegExp(`^${name}`) })

it('tells sizes, settings with what was left to the usual, models with their licence, and warnings', async () => {
  show(<TaskTables task={task} />)
  expect(await screen.findByRole('table', { name: 'Enlarge' })).toBeInTheDocument()
  expect(row('Sizes', 'Before')).toHaveTextContent('640 × 480')
  expect(row('Sizes', 'After')).toHaveTextContent('1,280 × 960')
  expect(row('Enlarge', 'Scale')).toHaveTextContent('2×')
  expect(row('Enlarge', 'Raw')).toHaveTextContent('off')
  expect(row('Made with', 'Preset')).toHaveTextContent('My own')
  await vi.waitFor(() => expect(row('Made with', 'Model')).toHaveTextContent('A network, BSD-3-Clause'))
  expect(row('Made with', 'Computed')).toHaveTextContent('cpu, float32, 4 tiles of up to 512×512')
  expect(screen.getByText('the photo was small')).toBeInTheDocument()
})

it('tells which server painted it', async () => {
  const executions = [{ operation: 'stylize', device: 'comfyui', precision: '', server: 'http://one:8188', tiles: 1 }]
  show(<TaskTables task={{ ...task, backend: 'comfyui', result: { ...task.result, executions } }} />)
  expect(await screen.findByRole('table', { name: 'Made with' })).toBeInTheDocument()
  expect(row('Made with', 'Painted by')).toHaveTextContent('ComfyUI, http://one:8188')
  expect(row('Made with', 'Computed')).toHaveTextContent(/Computed\s*http:\/\/one:8188$/)
})

it('leaves out tables that would be empty', async () => {
  show(<TaskTables task={{ ...task, result: null, warnings: [] }} />)
  expect(await screen.findByRole('table', { name: 'Sizes' })).toBeInTheDocument()
  expect(screen.queryByRole('table', { name: 'Faces' })).toBeNull()
  expect(screen.queryByText('Good to know')).toBeNull()
})

it('sums a batch up', async () => {
  const batch: BatchSummary = {
    batch_task_id: 'b',
    user_id: 'local',
    status: 'partial_completed',
    total: 1200,
    pending: 0,
    processing: 0,
    completed: 1100,
    failed: 100,
    refused: 0,
    cancelled: 0,
    deleted: 0,
    progress: 1,
    eta_seconds: null,
    seconds: 2400,
    bytes: 5_200_000,
    created_at: '2026-11-20T10:00:00Z',
    updated_at: '2026-11-20T10:10:00Z',
    finished_at: '2026-11-20T10:10:00Z',
    covers: [],
    presets: ['general'],
  }
  show(<Totals batch={batch} />)
  expect(await screen.findByText('1,100')).toBeInTheDocument()
  expect(screen.getByText('100')).toBeInTheDocument()
  expect(screen.queryByText('Cancelled')).toBeNull()
  expect(row('In all', 'Per photo')).toHaveTextContent('2 s')
  expect(row('In all', 'From the first')).toHaveTextContent('10 min')
})
