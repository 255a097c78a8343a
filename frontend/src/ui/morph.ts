// Making a part of the page like a newer one, node by node: what stays keeps its focus, its tick, its place.
// Items are told apart by their id or `data-key`; `data-live-keep` is left alone.

const KEPT = new Set(["open", "style", "data-sent"]); // what people and scripts have set since

const keyOf = (node: Node): string => (node instanceof Element ? node.id || (node.getAttribute("data-key") ?? "") : "");
const isBlank = (node: Node): boolean => node.nodeType === Node.TEXT_NODE && !node.nodeValue?.trim();
const isAlike = (one: Node, other: Node): boolean => !keyOf(one) && one.nodeName === other.nodeName;

export function morph(now: Element, newer: Element): void {
  if (now.hasAttribute("data-live-keep") || now.isEqualNode(newer)) return;
  matchAttributes(now, newer);
  const mine = new Map([...now.children].filter(keyOf).map((child) => [keyOf(child), child]));
  const wanted = [...newer.childNodes].filter((node) => !isBlank(node));
  const staying = new Set(wanted.map(keyOf).filter(Boolean));
  let at = now.firstChild;
  const drop = (node: ChildNode): void => {
    at = node.nextSibling;
    node.remove();
  };
  for (const node of wanted) {
    const key = keyOf(node);
    while (at && (isBlank(at) || (keyOf(at) && !staying.has(keyOf(at))))) isBlank(at) ? (at = at.nextSibling) : drop(at);
    const same = key ? mine.get(key) : at && isAlike(at, node) ? at : undefined;
    if (!same || same.nodeName !== node.nodeName) {
      now.insertBefore(marked(document.importNode(node, true), key), at);
      continue;
    }
    if (same === at) at = at.nextSibling;
    else now.insertBefore(same, at);
    if (!(same instanceof Element)) {
      if (same.nodeValue !== node.nodeValue) same.nodeValue = node.nodeValue;
    } else {
      const has = same.textContent !== node.textContent;
      morph(same, node as Element);
      if (key && has) marked(same, key);
    }
  }
  while (at) drop(at);
}

/** What has come or changed shows itself for a moment. */
function marked<T extends Node>(node: T, key: string): T {
  if (key && node instanceof Element) node.classList.add("just-changed");
  return node;
}

function matchAttributes(now: Element, newer: Element): void {
  for (const { name } of [...now.attributes]) if (!KEPT.has(name) && !newer.hasAttribute(name)) now.removeAttribute(name);
  for (const { name, value } of [...newer.attributes])
    if (!KEPT.has(name) && now.getAttribute(name) !== value) now.setAttribute(name, value);
}
