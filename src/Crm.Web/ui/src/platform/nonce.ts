// The page's content policy runs styles only that carry the page's nonce. Libraries add styles in many ways and few of them
// can be told a nonce; this tells them all. Whoever can run scripts here could read the nonce anyway, so nothing is given away.
const nonce = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce;

if (nonce) {
  const create = document.createElement.bind(document);
  const createWithNonce = (name: string, options?: ElementCreationOptions): HTMLElement => {
    const element = create(name, options);
    if (element instanceof HTMLStyleElement) element.nonce = nonce;
    return element;
  };
  document.createElement = createWithNonce as typeof document.createElement;

  // A style written as an attribute counts as inline; the same through the element's own style does not.
  const setAttribute = Element.prototype.setAttribute;
  Element.prototype.setAttribute = function setStyleByItself(name: string, value: string) {
    if (name === 'style' && (this instanceof HTMLElement || this instanceof SVGElement)) this.style.cssText = value;
    else setAttribute.call(this, name, value);
  };
}
