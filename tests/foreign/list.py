#!/usr/bin/env python3
"""list.py REPOSITORY [REF [FOLDER]]: the files of a repository (bare or not) or a plain folder, one JSON object a line.

Pages (*.md) come with their text, read through git itself or the file system, not through Waymark. Files and
folders whose name begins with a dot, and node_modules, are nobody's content and are left out."""

import json
import os
import subprocess
import sys


def is_content(path):
    parts = path.split('/')
    return not any(part.startswith('.') for part in parts) and 'node_modules' not in parts[:-1]


def from_git(repository, ref, folder):
    listing = subprocess.run(['git', '-C', repository, 'ls-tree', '-r', '-z', ref] + ([folder + '/'] if folder else []),
                             capture_output=True, check=True).stdout
    rows = []
    for entry in listing.split(b'\0'):
        if not entry:
            continue
        about, path = entry.split(b'\t', 1)
        mode, kind, object_id = about.split()
        if kind == b'blob' and mode != b'120000':
            rows.append((path.decode('utf-8', 'surrogateescape'), object_id))
    pages = [row for row in rows if row[0].endswith('.md')]
    batch = subprocess.run(['git', '-C', repository, 'cat-file', '--batch'], check=True, stdout=subprocess.PIPE,
                           input=b''.join(object_id + b'\n' for _, object_id in pages)).stdout
    texts, at = {}, 0
    for path, _ in pages:
        end = batch.index(b'\n', at)
        size = int(batch[at:end].split()[2])
        texts[path] = batch[end + 1:end + 1 + size]
        at = end + size + 2
    for path, _ in rows:
        yield path, texts.get(path)


def from_folder(folder):
    for top, names, files in os.walk(folder):
        names[:] = sorted(n for n in names if n != '.git')
        for name in sorted(files):
            path = os.path.join(top, name)
            if os.path.islink(path):
                continue
            shown = os.path.relpath(path, folder)
            with open(path, 'rb') as stream:
                yield shown, stream.read() if name.endswith('.md') else None


def rows(repository, ref='HEAD', folder=''):
    is_git = subprocess.run(['git', '-C', repository, 'rev-parse', '--git-dir'], capture_output=True, check=False)
    is_own = os.path.isdir(os.path.join(repository, '.git')) or os.path.isdir(os.path.join(repository, 'objects'))
    strip = len(folder) + 1 if folder else 0
    if is_git.returncode == 0 and is_own:
        found = ((path[strip:], text) for path, text in from_git(repository, ref, folder))
    else:
        found = from_folder(os.path.join(repository, folder))
    for path, text in found:
        if is_content(path):
            yield path, text


if __name__ == '__main__':
    for shown_path, data in rows(*sys.argv[1:4]):
        row = {'path': shown_path}
        if data is not None:
            row['text'] = data.decode('utf-8', 'replace')
        print(json.dumps(row, ensure_ascii=True))
