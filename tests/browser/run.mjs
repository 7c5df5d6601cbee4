// Reads the repository's own site as people do: from file://, in Chromium and in Firefox.
//
//   node tests/browser/run.mjs [FOLDER]      FOLDER is a built site; without one, waymark.yaml is built into
//                                            build/browser. Screenshots go to build/screenshots.

import {spawnSync} from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import {fileURLToPath, pathToFileURL} from 'node:url';
import axe from 'axe-core';
import {FileSystemConfigLoader, HtmlValidate, cjsResolver} from 'html-validate';
import {withPage} from './chromium.mjs';
import {startFirefox} from './firefox.mjs';
import {reach, specimens} from './pages.mjs';

const HERE = path.dirname(fileURLToPath(import.meta.url));
const ROOT = path.resolve(HERE, '../..');
const BUILD = path.resolve(ROOT, process.env.BUILD || 'build');
const SHOTS = path.join(BUILD, 'screenshots');

let passed = 0, failed = 0;

function expect(name, problems) {
    if (problems.length === 0) {
        passed++;
        return;
    }
    failed++;
    console.log(`FAIL ${name}`);
    for (const line of problems.slice(0, 12)) console.log(`     ${line}`);
    if (problems.length > 12) console.log(`     … and ${problems.length - 12} more`);
}

async function attempt(name, work) {
    try {
        expect(name, await work());
    } catch (error) {
        expect(name, [error.message.split('\n').slice(0, 4).join(' ')]);
    }
}

function build() {
    const folder = path.join(BUILD, 'browser');
    const done = spawnSync(path.join(BUILD, 'waymark'), ['build', '-q', '--no-sync', '--cache', path.join(folder, 'cache'),
        '--output', path.join(folder, 'public')], {cwd: ROOT, encoding: 'utf8'});
    if (done.status !== 0) {
        console.log(done.stdout + done.stderr + `waymark build ended with status ${done.status}\nbrowser: 0 passed, 1 failed`);
        process.exit(1);
    }
    return path.join(folder, 'public');
}

const address = (root, name) => pathToFileURL(path.join(root, name)).href;

// ---- what the files say ----

function checkFiles(root, site) {
    const links = spawnSync(path.join(ROOT, 'tests/site/links'), [root], {encoding: 'utf8'});
    expect('every link is relative and leads somewhere', links.status === 0 ? [] : links.stdout.trim().split('\n'));
    expect('every page is reached from the start page by real links',
        site.documents.filter(name => !site.isReached(name)));
    const back = new Set(['index.html']);
    for (let grown = true; grown;) {
        grown = false;
        for (const name of site.documents)
            if (!back.has(name) && site.links.get(name).some(to => back.has(to))) grown = Boolean(back.add(name));
    }
    expect('from every page links lead back to the start page', site.documents.filter(name => !back.has(name)));
}

async function checkHtml(root, site) {
    const loader = new FileSystemConfigLoader([cjsResolver()], {extends: ['html-validate:recommended'], rules: {
        'long-title': 'off', // titles are the writers'
        'no-trailing-whitespace': 'off',
        'no-inline-style': 'error',
    }});
    const validator = new HtmlValidate(loader);
    const names = [...site.texts.keys()];
    const step = Math.max(1, Math.ceil(names.length / 150));
    const chosen = new Set([...names.filter((_, index) => index % step === 0), ...Object.values(specimens(site))]);
    const problems = [];
    for (const name of chosen) {
        const report = await validator.validateString(site.texts.get(name), path.join(root, name));
        for (const result of report.results)
            for (const message of result.messages)
                if (message.severity === 2) problems.push(`${name}:${message.line}:${message.column}: ${message.message} [${message.ruleId}]`);
    }
    expect(`HTML of ${chosen.size} pages is valid`, problems);
}

// ---- reading without JavaScript ----

// Clicks its way from the start page to `name` along real links, and back to the start page.
async function walk(page, root, site, name) {
    const problems = [];
    const steps = site.way(name);
    await page.goto(address(root, steps[0]));
    const follow = async target => {
        const wanted = address(root, target);
        const hrefs = await page.$$eval('a[href]', links => links.map(link => link.href.split('#')[0]));
        const index = hrefs.indexOf(wanted);
        if (index < 0) return problems.push(`${page.url()} has no link to ${target}`);
        const link = (await page.$$('a[href]'))[index];
        // A link in a closed <details> is reached by opening that, which needs no script either.
        for (const summary of await page.$$('details:not([open]) > summary'))
            if (!await link.isVisible() && await summary.isVisible()) await summary.click();
        await link.click({timeout: 5000});
        await page.waitForLoadState();
        if (page.url().split('#')[0] !== wanted) problems.push(`the link to ${target} led to ${page.url()}`);
    };
    for (const target of steps.slice(1)) await follow(target);
    // Back: the shortest way home by links of the pages themselves.
    for (let n = 0; n < 6 && page.url().split('#')[0] !== address(root, 'index.html'); n++) {
        const here = path.posix.relative(root, fileURLToPath(page.url().split('#')[0]));
        const home = (site.links.get(here) || []).filter(to => site.texts.has(to))
            .sort((a, b) => site.way(a).length - site.way(b).length || a.length - b.length)[0];
        if (!home || await follow(home)) break;
    }
    if (page.url().split('#')[0] !== address(root, 'index.html')) problems.push(`no way back from ${name}`);
    return problems;
}

async function checkWalks(root, site) {
    const targets = site.documents.filter(name => site.isReached(name) && name !== 'index.html');
    const chosen = new Set([0, 0.2, 0.4, 0.6, 0.8, 0.999].map(part => targets[Math.floor(part * targets.length)]));
    await withPage({javascript: false}, async (page, problems) => {
        for (const name of chosen)
            await attempt(`without JavaScript from the start page to ${name} and back`, () => walk(page, root, site, name));
        expect('nothing failed on the way', problems);
    });
}

// ---- accessibility, reflow, keyboard ----

async function axeProblems(page) {
    await page.evaluate(axe.source);
    const result = await page.evaluate(() => globalThis.axe.run(document, {resultTypes: ['violations']}));
    return result.violations.flatMap(v => v.nodes.map(node => `${v.id}: ${v.help}: ${node.target.join(' ')} (${node.html.slice(0, 100)})`));
}

// Tab through the page: each stop must be seen, and not lie under something else.
async function keyboardProblems(page) {
    const problems = [];
    for (let n = 0; n < 25; n++) {
        await page.keyboard.press('Tab');
        const bad = await page.evaluate(() => {
            const at = document.activeElement;
            if (!at || at === document.body) return null;
            const name = `${at.tagName.toLowerCase()} '${(at.textContent || at.getAttribute('aria-label') || '').trim().slice(0, 40)}'`;
            const box = at.getBoundingClientRect();
            if (box.width === 0 || box.height === 0) return `${name} has the focus and no size`;
            if (box.bottom <= 0 || box.top >= innerHeight) return `${name} has the focus outside the window`;
            const x = Math.min(Math.max(box.left + Math.min(box.width / 2, 8), 1), innerWidth - 2);
            const y = Math.min(Math.max(box.top + box.height / 2, 1), innerHeight - 2);
            const top = document.elementFromPoint(x, y);
            if (top && top !== at && !at.contains(top) && !top.contains(at)) return `${name} has the focus under ${top.tagName.toLowerCase()}`;
            const style = getComputedStyle(at);
            if (style.outlineStyle === 'none' && style.boxShadow === 'none' && style.textDecorationLine === 'none'
                && style.borderStyle === 'none') return `${name} does not show that it has the focus`;
            return null;
        });
        if (bad) problems.push(bad);
    }
    return problems;
}

// Targets that are not inside a sentence are at least 24 pixels high and wide (WCAG 2.2, 2.5.8), or as far apart.
function targetProblems(page) {
    return page.evaluate(() => {
        const inSentence = link => {
            const block = link.closest('p, td, dd, figcaption, blockquote, li');
            return block && block.textContent.trim() !== link.textContent.trim();
        };
        const targets = [...document.querySelectorAll('a[href], button, summary, input, select')].filter(t => t.checkVisibility());
        const boxes = targets.map(t => t.getBoundingClientRect());
        return targets.map((t, i) => {
            const box = boxes[i];
            if (box.width === 0 || inSentence(t) || (box.height >= 24 && box.width >= 24)) return null;
            const x = box.left + box.width / 2, y = box.top + box.height / 2;
            const near = boxes.find((other, k) => k !== i && other.width > 0 && !targets[k].contains(t) && !t.contains(targets[k])
                && Math.abs(Math.max(other.left, Math.min(x, other.right)) - x) < 12
                && Math.abs(Math.max(other.top, Math.min(y, other.bottom)) - y) < 12);
            return near ? `${t.tagName.toLowerCase()} '${t.textContent.trim().slice(0, 40)}' is ${Math.round(box.width)} × ${Math.round(box.height)} and close to another` : null;
        }).filter(Boolean);
    });
}

async function checkPages(root, chosen) {
    for (const dark of [false, true])
        for (const width of [1280, 320])
            await withPage({dark, width, height: width === 320 ? 640 : 900}, async (page, problems) => {
                for (const [kind, name] of Object.entries(chosen)) {
                    const title = `${kind} page, ${dark ? 'dark' : 'light'}, ${width} px`;
                    await page.goto(address(root, name));
                    await page.screenshot({path: path.join(SHOTS, `${kind}-${dark ? 'dark' : 'light'}-${width}.png`), fullPage: kind !== 'long'});
                    await attempt(`axe: ${title}`, () => axeProblems(page));
                    if (dark) continue;
                    await attempt(`no sideways scrolling: ${title}`, async () => {
                        const [wide, room] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
                        return wide > room ? [`${wide} px wide in a window of ${room}`] : [];
                    });
                    await attempt(`targets: ${title}`, () => targetProblems(page));
                    await attempt(`keyboard: ${title}`, () => keyboardProblems(page));
                }
                expect(`no errors, no failed and no remote requests (${dark ? 'dark' : 'light'}, ${width} px)`, problems);
            });
}

async function checkPrint(root, chosen) {
    await withPage({}, async page => {
        for (const kind of ['long', 'table'].filter(k => chosen[k]))
            await attempt(`print: ${kind} page`, async () => {
                await page.goto(address(root, chosen[kind]));
                await page.pdf({path: path.join(SHOTS, `${kind}.pdf`), format: 'A4'});
                await page.emulateMedia({media: 'print'});
                await page.setViewportSize({width: 794, height: 1123});
                await page.screenshot({path: path.join(SHOTS, `${kind}-print.png`)});
                const seen = await page.$$eval('nav', navs => navs.filter(nav => nav.checkVisibility()).map(nav => nav.getAttribute('aria-label') || 'nav'));
                const text = await page.$eval('main', main => main.innerText.trim().length);
                return [...(text > 200 ? [] : ['the text is not printed']), ...(seen.length > 1 ? [`navigation is printed: ${seen.join(', ')}`] : [])];
            });
    });
}

async function checkFirefox(root, site, chosen) {
    for (const javascript of [true, false])
        await attempt(`Firefox ${javascript ? 'with' : 'without'} JavaScript, rules for files in force`, async () => {
            const firefox = await startFirefox({javascript});
            const problems = [];
            try {
                const steps = site.way(chosen.long || chosen.home);
                await firefox.open(address(root, steps[0]));
                for (let n = 1; n < steps.length; n++) {
                    const href = relative(steps[n - 1], steps[n]);
                    const [link] = await firefox.find(`a[href="${href}"], a[href^="${href}#"]`);
                    if (!link) {
                        problems.push(`${steps[n - 1]} has no link ${href}`);
                        await firefox.open(address(root, steps[n]));
                    } else {
                        const now = await firefox.click(`a[href="${href}"], a[href^="${href}#"]`);
                        if (now.split('#')[0] !== address(root, steps[n])) {
                            problems.push(`the link to ${steps[n]} led to ${now}`);
                            await firefox.open(address(root, steps[n]));
                        }
                    }
                }
                for (const [kind, name] of Object.entries(chosen)) {
                    await firefox.open(address(root, name));
                    if ((await firefox.find('main, body > h1')).length === 0) problems.push(`${name} shows nothing`);
                    if (javascript) await firefox.screenshot(path.join(SHOTS, `${kind}-firefox.png`));
                }
                problems.push(...firefox.problems());
            } finally {
                await firefox.stop();
            }
            return problems;
        });
}

function relative(from, to) {
    return path.posix.relative(path.posix.dirname(from), to).split('/').map(encodeURIComponent).join('/');
}

const root = process.argv[2] ? path.resolve(process.argv[2]) : build();
fs.mkdirSync(SHOTS, {recursive: true});
const site = reach(root);
const chosen = specimens(site);
console.log(`pages looked at: ${Object.entries(chosen).map(([kind, name]) => `${kind} ${name}`).join(', ')}`);
checkFiles(root, site);
await checkHtml(root, site);
await checkWalks(root, site);
await checkPages(root, chosen);
await checkPrint(root, chosen);
await checkFirefox(root, site, chosen);
console.log(`browser: ${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
