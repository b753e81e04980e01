/** Marks of a picture as what they look like; those of the hover card are only in our own chart. */
export const LOOK = `(svg) => {
  if (svg === null) return [];
  const seen = [];
  for (const mark of svg.querySelectorAll('path, line, text')) {
    const box = mark.getBoundingClientRect();
    const origin = svg.getBoundingClientRect();
    const style = ['fill', 'stroke', 'stroke-dasharray'].map((name) => mark.getAttribute(name) ?? '').join(' ');
    const at = [box.x - origin.x, box.y - origin.y, box.width, box.height].map((value) => Math.round(value)).join(' ');
    if (box.width + box.height > 0 && mark.getAttribute('opacity') !== '0') seen.push(at + ' ' + style + ' ' + (mark.textContent ?? ''));
  }
  return [...new Set(seen)].sort();
}`;
