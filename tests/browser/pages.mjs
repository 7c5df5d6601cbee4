// What is in a site on disk: its pages, the links between them, and which pages are worth a closer look.

import fs from 'node:fs';
import path from 'node:path';

export function htmlFiles(root) {
    return fs.readdirSync(root, {recursive: true}).map(String).filter(name => name.endsWith('.html')).sort();
}

function linksOf(root, name) {
    const text = fs.readFileSync(path.join(root, name), 'utf8').replace(/<!--[\s\S]*?-->|<(script|style)\b[\s\S]*?<\/\1>/gi, '');
    return [...text.matchAll(/<a\s[^>]*?href="([^"]*)"/gi)].map(match => match[1].replaceAll('&amp;', '&'))
        .filter(href => !/^[a-z][a-z0-9+.-]*:|^\/\//i.test(href))
        .map(href => href.split('#')[0])
        .filter(href => href)
        .map(href => path.posix.normalize(path.posix.join(path.posix.dirname(name), decodeURIComponent(href))));
}

// A page that only sends its reader on.
const isRedirect = text => /<meta[^>]+http-equiv="?refresh/i.test(text);

// From each page: how it is reached from the start page by real links (a path of pages), or nothing.
export function reach(root) {
    const names = htmlFiles(root);
    const links = new Map(names.map(name => [name, linksOf(root, name)]));
    const known = new Set(names);
    const from = new Map([['index.html', null]]);
    for (const queue = ['index.html']; queue.length;) {
        const name = queue.shift();
        for (const to of links.get(name) || [])
            if (known.has(to) && !from.has(to)) {
                from.set(to, name);
                queue.push(to);
            }
    }
    const way = name => {
        const steps = [];
        for (let at = name; at !== null; at = from.get(at)) steps.unshift(at);
        return steps;
    };
    const texts = new Map(names.map(name => [name, fs.readFileSync(path.join(root, name), 'utf8')]));
    const documents = names.filter(name => !isRedirect(texts.get(name)) && !/(^|\/)404\.html$/.test(name));
    return {documents, texts, links, way, isReached: name => from.has(name)};
}

// Start page, country home, long page, page with a table, page with notes: one each, the largest of its kind.
export function specimens(site) {
    const largest = test => site.documents.filter(name => test(site.texts.get(name), name))
        .sort((a, b) => site.texts.get(b).length - site.texts.get(a).length || (a < b ? -1 : 1))[0];
    const found = {
        start: 'index.html',
        home: site.documents.find(name => /^[^/]+\/[^/]+\/index\.html$/.test(name)),
        long: largest(text => (text.match(/<h2[\s>]/g) || []).length >= 4 && /<main[\s>]/.test(text)),
        table: largest(text => /<main[\s\S]*<table[\s\S]*<\/main>/.test(text)),
        missing: site.texts.has('404.html') ? '404.html' : undefined,
    };
    return Object.fromEntries(Object.entries(found).filter(([, name]) => name));
}
