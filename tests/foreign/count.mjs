// Reads a tree of Markdown files on its own terms and counts pages and links: what Waymark's counts are
// compared with. Shares no code with Waymark; its parser is markdown-it.
//
//   node count.mjs LIST      LIST names a file of JSON lines {"path", "text"} (pages) or {"path"} (other files)
//
// Prints one JSON object: {pages, resolved, external, own, remote, links: [{path, line, destination, state}]} where state is
// one of unknown, outside, anchor, image. Links that resolve, those with a scheme, remote images, and links with one of
// Waymark's own forms (xref:, term:, cite:, which foreign files may hold by chance) are only counted.

import fs from 'node:fs';
import readline from 'node:readline';
import MarkdownIt from 'markdown-it';

const reader = new MarkdownIt({html: true, linkify: false});
reader.validateLink = () => true; // what may be linked to is not this program's question
reader.normalizeLink = url => url;

const HEADING_ID = /[ \t]*\{#([\p{L}\p{N}][\p{L}\p{M}\p{N}_.-]*)(?:[^{}]*)\}[ \t]*$/u;

// An id made from a heading's text: NFKC, lower case, every run of other characters one '-'.
function slug(text) {
    return text.normalize('NFKC').toLowerCase().replace(/[^\p{L}\p{M}\p{N}]+/gu, '-').replace(/^-|-$/g, '');
}

function plain(tokens) {
    return tokens.map(token => {
        if (token.type === 'softbreak' || token.type === 'hardbreak') return ' ';
        if (token.type === 'image') return plain(token.children || []);
        return token.type === 'html_inline' ? '' : token.content;
    }).join('');
}

// [body, number of lines before it]
function withoutFrontMatter(text) {
    const match = /^\uFEFF?---[ \t]*\r?\n(?:[\s\S]*?\r?\n)?---[ \t]*(?:\r?\n|$)/.exec(text);
    return match ? [text.slice(match[0].length), match[0].split('\n').length - 1] : [text, 0];
}

// An empty <a id="x"></a>: what surrounds text is no anchor.
const NAMED_ANCHOR = /<a\s+(?:id|name)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+))\s*><\/a\s*>/gi;

function readPage(path, text) {
    const [body, before] = withoutFrontMatter(text);
    const page = {anchors: new Set(), links: []};
    const used = new Map();
    const takeAnchors = html => {
        for (const match of html.matchAll(NAMED_ANCHOR)) page.anchors.add(match[1] ?? match[2] ?? match[3]);
    };
    const tokens = reader.parse(body, {});
    let isTitle = true, row = 0;
    tokens.forEach((token, index) => {
        if (token.map) row = token.map[0]; // cells have none of their own: their row's holds
        if (token.type === 'html_block') takeAnchors(token.content);
        if (token.type !== 'inline') return;
        let line = row + before + 1;
        // Tags that follow each other are one run of raw HTML, as they are in the source.
        takeAnchors(token.children.map(child => child.type === 'html_inline' ? child.content : '\u0000').join(''));
        for (const child of token.children) {
            if (child.type === 'softbreak' || child.type === 'hardbreak') line++;
            if (child.type === 'link_open') page.links.push({line, destination: child.attrGet('href'), image: false});
            if (child.type === 'image') page.links.push({line, destination: child.attrGet('src'), image: true});
        }
        const opening = tokens[index - 1];
        if (opening.type === 'heading_open' && opening.level === 0) {
            const title = isTitle && opening.tag === 'h1' && index === 1;
            isTitle = false;
            if (title) return;
            const written = HEADING_ID.exec(plain(token.children));
            const base = written ? written[1] : slug(plain(token.children)) || 'section';
            let id = base;
            if (!written)
                for (let n = 2; used.has(id); n++) id = `${base}-${n}`;
            used.set(id, true);
            page.anchors.add(id);
        }
    });
    return page;
}

// Joins like a file system that has nothing above its root; null when it climbs out.
function join(folder, to) {
    const parts = to.startsWith('/') ? [] : folder.split('/').filter(Boolean);
    for (const part of to.split('/')) {
        if (part === '' || part === '.') continue;
        if (part !== '..') parts.push(part);
        else if (parts.pop() === undefined) return null;
    }
    return parts.join('/');
}

function decode(text) {
    try {
        return decodeURIComponent(text).normalize('NFC');
    } catch {
        return text;
    }
}

const SCHEME = /^[a-z][a-z0-9+.-]*:/i;

async function main(list) {
    const pages = new Map(), files = new Set(), folders = new Set(['']);
    for await (const line of readline.createInterface({input: fs.createReadStream(list)})) {
        const {path, text} = JSON.parse(line);
        files.add(path);
        if (text === undefined) continue;
        pages.set(path, readPage(path, text));
        const parts = path.split('/').slice(0, -1);
        for (let n = 1; n <= parts.length; n++) folders.add(parts.slice(0, n).join('/'));
    }
    const result = {pages: pages.size, resolved: 0, external: 0, own: 0, remote: 0, links: []};
    for (const [path, page] of pages)
        for (const link of page.links) {
            const to = link.destination ?? '';
            const report = state => result.links.push({path, line: link.line, destination: to, state});
            if (/^(xref|term|cite):/.test(to)) {
                result.own++;
                continue;
            }
            if (SCHEME.test(to) || to.startsWith('//')) {
                if (link.image) result.remote++;
                else result.external++;
                continue;
            }
            const [, target, fragment] = /^([^#]*)(?:#(.*))?$/s.exec(to);
            const joined = target === '' ? path : join(path.split('/').slice(0, -1).join('/'), decode(target));
            if (joined === null) report('outside');
            else if (pages.has(joined) && !link.image) {
                if (!fragment || pages.get(joined).anchors.has(decode(fragment))) result.resolved++;
                else report('anchor');
            } else if (files.has(joined) || (folders.has(joined) && !link.image)) result.resolved++;
            else report(link.image ? 'image' : 'unknown');
        }
    process.stdout.write(JSON.stringify(result) + '\n');
}

await main(process.argv[2]);
