// Debian's Firefox, driven over WebDriver BiDi, which it speaks itself: no driver program, no patched build.
//
// Automation normally relaxes Firefox's rules for files, so that everything falsely works; the preferences below
// put back what a reader has.

import {spawn} from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {WebSocket} from 'undici';

const PREFERENCES = {
    'remote.prefs.recommended': false,
    'security.fileuri.strict_origin_policy': true,
    'privacy.file_unique_origin': true,
    'browser.shell.checkDefaultBrowser': false,
    'browser.startup.homepage_override.mstone': 'ignore',
    'browser.startup.page': 0,
    'browser.tabs.remote.autostart': true,
    'datareporting.policy.dataSubmissionEnabled': false,
    'toolkit.telemetry.reportingpolicy.firstRun': false,
    'app.update.enabled': false,
    'app.normandy.enabled': false,
    'network.captive-portal-service.enabled': false,
    'network.connectivity-service.enabled': false,
    'network.dns.disablePrefetch': true,
    'extensions.getAddons.cache.enabled': false,
    'browser.safebrowsing.downloads.remote.enabled': false,
};

class Firefox {
    constructor() {
        this.next = 1;
        this.waiting = new Map();
        this.events = [];
    }

    async start({javascript = true, preferences = {}} = {}) {
        this.profile = fs.mkdtempSync(path.join(os.tmpdir(), 'waymark-firefox-'));
        const all = {...PREFERENCES, 'javascript.enabled': javascript, ...preferences};
        fs.writeFileSync(path.join(this.profile, 'user.js'),
            Object.entries(all).map(([key, value]) => `user_pref(${JSON.stringify(key)}, ${JSON.stringify(value)});\n`).join(''));
        this.process = spawn('firefox-esr', ['--headless', '--no-remote', '--profile', this.profile, '--remote-debugging-port', '0',
            '--width', '1280', '--height', '900', 'about:blank'],
        {stdio: ['ignore', 'ignore', 'pipe'], env: {...process.env, HOME: this.profile, MOZ_DISABLE_AUTO_SAFE_MODE: '1'}});
        const address = await new Promise((resolve, reject) => {
            let text = '';
            const late = setTimeout(() => reject(new Error('Firefox did not start within 60 s:\n' + text)), 60000);
            this.process.stderr.on('data', data => {
                text += data;
                const match = /WebDriver BiDi listening on (ws:\S+)/.exec(text);
                if (match) {
                    clearTimeout(late);
                    resolve(match[1]);
                }
            });
            this.process.on('exit', status => reject(new Error(`Firefox ended with status ${status}:\n${text}`)));
        });
        this.socket = new WebSocket(address + '/session');
        await new Promise((resolve, reject) => {
            this.socket.addEventListener('open', resolve);
            this.socket.addEventListener('error', reject);
        });
        this.socket.addEventListener('message', event => {
            const message = JSON.parse(event.data);
            if (message.id === undefined) {
                this.events.push(message);
                return;
            }
            const {resolve, reject} = this.waiting.get(message.id);
            this.waiting.delete(message.id);
            if (message.type === 'success') resolve(message.result);
            else reject(new Error(`${message.error}: ${message.message}`));
        });
        await this.send('session.new', {capabilities: {}});
        await this.send('session.subscribe', {events: ['log.entryAdded']});
        const {contexts} = await this.send('browsingContext.getTree', {});
        this.context = contexts[0].context;
        return this;
    }

    send(method, params) {
        const id = this.next++;
        return new Promise((resolve, reject) => {
            const late = setTimeout(() => reject(new Error(`${method}: no answer within 30 s`)), 30000);
            this.waiting.set(id, {resolve: value => (clearTimeout(late), resolve(value)), reject: error => (clearTimeout(late), reject(error))});
            this.socket.send(JSON.stringify({id, method, params}));
        });
    }

    async open(url) {
        await this.send('browsingContext.navigate', {context: this.context, url, wait: 'complete'});
    }

    async address() {
        const {contexts} = await this.send('browsingContext.getTree', {root: this.context});
        return contexts[0].url;
    }

    async find(css) {
        const {nodes} = await this.send('browsingContext.locateNodes', {context: this.context, locator: {type: 'css', value: css}});
        return nodes;
    }

    // A real press of a mouse button on the first element that matches, then the page it leads to.
    async click(css) {
        const [node] = await this.find(css);
        if (!node) throw new Error(`nothing matches ${css}`);
        const before = await this.address();
        await this.send('input.performActions', {context: this.context, actions: [{type: 'pointer', id: 'mouse', actions: [
            {type: 'pointerMove', x: 0, y: 0, origin: {type: 'element', element: {sharedId: node.sharedId}}},
            {type: 'pointerDown', button: 0}, {type: 'pointerUp', button: 0}]}]});
        let now = before;
        for (let n = 0; n < 100 && (now === before || now === 'about:blank'); n++) {
            await new Promise(resolve => setTimeout(resolve, 50));
            now = await this.address();
        }
        return now;
    }

    async evaluate(expression) {
        const {result} = await this.send('script.evaluate', {expression, target: {context: this.context}, awaitPromise: true});
        return result.value;
    }

    async size(width, height) {
        await this.send('browsingContext.setViewport', {context: this.context, viewport: {width, height}});
    }

    async screenshot(file) {
        const {data} = await this.send('browsingContext.captureScreenshot', {context: this.context, origin: 'document'});
        fs.writeFileSync(file, Buffer.from(data, 'base64'));
    }

    // What the console says is wrong.
    problems() {
        return this.events.filter(e => e.method === 'log.entryAdded' && e.params.level === 'error').map(e => e.params.text);
    }

    async stop() {
        try {
            if (this.socket) {
                await this.send('browser.close', {});
                this.socket.close();
            }
        } catch { /* it is gone already */ }
        if (this.process && this.process.exitCode === null) {
            await new Promise(resolve => {
                this.process.on('exit', resolve);
                setTimeout(() => this.process.kill('SIGKILL'), 3000).unref();
            });
        }
        fs.rmSync(this.profile, {recursive: true, force: true, maxRetries: 5});
    }
}

export async function startFirefox(options) {
    const firefox = new Firefox();
    try {
        return await firefox.start(options);
    } catch (error) {
        await firefox.stop();
        throw error;
    }
}
