/* The configuration: what is said about every mistake in waymark.yaml. */

#include "config/config.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#include "expect.h"

#define ROOT "/nowhere/kb"

struct loaded {
    struct arena arena;
    struct diag_list diags;
    struct site_config config;
    bool ok;
};

static void load(struct loaded *loaded, const char *text)
{
    *loaded = (struct loaded){.ok = false};
    loaded->ok = config_load(&loaded->config, &loaded->arena, ROOT, "waymark.yaml", slice_of(text), &loaded->diags);
}

static void unload(struct loaded *loaded)
{
    arena_free(&loaded->arena);
    diag_list_free(&loaded->diags);
}

#define SOURCE(url) "sources: {base: {url: " url "}}\n"
#define TOP_KEYS                                                                                                \
    "version, site_name, site_url, languages, default_language, sources, editions, theme, validation, output, " \
    "authors, sample, notice and disclaimer"
#define WRITE_URL "write https://HOST/PATH or ssh://USER@HOST/PATH"

static const struct expected cases[] = {
    /* the file */
    {"no YAML", "a: b: c\n", DIAG_CONFIG_YAML, 1, 5, "a ': ' inside a value without quotes", NULL},
    {"no mapping", "- a\n", DIAG_CONFIG_VALUE, 1, 1, "the whole must be a mapping, not a list", NULL},
    {"an unknown key", "site_nam: x\n", DIAG_CONFIG_KEY, 1, 1, "waymark.yaml has no key 'site_nam'",
     "did you mean 'site_name'? It is one of " TOP_KEYS},
    {"a key twice", "authors: true\nauthors: true\n", DIAG_CONFIG_YAML, 2, 1,
     "the key 'authors' stands twice, first in line 1", "keep one of them"},
    {"the name under another key", "title: x\n", DIAG_CONFIG_KEY, 1, 1, "'title' does not belong here",
     "the site's name is `site_name`"},
    {"navigation at the top", "nav: [a]\n", DIAG_CONFIG_KEY, 1, 1, "'nav' does not belong here",
     "it belongs into the root edition: `editions: {global: {nav: [...]}}`"},
    {"a version of the future", "version: 2\n", DIAG_CONFIG_VALUE, 1, 10, "the configuration has version 2",
     "this program reads version 1; a newer one may read more"},
    {"a version that is none", "version: one\n", DIAG_CONFIG_VALUE, 1, 10,
     "'version' must be a whole number, not 'one'", NULL},
    {"an empty name", "site_name: \" \"\n", DIAG_CONFIG_VALUE, 1, 12, "'site_name' must be one line that is not empty",
     "write one line of text"},
    {"a name of two lines", "site_name: \"a\\nb\"\n", DIAG_CONFIG_VALUE, 1, 12,
     "'site_name' must be one line that is not empty", NULL},
    {"an address that runs a script", "site_url: javascript:alert(1)\n", DIAG_CONFIG_VALUE, 1, 11,
     "'site_url' is no web address", "write it like https://example.org/kb/"},
    {"an address with a question", "site_url: https://example.org/?x\n", DIAG_CONFIG_VALUE, 1, 11,
     "'site_url' has a '?' or '#'", "write the address of the folder that holds index.html"},
    {"an address with a password", "site_url: https://a:b@example.org/\n", DIAG_CONFIG_VALUE, 1, 11,
     "'site_url' is no web address", NULL},
    {"an address without a host", "site_url: https:///x\n", DIAG_CONFIG_VALUE, 1, 11, "'site_url' is no web address",
     NULL},
    {"authors in words", "authors: yes\n", DIAG_CONFIG_VALUE, 1, 10, "'authors' must be true or false, not 'yes'",
     "write true"},
    /* languages */
    {"a language in capitals", "languages: {EN: English}\n", DIAG_CONFIG_VALUE, 1, 13, "'EN' is no language tag",
     "write it like en, pt-BR, zh-Hant or sr-Latn-RS, in exactly this case"},
    {"a region in small letters", "languages: {pt-br: Português}\n", DIAG_CONFIG_VALUE, 1, 13,
     "'pt-br' is no language tag", NULL},
    {"an underscore in a tag", "languages: {pt_BR: Português}\n", DIAG_CONFIG_VALUE, 1, 13,
     "'pt_BR' is no language tag", NULL},
    {"a tag that ends in a dash", "languages: {pt-: Português}\n", DIAG_CONFIG_VALUE, 1, 13, "'pt-' is no language tag",
     NULL},
    {"a tag that climbs", "languages: {\"../x\": X}\n", DIAG_CONFIG_VALUE, 1, 13, "'../x' is no language tag", NULL},
    {"a language without a name", "languages: {en: {dir: ltr}}\n", DIAG_CONFIG_KEY, 1, 13,
     "a language needs the key 'name'", ""},
    {"a direction that is none", "languages: {ar: {name: A, dir: right}}\n", DIAG_CONFIG_VALUE, 1, 32,
     "'dir' cannot be 'right'", "it is one of ltr and rtl"},
    {"a fallback to an unknown language", "languages: {ar: {name: A, fallback: [fr]}, fa: F}\n", DIAG_CONFIG_VALUE, 1,
     38, "there is no language 'fr'", "did you mean 'ar' or 'fa'? It is one of ar and fa"},
    {"a fallback to itself", "languages: {ar: {name: A, fallback: ar}}\n", DIAG_CONFIG_VALUE, 1, 37,
     "'ar' falls back to itself", "name other languages, best first"},
    {"a fallback twice", "languages: {ar: {name: A, fallback: [fr, fr]}, fr: F}\n", DIAG_CONFIG_VALUE, 1, 42,
     "'fr' stands twice in the list", "keep one"},
    {"an unknown default language", "languages: {en: English, fr: Français}\ndefault_language: de\n", DIAG_CONFIG_VALUE,
     2, 19, "there is no language 'de'", "it is one of en and fr"},
    {"a default language that is no tag", "default_language: English\n", DIAG_CONFIG_VALUE, 1, 19,
     "'English' is no language tag", NULL},
    {"languages as a list", "languages: [en]\n", DIAG_CONFIG_VALUE, 1, 12, "'languages' must be a mapping, not a list",
     NULL},
    /* sources */
    {"a source without an address", "sources: {base: {ref: main}}\n", DIAG_CONFIG_KEY, 1, 11,
     "a source needs the key 'url'", ""},
    {"a source with a misspelt key", "sources: {base: {url: ., pth: x}}\n", DIAG_CONFIG_KEY, 1, 26,
     "a source has no key 'pth'", "did you mean 'path'? It is one of url, ref, path, tags, next and edit"},
    {"a source that is a text", "sources: {base: content}\n", DIAG_CONFIG_VALUE, 1, 17,
     "'base' must be a mapping, not 'content'", NULL},
    {"a source's name in capitals", "sources: {Base: {url: .}}\n", DIAG_CONFIG_VALUE, 1, 11,
     "'Base' cannot be the name of a source", "use small letters, digits and '-', beginning with a letter"},
    {"http", SOURCE("http://example.org/x.git"), DIAG_SOURCE_URL, 1, 23,
     "'http' is no scheme that sources are read from", "write https://: over http nobody can tell who answers"},
    {"git", SOURCE("git://example.org/x.git"), DIAG_SOURCE_URL, 1, 23, "'git' is no scheme that sources are read from",
     "write https:// or ssh://: over git:// nobody can tell who answers"},
    {"file", SOURCE("file:///etc"), DIAG_SOURCE_URL, 1, 23, "'file' is no scheme that sources are read from",
     "write the path alone"},
    {"a command", SOURCE("\"ext::sh -c 'touch /tmp/x'\""), DIAG_SOURCE_URL, 1, 23,
     "'ext' is no scheme that sources are read from",
     "write https://HOST/PATH, ssh://USER@HOST/PATH or a path on this machine"},
    {"a helper of git in front of https", SOURCE("\"https::https://example.org/x\""), DIAG_SOURCE_URL, 1, 23,
     "'https' is no scheme that sources are read from", NULL},
    {"a scheme in capitals", SOURCE("HTTPS://example.org/x"), DIAG_SOURCE_URL, 1, 23,
     "'HTTPS' is no scheme that sources are read from", NULL},
    {"an option in the place of a host", SOURCE("\"ssh://-oProxyCommand=touch/x\""), DIAG_SOURCE_URL, 1, 23,
     "'-oProxyCommand=touch' is no host", WRITE_URL},
    {"an option in the place of a host, as scp writes it", SOURCE("\"-oProxyCommand=x:y\""), DIAG_SOURCE_URL, 1, 23,
     "'-oProxyCommand=x' is no host", "write USER@HOST:PATH or ssh://USER@HOST/PATH"},
    {"an option in the place of a user", SOURCE("\"ssh://-l@example.org/x\""), DIAG_SOURCE_URL, 1, 23,
     "'-l' is no user name", "write ssh://USER@HOST/PATH"},
    {"an option in the place of a path", SOURCE("\"git@example.org:-x\""), DIAG_SOURCE_URL, 1, 23,
     "the address names no repository", NULL},
    {"a port that is none", SOURCE("https://example.org:99999/x"), DIAG_SOURCE_URL, 1, 23, "'99999' is no port",
     "a port is a number from 1 to 65535"},
    {"no host", SOURCE("https:///x"), DIAG_SOURCE_URL, 1, 23, "'' is no host", WRITE_URL},
    {"no repository", SOURCE("https://example.org/"), DIAG_SOURCE_URL, 1, 23, "the address names no repository",
     WRITE_URL},
    {"a question in the address", SOURCE("\"https://example.org/x?token=y\""), DIAG_SOURCE_URL, 1, 23,
     "a '?' or '#' in the address",
     "write the address that `git clone` takes; a token goes into WAYMARK_TOKEN_<SOURCE>"},
    {"a blank in the address", SOURCE("\"https://example.org/x y\""), DIAG_SOURCE_URL, 1, 23,
     "a blank or control character in the address", "write the address that `git clone` takes"},
    {"a line end in the address", SOURCE("\"git@example.org:x\\ny\""), DIAG_SOURCE_URL, 1, 23,
     "a blank or control character in the address", NULL},
    {"a Windows drive", SOURCE("'C:/guidance'"), DIAG_SOURCE_URL, 1, 23, "a Windows drive in the address",
     "write a path relative to waymark.yaml, with '/'"},
    {"backslashes", SOURCE("'..\\guidance'"), DIAG_SOURCE_URL, 1, 23, "a backslash in the path",
     "write '/' between the folders"},
    {"somebody's home", SOURCE("~/guidance"), DIAG_SOURCE_URL, 1, 23, "'~' stands for nobody's home here",
     "write a path relative to waymark.yaml, or use `--source NAME=PATH` on your machine"},
    {"a path like an option", SOURCE("--upload-pack=x"), DIAG_SOURCE_URL, 1, 23, "a path that begins with '-'",
     "write './' in front of it"},
    {"an empty address", SOURCE("''"), DIAG_SOURCE_URL, 1, 23, "the address is empty", "write '.' for this repository"},
    {"a ref like an option", "sources: {base: {url: ., ref: -x}}\n", DIAG_CONFIG_VALUE, 1, 31,
     "'-x' is no name of a ref", "name a branch, a tag or a commit, like main, v1.2 or 3f2a91c"},
    {"a ref that climbs", "sources: {base: {url: ., ref: refs/heads/../x}}\n", DIAG_CONFIG_VALUE, 1, 31,
     "'refs/heads/../x' is no name of a ref", NULL},
    {"a ref with an expression", "sources: {base: {url: ., ref: 'HEAD~1'}}\n", DIAG_CONFIG_VALUE, 1, 31,
     "'HEAD~1' is no name of a ref", NULL},
    {"a folder that climbs", "sources: {base: {url: ., path: a/../../b}}\n", DIAG_CONFIG_VALUE, 1, 32,
     "'path' climbs out of its source", "name a folder inside the source; another folder is another source"},
    {"a folder from the root", "sources: {base: {url: ., path: /etc}}\n", DIAG_CONFIG_VALUE, 1, 32,
     "'path' begins with '/'", "the path is inside the source: leave the '/' out"},
    {"a folder with a backslash", "sources: {base: {url: ., path: 'a\\b'}}\n", DIAG_CONFIG_VALUE, 1, 32,
     "'path' holds a backslash", "write '/' between the folders"},
    {"a folder with nothing between slashes", "sources: {base: {url: ., path: a//b}}\n", DIAG_CONFIG_VALUE, 1, 32,
     "'path' is no path", "write it like countries/xa"},
    {"tags that leave all out", "sources: {base: {url: ., tags: '!v0.*'}}\n", DIAG_CONFIG_VALUE, 1, 32,
     "the patterns for tags leave all of them out", "put a pattern without '!' in front, like 'v*'"},
    {"an empty pattern", "sources: {base: {url: ., tags: ['v*', '!']}}\n", DIAG_CONFIG_VALUE, 1, 32,
     "an empty pattern for tags", "write patterns like 'v*', and '!v0.*' for what is left out"},
    {"an edit address with an unknown part", "sources: {base: {url: ., edit: 'https://x.org/{paht}'}}\n",
     DIAG_CONFIG_VALUE, 1, 32, "the edit address has an unknown part '{paht}'",
     "did you mean 'path'? It is one of ref, path and line"},
    {"an edit address without a path", "sources: {base: {url: ., edit: 'https://x.org/{ref}'}}\n", DIAG_CONFIG_VALUE, 1,
     32, "the edit address has no '{path}', so all pages would have the same",
     "write it like https://example.org/edit/{ref}/{path}#L{line}"},
    {"an edit address that runs a script", "sources: {base: {url: ., edit: 'javascript:{path}'}}\n", DIAG_CONFIG_VALUE,
     1, 32, "'edit' is no web address", NULL},
    {"two sources of one folder", "sources: {a: {url: ., path: x}, b: {url: ., path: x/}}\n", DIAG_CONFIG_VALUE, 1, 33,
     "the sources 'a' and 'b' read the same folder", "give one of them another `path`, or remove it"},
    /* editions */
    {"an edition's id in capitals", "editions: {global: {}, XA: {}}\n", DIAG_CONFIG_VALUE, 1, 24,
     "'XA' cannot be the id of an edition", "use small letters, digits and '-', beginning with a letter"},
    {"an edition called like a folder of the output", "editions: {global: {}, v: {}}\n", DIAG_CONFIG_VALUE, 1, 24,
     "'v' is a name with a meaning of its own, and cannot be the id of an edition", "choose another id"},
    {"an edition called like a device of Windows", "editions: {global: {}, nul: {}}\n", DIAG_CONFIG_VALUE, 1, 24,
     "'nul' is a name with a meaning of its own, and cannot be the id of an edition", NULL},
    {"a misspelt key of an edition", "editions: {global: {source: base}, xa: {extend: global}}\n", DIAG_CONFIG_KEY, 1,
     41, "an edition has no key 'extend'", NULL},
    {"what a country decides", "editions: {global: {}, xa: {params: {}}}\n", DIAG_CONFIG_KEY, 1, 29,
     "'params' does not belong here", "it belongs into the edition's country.yaml"},
    {"languages of a country", "editions: {global: {}, xa: {path: xa, languages: [en]}}\n", DIAG_CONFIG_KEY, 1, 39,
     "'languages' does not belong here",
     "it belongs into the edition's country.yaml; what limits it here is `languages_allowed`"},
    {"a title of a country", "editions: {global: {}, xa: {path: xa, title: XA}}\n", DIAG_CONFIG_KEY, 1, 39,
     "'title' does not belong here", "it belongs into the edition's country.yaml"},
    {"an unknown source", "editions: {global: {sources: [base, bsae]}}\n", DIAG_CONFIG_VALUE, 1, 37,
     "there is no source 'bsae'", "did you mean 'base'? It is one of base"},
    {"a source of two editions", "editions: {global: {source: base}, xa: {source: base}}\n", DIAG_CONFIG_VALUE, 1, 49,
     "the source 'base' belongs to the edition 'global' already",
     "a source belongs to one edition; others inherit it by `extends`"},
    {"a source twice", "sources: {base: {url: .}, kit: {url: ../kit}}\neditions: {global: {sources: [kit, kit]}}\n",
     DIAG_CONFIG_VALUE, 2, 36, "the source 'kit' stands twice in the list", "keep one"},
    {"two ways to name sources", "editions: {global: {source: base, path: x}}\n", DIAG_CONFIG_KEY, 1, 12,
     "the edition 'global' has more than one of `source`, `sources` and `path`", "keep one of them"},
    {"a path beside a source of that name",
     "sources: {base: {url: .}, xa: {url: ../xa}}\neditions: {global: {source: base}, "
     "xa: {path: xa}}\n",
     DIAG_CONFIG_VALUE, 2, 47, "`path` makes a source called 'xa', but there is one already",
     "name that source by `source`, or rename it"},
    {"an unknown parent", "editions: {global: {}, xa: {extends: globl}}\n", DIAG_CONFIG_EXTENDS, 1, 38,
     "the edition 'xa' extends 'globl', which does not exist", "did you mean 'global'? It is one of global and xa"},
    {"a circle", "editions: {global: {}, xa: {extends: xc}, xb: {extends: xa}, xc: {extends: xb}}\n",
     DIAG_CONFIG_EXTENDS, 1, 38, "editions extend one another in a circle: xa → xc → xb → xa",
     "let one of them extend an edition outside the circle"},
    {"an edition that extends itself", "editions: {global: {}, xa: {extends: xa}}\n", DIAG_CONFIG_EXTENDS, 1, 38,
     "editions extend one another in a circle: xa → xa", NULL},
    {"a circle without a root", "editions: {global: {extends: xa}, xa: {extends: global}}\n", DIAG_CONFIG_EXTENDS, 1,
     30, "editions extend one another in a circle: global → xa → global", NULL},
    {"a public edition below a restricted one",
     "editions: {global: {}, xa: {visibility: restricted}, xb: {extends: xa, "
     "visibility: public}}\n",
     DIAG_CONFIG_VALUE, 1, 84, "the edition 'xb' is public, but shows what the restricted 'xa' says",
     "make it restricted too, or let it extend a public edition"},
    {"a visibility that is none", "editions: {global: {visibility: secret}}\n", DIAG_CONFIG_VALUE, 1, 33,
     "'visibility' cannot be 'secret'", "it is one of public and restricted"},
    {"a language that the site lacks", "editions: {global: {languages: [de]}}\n", DIAG_CONFIG_VALUE, 1, 33,
     "there is no language 'de'", "it is one of en"},
    {"an allowed language that the site lacks", "editions: {global: {}, xa: {languages_allowed: de}}\n",
     DIAG_CONFIG_VALUE, 1, 48, "there is no language 'de'", NULL},
    /* navigation */
    {"a navigation that is no list", "editions: {global: {nav: a}}\n", DIAG_CONFIG_VALUE, 1, 26,
     "'nav' must be a list, not 'a'", NULL},
    {"a page from the root", "editions: {global: {nav: [/a]}}\n", DIAG_CONFIG_VALUE, 1, 27,
     "a page of the navigation is named from the root of its source",
     "write a document id like guidance/storage, or a path like guidance/storage.md"},
    {"a section in the navigation", "editions: {global: {nav: ['a#b']}}\n", DIAG_CONFIG_VALUE, 1, 27,
     "the navigation leads to pages, not to sections", "leave out the '#' and what follows"},
    {"a group without a title", "editions: {global: {nav: [{children: [a]}]}}\n", DIAG_CONFIG_VALUE, 1, 27,
     "an entry of the navigation without a page needs a title and children",
     "write {title: TEXT, children: [...]} or {title: TEXT, page: ID}"},
    {"a misspelt key of the navigation", "editions: {global: {nav: [{titel: a, page: b}]}}\n", DIAG_CONFIG_KEY, 1, 28,
     "an entry of the navigation has no key 'titel'", "did you mean 'title'? It is one of title, page and children"},
    /* the rest */
    {"an unknown category", "validation: {link: error}\n", DIAG_CONFIG_KEY, 1, 14, "there is no category 'link'",
     "did you mean 'links'? It is one of links, anchors, ids, titles, html, urls, params, terms, cites, kinds, nav, "
     "files, "
     "drift, translations, unknown_keys and all"},
    {"a level that is none", "validation: {links: warning}\n", DIAG_CONFIG_VALUE, 1, 21, "'links' cannot be 'warning'",
     "did you mean 'warn'? It is one of error, warn and off"},
    {"a format that is none", "output: {formats: [htm]}\n", DIAG_CONFIG_VALUE, 1, 19, "there is no output format 'htm'",
     "did you mean 'html'? It is one of html"},
    {"output into the root", "output: {dir: /}\n", DIAG_CONFIG_OUTPUT, 1, 15,
     "the output folder '/' is the root of the file system", "choose a folder that holds nothing else, like public"},
    {"output into the root, in disguise", "output: {dir: ../../../../..}\n", DIAG_CONFIG_OUTPUT, 1, 15,
     "the output folder '../../../../..' is the root of the file system", NULL},
    {"output into the site", "output: {dir: .}\n", DIAG_CONFIG_OUTPUT, 1, 15,
     "the output folder '.' is the site's own folder", NULL},
    {"output above the site", "output: {dir: ..}\n", DIAG_CONFIG_OUTPUT, 1, 15,
     "the output folder '..' holds the site's folder", NULL},
    {"output into a home", "output: {dir: /home/editor}\n", DIAG_CONFIG_OUTPUT, 1, 15,
     "the output folder '/home/editor' is a home folder, or holds one", NULL},
    {"output above a home", "output: {dir: /home}\n", DIAG_CONFIG_OUTPUT, 1, 15,
     "the output folder '/home' is a home folder, or holds one", NULL},
    {"output into a source", "sources: {base: {url: ., path: content}}\noutput: {dir: content/}\n", DIAG_CONFIG_OUTPUT,
     2, 15, "the output folder 'content/' is the folder of the source 'base', or holds it", NULL},
    {"output above a source elsewhere", "sources: {kit: {url: ../kit/docs}}\noutput: {dir: ../kit}\n",
     DIAG_CONFIG_OUTPUT, 2, 15, "the output folder '../kit' is the folder of the source 'kit', or holds it", NULL},
    {"output into the theme", "theme: themes/own\noutput: {dir: themes}\n", DIAG_CONFIG_OUTPUT, 2, 15,
     "the output folder 'themes' is the folder of the theme, or holds it", NULL},
    {"output into the repository's own data", "output: {dir: .git/x}\n", DIAG_CONFIG_OUTPUT, 1, 15,
     "the output folder '.git/x' is inside a git repository's own data", NULL},
    {"output beside .github", "output: {dir: .github/x}\n", 0, 0, 0, NULL, NULL},
};

static void test_cases(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct loaded loaded;
        load(&loaded, cases[i].input);
        expect_one(&cases[i], &loaded.diags);
        if (loaded.ok != !cases[i].text)
            fail_msg("%s: loaded %d", cases[i].name, loaded.ok);
        unload(&loaded);
    }
}

/* A token in an address stands nowhere in what is printed. */
static void test_secrets(void **state)
{
    (void)state;
    static const char *const texts[] = {
        SOURCE("https://oauth2:s3cr3t@example.org/x.git"),
        SOURCE("https://s3cr3t@example.org/x.git"),
        SOURCE("ssh://git:s3cr3t@example.org/x.git"),
        SOURCE("https://a@s3cr3t@example.org/x.git"),
        SOURCE("https://s3cr3t:@-bad host/x.git"),
        "sources: {base: {url: 'https://s3cr3t@example.org/x', pth: x}}\n",
        "a: {url: https://s3cr3t@example.org/x}: b\n",
        "authors: https://s3cr3t-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx@x/y\n",
        "sources: {a: {url: ssh://a:s3cr3t@x/y}, b: {url: ssh://a:s3cr3t@x/y}}\n",
    };
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        struct loaded loaded;
        load(&loaded, texts[i]);
        char *text = printed(&loaded.diags);
        if (loaded.ok || strstr(text, "s3cr3t"))
            fail_msg("%s\n%s", texts[i], text);
        free(text);
        unload(&loaded);
    }
}

int main(void)
{
    setenv("HOME", "/home/editor", 1);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases),
        cmocka_unit_test(test_secrets),
    };
    return cmocka_run_group_tests_name("config mistakes", tests, NULL, NULL);
}
