/** A hint at a declared name that differs in case, or contains the other; empty where there is none. */
export function alike(name: string, declared: Iterable<string>): string {
  const plain = (text: string): string => text.toLowerCase().replace(/[^a-z0-9]/g, '');
  const meant = [...declared].find((other) => {
    const [left, right] = [plain(name), plain(other)];
    return left === right || (left.length > 3 && (right.startsWith(left) || left.startsWith(right)));
  });
  return meant === undefined ? '' : `; did you mean \`${meant}\`?`;
}
