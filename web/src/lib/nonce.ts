// The page allows styles only with the nonce that it came with. Libraries that put in a style of their own know nothing
// of it; only scripts of this page can make elements, so what they make may have it.
const nonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? ''
const create = document.createElement.bind(document)

function createElement(name: string, options?: ElementCreationOptions): HTMLElement {
  const element = create(name, options)
  if (name === 'style') element.nonce = nonce
  return element
}

document.createElement = createElement as typeof document.createElement
