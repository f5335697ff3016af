type Child = Node | string | undefined;

/** An element with attributes and children. Text stays text: nothing here parses markup. */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Readonly<Record<string, string | undefined>> = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes))
    if (value !== undefined) made.setAttribute(name, value);
  made.append(...children.filter((child) => child !== undefined));
  return made;
}

/** The element of an id that the page is known to have. */
export function byId<Kind extends Element>(id: string, kind: new () => Kind): Kind {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`The page has no ${id}.`);
  return found;
}

/** Text in which what stands between backticks is code. */
export function prose(text: string): (Node | string)[] {
  const parts = text.split('`');
  return parts.map((part, index) => {
    if (index % 2 === 0) return part;
    return index === parts.length - 1 ? `\`${part}` : element('code', {}, part);
  });
}
