import type { Dataset } from './api/datasets'
import type { Item } from './api/items'

type Decision = NonNullable<Item['decision']>

export function exampleDecision(changed: Partial<Decision> = {}): Decision {
  return {
    keep: true,
    reason: 'good',
    words: 'Of use, and like no other: quality 0.80.',
    score: null,
    threshold: null,
    counterpart: null,
    group: null,
    person: 0,
    quality: 0.8,
    automatic: null,
    ...changed,
  }
}

/** A photo of a dataset, for tests. */
export function exampleItem(id: string, changed: Partial<Item> = {}): Item {
  const here = `/api/v1/datasets/d1/items/${id}`
  return {
    item_id: id,
    name: `${id}.jpg`,
    width: 1200,
    height: 1600,
    bytes: 400_000,
    preview_url: `${here}/preview`,
    original_url: `${here}/original`,
    shown: true,
    decision: exampleDecision(),
    crop: {
      url: `${here}/picture`,
      box: [100, 200, 1000, 1000],
      width: 1024,
      height: 1024,
      scale: 1.024,
      enlarged_by: null,
      shot: 'portrait',
      method: 'face',
      warnings: [],
    },
    caption: {
      text: 'a sks woman, smiling',
      source: 'local',
      facts: { expression: 'smiling' },
      mended: [],
      issues: [],
    },
    choice: { keep: null, crop: null, caption: null },
    ...changed,
  }
}

/** A dataset that was built, for tests. */
export function exampleDataset(changed: Partial<Dataset> = {}): Dataset {
  const steps = ['unpack', 'look', 'dedup', 'preview', 'focus', 'crop', 'caption', 'package'] as const
  return {
    dataset_id: 'd1',
    name: 'Anna',
    user_id: 'local',
    created_at: '2026-11-20T10:00:00Z',
    photos: 3,
    kept: 2,
    waiting: 0,
    layouts: ['kohya'],
    covers: [],
    building: false,
    settings: {} as Dataset['settings'],
    steps: steps.map(step => ({
      step,
      status: 'done',
      done: 3,
      total: 3,
      reused: 0,
      seconds: 1,
      message: '',
      key: 'k',
    })),
    task: null,
    reasons: { good: 2, blurred: 1 },
    people: [3],
    skipped: [],
    skipped_total: 0,
    warnings: [],
    exports: [],
    report_url: null,
    pdf_url: null,
    download_url: null,
    sent_bytes: 0,
    ...changed,
  }
}
