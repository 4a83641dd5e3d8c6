import '@/../tests/answering'
import { fireEvent, screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { beforeEach, expect, it } from 'vitest'
import { answerAlso, answering, askedFor, refusal, show } from '@/../tests/answering'
import { WorkflowsPage } from '@/features/workflows/WorkflowsPage'

const GRAPH = { '1': { class_type: 'LoadImage', inputs: { image: 'photo.png' } } }
const CHECK = 'POST /api/v1/workflows/check'
const PUT_CLAY = 'PUT /api/v1/workflows/clay'
const DELETE_CLAY = 'DELETE /api/v1/workflows/clay'

const style = {
  name: 'style',
  description: 'Paints a photo anew.',
  own: false,
  replaces_shipped: false,
  roles: ['picture', 'positive', 'brush'],
  error: null,
  servers: [
    { name: 'http://one:8188', lacks: [] },
    { name: 'http://two:8188', lacks: ['the node class ImageScaleToTotalPixels'] },
  ],
}
const clay = { ...style, name: 'clay', description: '', own: true, servers: [] }
const usable = { usable: true, error: null, roles: ['output', 'picture'], classes: ['LoadImage', 'SaveImage'] }
const health = (servers: object[]) => ({ status: 'ok', comfyui: { servers, waiting: 0 } })

beforeEach(() =>
  answering({
    'GET /api/v1/workflows': [style],
    'GET /health': health([{ name: 'http://one:8188', state: 'up' }]),
    [CHECK]: usable,
  }),
)

const graphFile = (name = 'clay.json', text = JSON.stringify(GRAPH)) => new File([text], name)
const add = async () => userEvent.click(await screen.findByRole('button', { name: 'Add a workflow' }))
const choose = (file: File) => userEvent.upload(screen.getByLabelText('Choose a file'), file)

it('tells what a workflow has places for, and of each server whether it can run it', async () => {
  show(<WorkflowsPage />)
  const row = (await screen.findByRole('heading', { name: 'style' })).closest('li') as HTMLElement
  expect(row).toHaveTextContent('Places for: photo, prompt, brush')
  expect(row).toHaveTextContent('http://one:8188 can run it')
  expect(row).toHaveTextContent('http://two:8188 lacks for it:the node class ImageScaleToTotalPixels')
  expect(within(row).queryByRole('button', { name: 'More about style' })).toBeNull()
})

it('says what workflows are for where nobody added one, and how one is exported', async () => {
  show(<WorkflowsPage />)
  expect(await screen.findByText('No workflow of your own yet')).toBeVisible()
  expect(screen.getByText(/choose Workflow > Export \(API\)/)).toBeVisible()
  expect(screen.queryByText(/No ComfyUI server is set up/)).toBeNull()
})

it('says that nothing can run where there is no server', async () => {
  answerAlso({ 'GET /health': health([]) })
  show(<WorkflowsPage />)
  expect(await screen.findByText(/No ComfyUI server is set up/)).toBeVisible()
})

it('says why a workflow cannot be used', async () => {
  answerAlso({ 'GET /api/v1/workflows': [{ ...clay, error: 'clay.json: it has no LoadImage node', roles: [] }] })
  show(<WorkflowsPage />)
  expect(await screen.findByText('It cannot be used: clay.json: it has no LoadImage node')).toBeVisible()
})

it('shows the graph only when it is asked for', async () => {
  answerAlso({ 'GET /api/v1/workflows/style': { ...style, workflow: GRAPH } })
  show(<WorkflowsPage />)
  await userEvent.click(await screen.findByRole('button', { name: 'Show style' }))
  expect(await screen.findByRole('region', { name: 'Graph' })).toHaveTextContent('"class_type": "LoadImage"')
  expect(screen.getByRole('button', { name: 'Copy' })).toBeVisible()
})

it('looks at a file before it is kept under a name', async () => {
  answerAlso({ [PUT_CLAY]: clay })
  show(<WorkflowsPage />)
  await add()
  expect(screen.getByRole('button', { name: 'Save' })).toHaveAttribute('aria-disabled', 'true')
  await choose(graphFile('My Clay.json'))
  expect(await screen.findByText('It can be used.')).toBeVisible()
  expect(screen.getByText('Places for: result, photo')).toBeVisible()
  expect(askedFor(CHECK)[0]?.body).toEqual({ workflow: GRAPH, roles: null })
  const name = screen.getByRole('textbox', { name: 'Name' })
  expect(name).toHaveValue('my-clay')
  await userEvent.clear(name)
  await userEvent.type(name, 'Clay')
  expect(name).toBeInvalid()
  await userEvent.click(screen.getByRole('button', { name: 'Save' }))
  expect(askedFor('PUT /api/v1/workflows/Clay')).toHaveLength(0)
  await userEvent.clear(name)
  await userEvent.type(name, 'clay')
  await userEvent.click(screen.getByRole('button', { name: 'Save' }))
  expect(await screen.findByText('clay is saved.')).toBeVisible()
  expect(askedFor(PUT_CLAY)[0]?.body).toEqual({ workflow: GRAPH, roles: null })
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
})

it('looks again when roles come beside it, and sends both', async () => {
  answerAlso({ [PUT_CLAY]: clay })
  show(<WorkflowsPage />)
  await add()
  await choose(graphFile())
  await userEvent.upload(screen.getByLabelText('Choose a file with roles'), graphFile('x.json', '{"description": "d"}'))
  await waitFor(() => expect(askedFor(CHECK)).toHaveLength(2))
  await screen.findByText('It can be used.')
  await userEvent.click(screen.getByRole('button', { name: 'Save' }))
  await waitFor(() => expect(askedFor(PUT_CLAY)[0]?.body).toEqual({ workflow: GRAPH, roles: { description: 'd' } }))
})

it('takes both files when they are dropped together', async () => {
  show(<WorkflowsPage />)
  await add()
  const files = [graphFile('clay.roles.json', '{"description": "d"}'), graphFile()]
  fireEvent.drop(screen.getByRole('region', { name: 'Files' }), { dataTransfer: { files } })
  expect(await screen.findByText('It can be used.')).toBeVisible()
  expect(askedFor(CHECK).map(one => one.body)).toEqual([{ workflow: GRAPH, roles: { description: 'd' } }])
})

it('keeps nothing of what cannot be used, and says why', async () => {
  answerAlso({
    [CHECK]: { usable: false, error: 'workflow.json: it has no LoadImage node', roles: [], classes: [] },
  })
  show(<WorkflowsPage />)
  await add()
  await choose(graphFile('page.json'))
  expect(await screen.findByRole('alert')).toHaveTextContent('page.json: it has no LoadImage node')
  await userEvent.click(screen.getByRole('button', { name: 'Save' }))
  expect(askedFor('PUT /api/v1/workflows/page')).toHaveLength(0)
})

it('says of a file that is no JSON that it is none', async () => {
  show(<WorkflowsPage />)
  await add()
  await choose(graphFile('clay.json', 'no'))
  expect(await screen.findByRole('alert')).toHaveTextContent('clay.json: it is not JSON')
  expect(askedFor(CHECK)).toHaveLength(0)
})

it('says in plain words that a user may not add one', async () => {
  answerAlso({ [PUT_CLAY]: refusal(403, 'forbidden', "workflows are the operator's") })
  show(<WorkflowsPage />)
  await add()
  await choose(graphFile())
  await screen.findByText('It can be used.')
  await userEvent.click(screen.getByRole('button', { name: 'Save' }))
  expect(await screen.findByRole('alert')).toHaveTextContent('Only whoever runs this service may add, change or delete')
})

it('replaces one only after it was asked', async () => {
  answerAlso({ 'GET /api/v1/workflows': [clay, style], [PUT_CLAY]: clay })
  show(<WorkflowsPage />)
  await userEvent.click(await screen.findByRole('button', { name: 'More about clay' }))
  await userEvent.click(await screen.findByRole('menuitem', { name: 'Replace with another file' }))
  await choose(graphFile('other.json'))
  await screen.findByText('It can be used.')
  expect(screen.getByRole('textbox', { name: 'Name' })).toHaveValue('clay')
  await userEvent.click(screen.getByRole('button', { name: 'Replace' }))
  expect(askedFor(PUT_CLAY)).toHaveLength(0)
  const asked = await screen.findByRole('dialog', { name: 'Replace clay?' })
  await userEvent.click(within(asked).getByRole('button', { name: 'Replace' }))
  expect(await screen.findByText('clay is saved.')).toBeVisible()
  expect(askedFor(PUT_CLAY)).toHaveLength(1)
})

it('deletes one only after it was asked, and says so where that is refused', async () => {
  answerAlso({
    'GET /api/v1/workflows': [clay, style],
    [DELETE_CLAY]: refusal(403, 'forbidden', "workflows are the operator's"),
  })
  show(<WorkflowsPage />)
  const remove = async () => {
    await userEvent.click(await screen.findByRole('button', { name: 'More about clay' }))
    await userEvent.click(await screen.findByRole('menuitem', { name: 'Delete' }))
  }
  await remove()
  expect(askedFor(DELETE_CLAY)).toHaveLength(0)
  await userEvent.click(screen.getByRole('button', { name: 'Delete' }))
  expect(await screen.findByText(/^Only whoever runs this service may/)).toBeVisible()
  answerAlso({ [DELETE_CLAY]: {} })
  await remove()
  await userEvent.click(screen.getByRole('button', { name: 'Delete' }))
  expect(await screen.findByText('clay is deleted.')).toBeVisible()
})
