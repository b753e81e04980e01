import { chromium } from 'playwright-core';
import { findChromium } from './chromium.mjs';

/** No sandbox: it is not there for root and in containers, and only pages of this project are opened. */
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** @param {{ width?: number, height?: number }} [viewport] */
export async function openBrowser({ width = 1500, height = 950 } = {}) {
  const browser = await chromium.launch({ executablePath: await findChromium(), args: ARGUMENTS });
  const context = await browser.newContext({ viewport: { width, height } });
  return { browser, page: await context.newPage() };
}
