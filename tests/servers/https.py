"""A git server behind https, for one test case: https.py CASE DIR [--token WORD] [--certificate KIND]"""

import argparse
import base64
import http.server
import os
import ssl
import subprocess
import time

CA_CONFIG = """
[ca]
default_ca = here
[here]
dir = .
database = index
new_certs_dir = .
serial = serial
default_md = sha256
policy = any
x509_extensions = server
unique_subject = no
[any]
commonName = supplied
[req]
distinguished_name = name
[name]
[server]
subjectAltName = DNS:%s
[authority]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
"""


def openssl(folder, *arguments):
    subprocess.run(['openssl', *arguments], cwd=folder, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def make_certificate(folder, kind):
    """A certificate authority, and a certificate signed by it."""
    os.makedirs(folder, exist_ok=True)
    host = 'other.example' if kind == 'wrong-host' else 'localhost'
    with open(os.path.join(folder, 'ca.cnf'), 'w', encoding='ascii') as stream:
        stream.write(CA_CONFIG % host)
    open(os.path.join(folder, 'index'), 'w', encoding='ascii').close()
    with open(os.path.join(folder, 'serial'), 'w', encoding='ascii') as stream:
        stream.write('01\n')
    openssl(folder, 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-config', 'ca.cnf',
            '-extensions', 'authority', '-subj', '/CN=Test authority', '-days', '2', '-keyout', 'ca.key', '-out', 'ca.pem')
    openssl(folder, 'req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-config', 'ca.cnf',
            '-subj', '/CN=' + host, '-keyout', 'server.key', '-out', 'server.csr')
    end = '20200201000000Z' if kind == 'expired' else '20500201000000Z'
    openssl(folder, 'ca', '-batch', '-config', 'ca.cnf', '-keyfile', 'ca.key', '-cert', 'ca.pem', '-startdate',
            '20200101000000Z', '-enddate', end, '-in', 'server.csr', '-out', 'server.pem')


BAD_REFS = [b'refs/heads/-x', b'refs/heads/../../escaped', b'refs/heads/a..b', b'refs/tags/' + b'x' * 5000]


def add_bad_refs(content):
    """The advertisement with refs that git would neither make nor take."""
    line = content.find(b' HEAD') - 40
    oid = content[line:line + 40]
    lines = [oid + b' ' + name + b'\n' for name in BAD_REFS]
    return content[:-4] + b''.join(b'%04x' % (len(text) + 4) + text for text in lines) + content[-4:]


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    root = token = None

    def redirect(self, location):
        self.send_response(301)
        self.send_header('Location', location)
        self.send_header('Content-Length', '0')
        self.end_headers()

    def refuse(self):
        self.send_response(401)
        self.send_header('WWW-Authenticate', 'Basic realm="test"')
        self.send_header('Content-Length', '0')
        self.end_headers()

    def is_allowed(self):
        if not self.token:
            return True
        kind, _, text = self.headers.get('Authorization', '').partition(' ')
        return kind == 'Basic' and base64.b64decode(text).decode().partition(':')[2] == self.token

    def endless(self):
        self.send_response(200)
        self.send_header('Content-Type', 'application/x-git-upload-pack-advertisement')
        self.send_header('Transfer-Encoding', 'chunked')
        self.end_headers()
        line = b'fffc' + b'0' * 40 + b' refs/heads/' + b'x' * (0xfffc - 56)
        try:
            self.wfile.write(b'8\r\n001e# se\r\n16\r\nrvice=git-upload-pack\n\r\n4\r\n0000\r\n')
            while True:
                self.wfile.write(b'%x\r\n%s\r\n' % (len(line), line))
        except OSError:
            self.close_connection = True

    def handle_any(self):
        # The token is not written down; everything else may be looked at.
        print(self.command, self.path, flush=True)
        first = self.path.split('/')[1]
        rest = self.path[len(first) + 1:]
        if first == 'redirect':
            return self.redirect(rest)
        if first == 'elsewhere':
            return self.redirect('https://elsewhere.invalid' + rest)
        if first == 'plain':
            return self.redirect('http://localhost' + rest)
        if first == 'badrefs':
            return self.run_git(rest, add_bad_refs)
        if first == 'silent':
            return time.sleep(600)
        if first == 'endless':
            return self.endless()
        if not self.is_allowed():
            return self.refuse()
        return self.run_git(self.path)

    do_GET = do_POST = handle_any

    def body(self):
        if self.headers.get('Transfer-Encoding', '') == 'chunked':
            parts = []
            while True:
                size = int(self.rfile.readline().split(b';')[0], 16)
                parts.append(self.rfile.read(size))
                self.rfile.readline()
                if size == 0:
                    return b''.join(parts)
        return self.rfile.read(int(self.headers.get('Content-Length', 0)))

    def run_git(self, target, change=None):
        path, _, query = target.partition('?')
        env = {
            'PATH': os.environ['PATH'], 'HOME': os.environ.get('HOME', '/'), 'GIT_PROJECT_ROOT': self.root,
            'GIT_HTTP_EXPORT_ALL': '1', 'PATH_INFO': path, 'QUERY_STRING': query, 'REQUEST_METHOD': self.command,
            'CONTENT_TYPE': self.headers.get('Content-Type', ''), 'REMOTE_ADDR': '127.0.0.1',
            'HTTP_CONTENT_ENCODING': self.headers.get('Content-Encoding', ''), 'GIT_CONFIG_NOSYSTEM': '1',
            'GIT_PROTOCOL': self.headers.get('Git-Protocol', ''),
        }
        body = self.body()
        env['CONTENT_LENGTH'] = str(len(body))
        done = subprocess.run(['git', 'http-backend'], input=body, env=env, stdout=subprocess.PIPE, check=False)
        head, _, content = done.stdout.partition(b'\r\n\r\n')
        if change and self.command == 'GET':
            content = change(content)
        headers = [line.split(': ', 1) for line in head.decode().split('\r\n') if ': ' in line]
        status = next((int(value.split()[0]) for name, value in headers if name.lower() == 'status'), 200)
        self.send_response(status)
        for name, value in headers:
            if name.lower() not in ('status', 'content-length'):
                self.send_header(name, value)
        self.send_header('Content-Length', str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *arguments):
        pass


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('case')
    parser.add_argument('folder')
    parser.add_argument('--token')
    parser.add_argument('--port', type=int, default=0)
    parser.add_argument('--certificate', default='good')
    options = parser.parse_args()
    keys = os.path.join(options.case, 'https-' + options.certificate)
    make_certificate(keys, options.certificate)
    if options.certificate != 'unknown':
        with open(os.path.join(keys, 'ca.pem'), 'rb') as source, open(os.path.join(options.case, 'ca.pem'), 'wb') as target:
            target.write(source.read())
    Handler.root = os.path.realpath(options.folder)
    Handler.token = options.token
    server = http.server.ThreadingHTTPServer(('127.0.0.1', options.port), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(os.path.join(keys, 'server.pem'), os.path.join(keys, 'server.key'))
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.daemon_threads = True
    with open(os.path.join(options.case, 'https.port'), 'w', encoding='ascii') as stream:
        stream.write(str(server.server_port))
    server.serve_forever()


main()
