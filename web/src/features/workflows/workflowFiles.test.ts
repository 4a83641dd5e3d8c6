import { describe, expect, it } from 'vitest'
import { isName, isRoles, nameFor, rawBody, readGraphFile } from '@/features/workflows/workflowFiles'

const file = (text: string, name = 'clay.json') => new File([text], name)

describe('the file of a workflow', () => {
  it('is sent as it is, with all digits of its seed', async () => {
    const graph = await readGraphFile(file('{"3": {"inputs": {"seed": 18446744073709551615}}}'))
    const roles = await readGraphFile(file('{"seed": {"node": "3", "input": "seed"}}', 'clay.roles.json'))
    expect(rawBody({ graph, roles: null })).toBe(
      '{"workflow":{"3": {"inputs": {"seed": 18446744073709551615}}},"roles":null}',
    )
    expect(JSON.parse(rawBody({ graph, roles })).roles).toEqual({ seed: { node: '3', input: 'seed' } })
  })

  it.each([
    ['{', 'no_json'],
    ['[1]', 'no_object'],
    ['null', 'no_object'],
    [' '.repeat(1_048_577), 'too_large'],
  ])('is refused where it can be none', async (text, trouble) => {
    await expect(readGraphFile(file(text))).rejects.toMatchObject({ trouble })
  })

  it('names the workflow', () => {
    expect(nameFor('My Clay (API).json')).toBe('my-clay-api')
    expect(nameFor('01_clay.JSON')).toBe('clay')
    expect(nameFor('黏土.json')).toBe('')
    expect(isName(nameFor(`${'a'.repeat(90)}.json`))).toBe(true)
    for (const wrong of ['', 'Clay', '1clay', 'my clay', '../clay', 'a'.repeat(65)]) expect(isName(wrong)).toBe(false)
  })

  it('is told from that of its roles by its name', () => {
    expect(isRoles(file('', 'clay.roles.json'))).toBe(true)
    expect(isRoles(file('', 'roles.json'))).toBe(false)
  })
})
