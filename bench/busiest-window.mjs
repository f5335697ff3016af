/** The most of `times` (milliseconds, in any order) that lie within any window of `windowMs`. */
export function busiestWindow(times, windowMs) {
  const sorted = [...times].sort((left, right) => left - right);
  let from = 0;
  let most = 0;
  for (const [index, at] of sorted.entries()) {
    while (sorted[from] <= at - windowMs) from += 1;
    most = Math.max(most, index - from + 1);
  }
  return most;
}
