import '@/../tests/answering'
import { screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, it, vi } from 'vitest'
import { answerAlso, answering, askedFor, show } from '@/../tests/answering'
import { exampleDataset, exampleItem } from '../fixtures'
import { CaptionRow } from './CaptionRow'

const AT = '/api/v1/datasets/d1'

it('lints while it is typed, and puts right what can be', async () => {
  answering({
    [`POST ${AT}/captions/lint`]: {
      text: 'a sks woman, laughing',
      mended: ['the trigger word was missing'],
      issues: ['it gives away hair: blonde'],
    },
  })
  show(<CaptionRow dataset={exampleDataset()} item={exampleItem('a')} onNext={() => undefined} />)
  const user = userEvent.setup()
  const field = await screen.findByRole('textbox', { name: 'Caption of a.jpg' })
  await user.clear(field)
  await user.type(field, 'blonde, laughing')
  expect(await screen.findByText('It gives away hair: blonde')).toBeVisible()
  await user.click(screen.getByRole('button', { name: 'Apply fix' }))
  expect(field).toHaveValue('a sks woman, laughing')
})

it('saves by Enter and goes on to the next', async () => {
  const next = vi.fn()
  answering({ [`POST ${AT}/captions/lint`]: { text: 'x', mended: [], issues: [] } })
  answerAlso({
    [`PATCH ${AT}/items/a`]: exampleItem('a', { choice: { keep: null, crop: null, caption: 'my own words' } }),
  })
  show(<CaptionRow dataset={exampleDataset()} item={exampleItem('a')} onNext={next} />)
  const user = userEvent.setup()
  const field = await screen.findByRole('textbox')
  await user.clear(field)
  await user.type(field, 'my  own words{Enter}')
  await waitFor(() => expect(askedFor(`PATCH ${AT}/items/a`)).toHaveLength(1))
  expect(askedFor(`PATCH ${AT}/items/a`)[0]?.body).toEqual({ caption: 'my own words' })
  expect(next).toHaveBeenCalledTimes(1)
})

it('saves no empty caption, and Escape takes back', async () => {
  answering({})
  show(<CaptionRow dataset={exampleDataset()} item={exampleItem('a')} onNext={() => undefined} />)
  const user = userEvent.setup()
  const field = await screen.findByRole('textbox')
  await user.clear(field)
  await user.keyboard('{Enter}')
  expect(screen.getByText('A caption cannot be empty.')).toBeVisible()
  await user.keyboard('{Escape}')
  expect(field).toHaveValue('a sks woman, smiling')
  expect(askedFor(`PATCH ${AT}/items/a`)).toEqual([])
})

it('marks a caption by hand, and gives it back to the build', async () => {
  const item = exampleItem('a', { choice: { keep: null, crop: null, caption: 'mine' } })
  answering({ [`PATCH ${AT}/items/a`]: exampleItem('a') })
  show(<CaptionRow dataset={exampleDataset()} item={item} onNext={() => undefined} />)
  expect(await screen.findByText('By hand')).toBeVisible()
  expect(screen.getByRole('textbox')).toHaveValue('mine')
  await userEvent.click(screen.getByRole('button', { name: 'Back to automatic' }))
  await waitFor(() => expect(askedFor(`PATCH ${AT}/items/a`)[0]?.body).toEqual({ caption: null }))
})
