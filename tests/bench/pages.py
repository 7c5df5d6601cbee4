#!/usr/bin/env python3
"""Makes guidance pages that look like real ones and are the same in every run.

pages.py FOLDER COUNT [waymark|hugo]: a site of COUNT pages, 90 in a folder, each about 5.6 KB of
Markdown: a lead, sections with explicit ids, lists, a table, eight links to other pages.

Both sites hold the same pages. For Hugo the links are written as the addresses it will publish, so
that it has nothing to look up, and its sidebar is made once per folder: its fastest ways."""

import os
import sys

PER_FOLDER = 90

SUBJECTS = '''evidence custody review oversight procurement testing training disclosure retention access audit
assessment consent redaction storage transfer logging incident complaint notice warrant proportionality necessity
accuracy bias explanation appeal supervision monitoring retirement'''.split()
ACTORS = '''the unit|a supervisor|the analyst|each officer|the data protection office|the vendor|the review board
the case officer|the programme lead|an independent assessor'''.replace('\n', '|').split('|')
ACTIONS = '''records|checks|approves|keeps|reviews|reports|explains|limits|documents|publishes|tests|compares'''.split('|')
OBJECTS = '''every decision that rests on the output|the purpose before the first use|who saw the material and when
the figures that the supplier gave|errors in both directions|the version of the model and its settings
the reasons in words that the person concerned can follow|the legal basis and its limits
what was asked of the system and what it answered|the copies that left the building'''.replace('\n', '|').split('|')
TAILS = '''within five working days|before it is used in a case|at least once a year|in the register
together with the name of the person who decided|and says so in the file|unless a court has ordered otherwise
so that the defence can test it|in a form that outlives the product|without giving the vendor the data
'''.strip().replace('\n', '|').split('|')
HEADINGS = ['Purpose', 'Who decides', 'Before you start', 'In practice', 'Records', 'When it goes wrong']
WRITTEN_IDS = ['purpose', 'who-decides', 'before-you-start', 'in-practice', 'records', 'when-it-goes-wrong']


class Dice:
    """A linear congruential generator: the same on every machine and version."""

    def __init__(self, seed):
        self.state = (seed * 2654435761 + 12345) & 0xffffffff

    def below(self, limit):
        self.state = (self.state * 1664525 + 1013904223) & 0xffffffff
        return (self.state >> 12) % limit

    def pick(self, items):
        return items[self.below(len(items))]


def folder_of(page):
    return 'part-%03d' % (page // PER_FOLDER)


def name_of(page):
    return '%s-%05d' % (SUBJECTS[page % len(SUBJECTS)], page)


def title_of(page):
    return '%s, part %d, chapter %d' % (SUBJECTS[page % len(SUBJECTS)].capitalize(), page // PER_FOLDER, page % PER_FOLDER)


def sentence(dice):
    text = '%s %s %s %s.' % (dice.pick(ACTORS), dice.pick(ACTIONS), dice.pick(OBJECTS), dice.pick(TAILS))
    return text[0].upper() + text[1:]


def paragraph(dice, sentences):
    return ' '.join(sentence(dice) for _ in range(sentences))


def link(dice, page, count, suffix):
    # Two of three links stay in the folder, as they do in real guidance.
    first = page // PER_FOLDER * PER_FOLDER
    target = first + dice.below(min(PER_FOLDER, count - first)) if dice.below(3) else dice.below(count)
    part = dice.below(len(HEADINGS))
    place = '' if folder_of(target) == folder_of(page) else '../%s/' % folder_of(target)
    return '[%s](%s%s%s#%s)' % (title_of(target), place, name_of(target), suffix, WRITTEN_IDS[part])


def body(page, count, suffix):
    dice = Dice(page + 1)
    out = [paragraph(dice, 3) + ' See %s.' % link(dice, page, count, suffix)]
    for number, heading in enumerate(HEADINGS):
        out.append('## %s {#%s}' % (heading, WRITTEN_IDS[number]))
        out.append(paragraph(dice, 3))
        if number in (1, 3):
            out.append('### %s of %s {#%s-%s}' % (dice.pick(['Limits', 'Duties']), dice.pick(SUBJECTS), WRITTEN_IDS[number],
                                                 'detail'))
            out.append(paragraph(dice, 2))
        if number in (0, 2, 4):
            out.append('\n'.join('- **%s**: %s' % (dice.pick(SUBJECTS).capitalize(), sentence(dice)) for _ in range(4)))
        if number == 3:
            rows = ['| Step | Who | What | When |', '| --- | --- | --- | :-: |']
            rows += ['| %d | %s | %s %s | %s |' % (n + 1, dice.pick(ACTORS), dice.pick(ACTIONS), dice.pick(OBJECTS),
                                                 dice.pick(TAILS)) for n in range(5)]
            out.append('\n'.join(rows))
        if number == 5:
            out.append('\n'.join('%d. %s' % (n + 1, sentence(dice)) for n in range(4)))
        out.append('*Note*: `%s-%d` holds. See also %s.' % (dice.pick(SUBJECTS), dice.below(900) + 100,
                                                           link(dice, page, count, suffix)))
    out.append('Read on in %s.' % link(dice, page, count, suffix))
    return '\n\n'.join(out) + '\n'


def page_text(page, count, suffix, order_key):
    return '---\ntitle: "%s"\n%s: %d\n---\n%s' % (title_of(page), order_key, page % PER_FOLDER + 1, body(page, count, suffix))


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, 'w', encoding='utf-8', newline='') as stream:
        stream.write(text)


def make_waymark(folder, count):
    write(os.path.join(folder, 'waymark.yaml'), '''version: 1
site_name: Guidance
languages: {en: {name: English}}
default_language: en
sources:
  base: {url: ., path: content}
editions:
  global: {sources: [base], languages: [en]}
theme: themes/default
''')
    for page in range(count):
        write(os.path.join(folder, 'content', folder_of(page), name_of(page) + '.md'), page_text(page, count, '.md', 'order'))


HUGO_PAGE = '''<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{ .Title }} – {{ .Site.Title }}</title>
<link rel="stylesheet" href="../style.css">
</head>
<body>
<a href="#main">Skip to the text</a>
<header><a href="../index.html">{{ .Site.Title }}</a></header>
<nav aria-label="Breadcrumbs"><ol><li><a href="../index.html">{{ .Site.Title }}</a></li><li>{{ .CurrentSection.Title }}</li></ol></nav>
{{ partialCached "sidebar.html" . .CurrentSection.Title }}
<main id="main">
<h1>{{ .Title }}</h1>
<nav aria-label="On this page">{{ .TableOfContents }}</nav>
{{ .Content }}
{{ with .PrevInSection }}<a rel="prev" href="{{ path.Base .RelPermalink }}">{{ .Title }}</a>{{ end }}
{{ with .NextInSection }}<a rel="next" href="{{ path.Base .RelPermalink }}">{{ .Title }}</a>{{ end }}
</main>
<footer><p>{{ .Site.Title }}. This copy can be read without a network.</p></footer>
</body>
</html>
'''
HUGO_SIDEBAR = '''<nav aria-label="In this part"><h2>{{ .CurrentSection.Title }}</h2><ul>
{{ range .CurrentSection.RegularPages }}<li><a href="{{ path.Base .RelPermalink }}">{{ .Title }}</a></li>
{{ end }}</ul></nav>
'''
HUGO_LIST = '''<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>{{ .Title }}</title></head>
<body><main><h1>{{ .Title }}</h1><ul>
{{ range .Pages }}<li><a href="{{ .RelPermalink }}">{{ .Title }}</a></li>
{{ end }}</ul></main></body></html>
'''


def make_hugo(folder, count):
    write(os.path.join(folder, 'config.toml'), '''baseURL = "/"
title = "Guidance"
uglyURLs = true
relativeURLs = false
disableKinds = ["RSS", "taxonomy", "term", "sitemap", "404", "robotsTXT"]
[markup.tableOfContents]
endLevel = 3
startLevel = 2
[markup.goldmark.renderer]
unsafe = false
''')
    write(os.path.join(folder, 'layouts/_default/single.html'), HUGO_PAGE)
    write(os.path.join(folder, 'layouts/_default/list.html'), HUGO_LIST)
    write(os.path.join(folder, 'layouts/index.html'), HUGO_LIST)
    write(os.path.join(folder, 'layouts/partials/sidebar.html'), HUGO_SIDEBAR)
    write(os.path.join(folder, 'static/style.css'), 'main { max-width: 70ch }\n')
    for page in range(count):
        if page % PER_FOLDER == 0:
            write(os.path.join(folder, 'content', folder_of(page), '_index.md'), '---\ntitle: Part %d\n---\n' % (page // PER_FOLDER))
        write(os.path.join(folder, 'content', folder_of(page), name_of(page) + '.md'), page_text(page, count, '.html', 'weight'))


if __name__ == '__main__':
    if len(sys.argv) not in (3, 4) or sys.argv[-1] not in ('waymark', 'hugo') and len(sys.argv) == 4:
        sys.exit('usage: pages.py FOLDER COUNT [waymark|hugo]')
    (make_hugo if sys.argv[-1] == 'hugo' else make_waymark)(sys.argv[1], int(sys.argv[2]))
