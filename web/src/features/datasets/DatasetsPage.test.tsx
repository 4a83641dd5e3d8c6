import '@/../tests/answering'
import { screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, it } from 'vitest'
import { answerAlso, answering, askedFor, refusal, show } from '@/../tests/answering'
import { DatasetsPage } from './DatasetsPage'
import { exampleDataset } from './fixtures'

it('says in three lines what it is for where there is none', async () => {
  answering({ 'GET /api/v1/datasets': [] })
  show(<DatasetsPage />)
  expect(await screen.findByRole('heading', { name: /training set/ })).toBeVisible()
  expect(screen.getAllByRole('listitem')).toHaveLength(3)
  expect(screen.getByRole('button', { name: 'New dataset' })).toBeVisible()
})

it('shows each dataset with what is kept and made of it', async () => {
  answering({
    'GET /api/v1/datasets': [
      exampleDataset(),
      exampleDataset({ dataset_id: 'd2', name: 'Ben', photos: 0, waiting: 4, kept: 0, layouts: [] }),
    ],
  })
  show(<DatasetsPage />)
  const anna = await screen.findByRole('article', { name: 'Anna' })
  expect(anna).toHaveTextContent('2 of 3 kept')
  expect(anna).toHaveTextContent('kohya')
  expect(screen.getByRole('article', { name: 'Ben' })).toHaveTextContent('4 new files')
})

it('makes a dataset with its words and a template', async () => {
  const template = { name: 'People', settings: { caption: { trigger: 'xyz', class_word: 'woman' } } }
  answering({ 'GET /api/v1/datasets': [], 'GET /api/v1/datasets/templates': [template] })
  show(<DatasetsPage />)
  const user = userEvent.setup()
  await user.click(await screen.findByRole('button', { name: 'New dataset' }))
  await user.type(await screen.findByLabelText('Name'), 'Anna')
  await user.selectOptions(await screen.findByLabelText('Template'), 'People')
  // What is not typed is as the template has it.
  expect(screen.getByLabelText('Class word')).toHaveValue('woman')
  await user.clear(screen.getByLabelText('Trigger word'))
  await user.type(screen.getByLabelText('Trigger word'), 'sks')
  answerAlso({ 'POST /api/v1/datasets': exampleDataset() })
  await user.click(screen.getByRole('button', { name: 'Make it' }))
  await waitFor(() => expect(askedFor('POST /api/v1/datasets')).toHaveLength(1))
  expect(askedFor('POST /api/v1/datasets')[0]?.body).toEqual({
    name: 'Anna',
    template: 'People',
    settings: { caption: { trigger: 'sks' } },
  })
})

it('keeps what was typed where the service refuses', async () => {
  answering({
    'GET /api/v1/datasets': [],
    'GET /api/v1/datasets/templates': [],
    'POST /api/v1/datasets': refusal(422, 'x_unknown', 'the trigger word is too odd'),
  })
  show(<DatasetsPage />)
  const user = userEvent.setup()
  await user.click(await screen.findByRole('button', { name: 'New dataset' }))
  await user.type(await screen.findByLabelText('Name'), 'Anna')
  await user.click(screen.getByRole('button', { name: 'Make it' }))
  expect(await screen.findByRole('alert')).toHaveTextContent('the trigger word is too odd')
  expect(screen.getByLabelText('Name')).toHaveValue('Anna')
})
