const SVG = 'http://www.w3.org/2000/svg';

/** 16 px, one stroke, the text's colour. */
const PATHS = {
  live: 'M8 6.5a1.5 1.5 0 100 3 1.5 1.5 0 000-3zM4.7 4.7a4.6 4.6 0 000 6.6M11.3 4.7a4.6 4.6 0 010 6.6',
  pause: 'M5.5 3.5v9M10.5 3.5v9',
  stop: 'M4 4h8v8H4z',
  check: 'M3 8.5l3.2 3.2L13 4.8',
  warn: 'M8 2.5L14 13H2zM8 6.5v3M8 11.2v.1',
  error: 'M8 2a6 6 0 100 12A6 6 0 008 2zM5.8 5.8l4.4 4.4M10.2 5.8l-4.4 4.4',
  info: 'M8 2a6 6 0 100 12A6 6 0 008 2zM8 7.3V11M8 5v.1',
  clock: 'M8 2a6 6 0 100 12A6 6 0 008 2zM8 4.8V8l2.4 1.6',
  edit: 'M10.8 3.2l2 2L6 12l-2.7.7L4 10zM9.3 4.7l2 2',
  export: 'M8 2.5v7M5.5 7L8 9.5 10.5 7M3 11v2.5h10V11',
  filter: 'M2.5 3.5h11L9.3 8.6V13L6.7 11.8V8.6z',
  down: 'M4 6l4 4 4-4',
  up: 'M4 10l4-4 4 4',
  line: 'M8 1v14',
  play: 'M5 3.5l7 4.5-7 4.5z',
  first: 'M4 3.5v9M12 3.5L6.5 8l5.5 4.5z',
  last: 'M12 3.5v9M4 3.5L9.5 8 4 12.5z',
  stepBack: 'M9.5 4L5.5 8l4 4M12.5 4v8',
  step: 'M6.5 4l4 4-4 4M3.5 4v8',
  toOutput: 'M3 8h6.5M7 5l3 3-3 3M13 3.5v9',
  triangle: 'M8 4l5 8H3z',
  cross: 'M4.5 4.5l7 7M11.5 4.5l-7 7',
} as const;

export type IconName = keyof typeof PATHS;

/** An icon; decoration only, the text beside it says the same. */
export function icon(name: IconName, className = ''): SVGSVGElement {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('class', `i ${className}`.trim());
  svg.setAttribute('viewBox', '0 0 16 16');
  svg.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS(SVG, 'path');
  path.setAttribute('d', PATHS[name]);
  svg.append(path);
  return svg;
}

const DASHES = ['', '6 2', '2 2', '8 2 2 2', '4 3', ''] as const;

/** The legend's sign for a line: its colour, its dash. */
export function lineSign(slot: number): SVGSVGElement {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('class', `i dash k${slot}`);
  svg.setAttribute('viewBox', '0 0 28 12');
  svg.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS(SVG, 'path');
  path.setAttribute('d', 'M0 6h28');
  path.setAttribute('stroke-dasharray', DASHES[slot - 1] ?? '');
  svg.append(path);
  return svg;
}
