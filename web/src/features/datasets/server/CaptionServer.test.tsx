import '@/../tests/answering'
import { screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, it } from 'vitest'
import { answerAlso, answering, askedFor, show } from '@/../tests/answering'
import { CaptionServer } from './CaptionServer'

const AT = '/api/v1/captioning/endpoint'
const kept = {
  base_url: 'http://one:1/v1',
  models: ['small', 'large'],
  timeout_s: 60,
  concurrency: 2,
  max_calls: 0,
  has_key: true,
  fixed: false,
}

it('warns that pictures leave, and never shows the key', async () => {
  answering({ [`GET ${AT}`]: kept })
  show(<CaptionServer />)
  expect(await screen.findByLabelText('Address')).toHaveValue('http://one:1/v1')
  expect(screen.getByText(/Pictures are sent to this server/)).toBeVisible()
  expect(screen.getByLabelText('Key')).toHaveValue('')
  expect(screen.getByLabelText('Models')).toHaveValue('small\nlarge')
})

it('sends no key unless one was typed, and says that another address needs it again', async () => {
  answering({ [`GET ${AT}`]: kept, [`PUT ${AT}`]: kept })
  show(<CaptionServer />)
  const user = userEvent.setup()
  const address = await screen.findByLabelText('Address')
  await user.click(screen.getByRole('button', { name: 'Save server' }))
  await waitFor(() => expect(askedFor(`PUT ${AT}`)).toHaveLength(1))
  expect(askedFor(`PUT ${AT}`)[0]?.body).not.toHaveProperty('key')
  await user.type(address, '2')
  expect(screen.getByText('With another address the key has to be given again.')).toBeVisible()
})

it('tells what a test of the connection gave', async () => {
  answering({ [`GET ${AT}`]: kept })
  show(<CaptionServer />)
  const user = userEvent.setup()
  await screen.findByLabelText('Address')
  answerAlso({ [`POST ${AT}/test`]: { ok: false, models: ['other'], words: 'one answers, but does not list small' } })
  await user.click(screen.getByRole('button', { name: 'Test connection' }))
  expect(await screen.findByText('One answers, but does not list small')).toBeVisible()
  expect(screen.getByText('It offers 1: other')).toBeVisible()
})

it('is only shown where the operator has set it', async () => {
  answering({ [`GET ${AT}`]: { ...kept, fixed: true } })
  show(<CaptionServer />)
  expect(await screen.findByText('The operator has set it for everybody.')).toBeVisible()
  expect(screen.queryByRole('button', { name: 'Save server' })).toBeNull()
})
