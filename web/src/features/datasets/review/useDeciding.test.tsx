import '@/../tests/answering'
import { screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, it } from 'vitest'
import { answering, askedFor, refusal, show } from '@/../tests/answering'
import { exampleItem } from '../fixtures'
import { useDeciding } from './useDeciding'

const AT = '/api/v1/datasets/d1/items'

function Buttons({ items }: { items: ReturnType<typeof exampleItem>[] }) {
  const decide = useDeciding('d1')
  return (
    <>
      <button type="button" onClick={() => void decide(items, true)}>
        keep
      </button>
      <button
        type="button"
        onClick={() => {
          void decide(items, true)
          void decide(items, false)
        }}
      >
        both
      </button>
    </>
  )
}

const kept = (id: string) => exampleItem(id, { choice: { keep: true, crop: null, caption: null } })

it('decides of several at once, and undo gives each what it had', async () => {
  const [one, other] = [exampleItem('a'), exampleItem('b', { choice: { keep: false, crop: null, caption: null } })]
  answering({ [`PATCH ${AT}`]: [kept('a'), kept('b')] })
  show(<Buttons items={[one, other]} />)
  await userEvent.click(await screen.findByText('keep'))
  expect(await screen.findByText('2 photos are kept.')).toBeVisible()
  expect(askedFor(`PATCH ${AT}`)[0]?.body).toEqual({ items: ['a', 'b'], keep: true })
  await userEvent.click(screen.getByRole('button', { name: 'Undo' }))
  await waitFor(() => expect(askedFor(`PATCH ${AT}`)).toHaveLength(3))
  const bodies = askedFor(`PATCH ${AT}`).map(call => call.body)
  expect(bodies).toContainEqual({ items: ['a'], keep: null })
  expect(bodies).toContainEqual({ items: ['b'], keep: false })
})

it('sends one decision after the other', async () => {
  let running = 0
  let most = 0
  answering({
    [`PATCH ${AT}`]: async () => {
      most = Math.max(most, ++running)
      await new Promise(resolve => setTimeout(resolve, 30))
      running--
      return [exampleItem('a')]
    },
  })
  show(<Buttons items={[exampleItem('a')]} />)
  await userEvent.click(await screen.findByText('both'))
  await waitFor(() => expect(askedFor(`PATCH ${AT}`)).toHaveLength(2))
  await waitFor(() => expect(running).toBe(0))
  expect(most).toBe(1)
  expect(askedFor(`PATCH ${AT}`).map(call => (call.body as { keep: boolean }).keep)).toEqual([true, false])
})

it('tells what the service refuses', async () => {
  answering({ [`PATCH ${AT}`]: refusal(409, 'x_unknown', 'somebody else works on it') })
  show(<Buttons items={[exampleItem('a')]} />)
  await userEvent.click(await screen.findByText('keep'))
  expect(await screen.findByText('somebody else works on it')).toBeVisible()
})
