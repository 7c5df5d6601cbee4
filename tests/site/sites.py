"""Small sites for tests: made, built, fingerprinted. Imported by the suites beside it."""

import hashlib
import os
import re
import shutil
import subprocess
import sys

TESTS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
ROOT = os.path.dirname(TESTS)
BUILD = os.path.join(ROOT, os.environ.get('BUILD', 'build'))
WAYMARK = os.path.join(BUILD, 'waymark')
sys.path.insert(0, os.path.join(TESTS, 'bench'))

ENV = {
    'PATH': os.environ['PATH'], 'HOME': '/nonexistent', 'TZ': 'UTC', 'LC_ALL': 'C.UTF-8', 'NO_COLOR': '1',
    'SOURCE_DATE_EPOCH': '1780315200', 'GIT_CONFIG_NOSYSTEM': '1',
    'GIT_AUTHOR_NAME': 'Ada Author', 'GIT_AUTHOR_EMAIL': 'ada@example.org',
    'GIT_COMMITTER_NAME': 'Ada Author', 'GIT_COMMITTER_EMAIL': 'ada@example.org',
}

CONFIG = '''version: 1
site_name: A site
languages: {en: {name: English}, fr: {name: Français, dir: ltr}}
default_language: en
sources:
  base: {url: ., path: content}
editions:
  global: {sources: [base], languages: [en, fr]}
theme: themes/default
'''


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, 'w', encoding='utf-8', newline='') as stream:
        stream.write(text)


def read(path):
    with open(path, encoding='utf-8') as stream:
        return stream.read()


def start(folder, config=CONFIG, is_git=True):
    """A site without content: configuration, theme, an empty repository or none."""
    os.makedirs(folder)
    write(os.path.join(folder, 'waymark.yaml'), config)
    shutil.copytree(os.path.join(ROOT, 'themes'), os.path.join(folder, 'themes'))
    if not is_git:
        return
    git(folder, 0, 'init', '-q', '-b', 'main')
    write(os.path.join(folder, '.git/info/exclude'), '/.waymark/\n/public*/\n/restricted/\n')


def git(folder, number, *arguments):
    """Runs git at a fixed date: `number` hours after the start of 2026."""
    date = '%d +0000' % (1767225600 + 3600 * number)
    subprocess.run(['git', '-C', folder, *arguments], check=True, stdout=subprocess.DEVNULL,
                   env={**ENV, 'GIT_AUTHOR_DATE': date, 'GIT_COMMITTER_DATE': date})


def commit(folder, number, message='edit'):
    git(folder, number, 'add', '-A')
    git(folder, number, 'commit', '-q', '--allow-empty', '-m', message)


def build(folder, *arguments, env=None, program=None, cwd=None):
    """The finished process; the caller looks at its status."""
    return subprocess.run([program or WAYMARK, 'build', *arguments], cwd=cwd or folder, env={**ENV, **(env or {})},
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, errors='replace', check=False, timeout=300)


def tree(folder):
    """{path: SHA-256 of the bytes, or what else stands there}; modes that are not 644 show."""
    found = {}
    for top, folders, names in os.walk(folder):
        for name in folders:
            if os.path.islink(os.path.join(top, name)):
                found[os.path.relpath(os.path.join(top, name), folder)] = 'symbolic link'
        for name in names:
            path = os.path.join(top, name)
            status = os.lstat(path)
            if os.path.islink(path):
                text = 'symbolic link'
            else:
                with open(path, 'rb') as stream:
                    text = hashlib.sha256(stream.read()).hexdigest()
                if status.st_mode & 0o777 != 0o644:
                    text += ' mode %o' % (status.st_mode & 0o777)
            found[os.path.relpath(path, folder)] = text
    return found


def difference(wanted, got):
    """What differs between two trees, one line each."""
    lines = ['only in the first: ' + path for path in sorted(wanted.keys() - got.keys())]
    lines += ['only in the second: ' + path for path in sorted(got.keys() - wanted.keys())]
    lines += ['differs: ' + path for path in sorted(wanted.keys() & got.keys()) if wanted[path] != got[path]]
    return lines


def show_difference(first, second, paths, most=3):
    """The differing lines of a few files of two folders."""
    for path in paths[:most]:
        done = subprocess.run(['diff', '-U1', os.path.join(first, path), os.path.join(second, path)], capture_output=True,
                              text=True, errors='replace', check=False)
        print('\n'.join('      ' + line[:200] for line in done.stdout.split('\n')[:14]))


# What a machine may put into a file that must not be there.
MACHINE = re.compile(rb'(?<![\w/.-])/(?:tmp|home|root|usr/|var/|proc/)')
