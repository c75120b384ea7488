/** Grounds of app.css that the accent is read on. */
const PAPER = { light: 0xfbfaf7, dark: 0x141412 };
const READABLE = 4.6;

/**
 * The custom properties for an administrator's accent colour (`#rrggbb`), or null when it is none. The colour is darkened for
 * the light ground and lightened for the dark one until text in it has a contrast of 4.6:1 (WCAG 2.2, 1.4.3).
 */
export function brandCss(accent: string | null): string | null {
  if (accent === null || !/^#[0-9a-f]{6}$/i.test(accent)) return null;
  const colour = Number.parseInt(accent.slice(1), 16);
  const light = hex(readable(colour, PAPER.light, 0x000000));
  const dark = hex(readable(colour, PAPER.dark, 0xffffff));
  return `:root{--accent:light-dark(${light},${dark})}`;
}

function readable(colour: number, ground: number, towards: number): number {
  for (let step = 0; step <= 20; step += 1) {
    const mixed = mix(colour, towards, step / 20);
    if (contrast(mixed, ground) >= READABLE) return mixed;
  }
  return towards;
}

const channels = (colour: number): number[] => [(colour >> 16) & 255, (colour >> 8) & 255, colour & 255];

const mix = (from: number, to: number, share: number): number => {
  const other = channels(to);
  return channels(from).reduce((sum, c, i) => sum * 256 + Math.round(c + (other[i]! - c) * share), 0);
};

/** Relative luminance as WCAG 2.2 defines it. */
const luminance = (colour: number): number => {
  const [r, g, b] = channels(colour).map((c) => {
    const s = c / 255;
    return s <= 0.04045 ? s / 12.92 : ((s + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
};

const contrast = (a: number, b: number): number => {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (high! + 0.05) / (low! + 0.05);
};

const hex = (colour: number): string => `#${colour.toString(16).padStart(6, "0")}`;
