// Debian's Chromium through playwright-core, with a fresh profile and nothing that phones home.

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {chromium} from 'playwright-core';

const FLAGS = ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync', '--disable-default-apps', '--font-render-hinting=none'];

// Hands a page to `use`; all that went wrong in it is collected: console errors, uncaught exceptions, failed and
// remote requests.
export async function withPage(options, use) {
    const profile = fs.mkdtempSync(path.join(os.tmpdir(), 'waymark-chromium-'));
    const {width = 1280, height = 900, javascript = true, dark = false} = options;
    const context = await chromium.launchPersistentContext(profile, {
        executablePath: process.env.CHROMIUM || '/usr/bin/chromium', headless: true, args: FLAGS,
        viewport: {width, height}, javaScriptEnabled: javascript, colorScheme: dark ? 'dark' : 'light', reducedMotion: 'reduce',
        offline: true,
    });
    try {
        const page = context.pages()[0] || await context.newPage();
        const problems = [];
        page.on('console', message => message.type() === 'error' && problems.push(`console: ${message.text()}`));
        page.on('pageerror', error => problems.push(`exception: ${error.message}`));
        page.on('requestfailed', request => problems.push(`failed request: ${request.url()}`));
        page.on('request', request => /^(file|data|blob|about):/.test(request.url()) || problems.push(`remote request: ${request.url()}`));
        return await use(page, problems);
    } finally {
        await context.close();
        fs.rmSync(profile, {recursive: true, force: true, maxRetries: 5});
    }
}
