// The content policy lets in only the style elements that bear the nonce of
// this page; the appliance writes it into the page's head.
const nonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? '';

/** For the library's own style elements. */
export const styleNonce = (): string => nonce;

// What locks the page behind a dialog asks for the nonce by this name.
if (nonce) Object.assign(globalThis, { __webpack_nonce__: nonce });
