/* The configuration: what waymark.yaml may say, what is said about the rest, and
 * what holds without it. */

#include "base/limits.h"
#include "config/config.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "expect.h"

#define ROOT "/nowhere/kb"

struct loaded {
    struct arena arena;
    struct diag_list diags;
    struct site_config config;
    bool ok;
};

static void load_at(struct loaded *loaded, const char *root, struct slice text)
{
    *loaded = (struct loaded){.ok = false};
    loaded->ok = config_load(&loaded->config, &loaded->arena, root, "waymark.yaml", text, &loaded->diags);
}

static void load(struct loaded *loaded, const char *text)
{
    load_at(loaded, ROOT, slice_of(text));
}

static void unload(struct loaded *loaded)
{
    arena_free(&loaded->arena);
    diag_list_free(&loaded->diags);
}

/* ---- one mistake each ---- */

#define SOURCE(url) "sources: {base: {url: " url "}}\n"
#define TOP_KEYS                                                                                                \
    "version, site_name, site_url, languages, default_language, sources, editions, theme, validation, output, " \
    "authors, sample, notice and disclaimer"
#define WRITE_URL "write https://HOST/PATH or ssh://USER@HOST/PATH"

static const struct expected cases[] = {
    /* the file */
    {"no YAML", "a: b: c\n", DIAG_YAML_SYNTAX, 1, 5, "a ': ' inside a value without quotes", NULL},
    {"no mapping", "- a\n", DIAG_CONFIG_VALUE, 1, 1, "the whole must be a mapping, not a list", NULL},
    {"an unknown key", "site_nam: x\n", DIAG_CONFIG_KEY, 1, 1, "waymark.yaml has no key 'site_nam'",
     "did you mean 'site_name'? It is one of " TOP_KEYS},
    {"a key twice", "authors: true\nauthors: true\n", DIAG_YAML_DUPLICATE_KEY, 2, 1,
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

/* ---- what is accepted ---- */

static void test_addresses(void **state)
{
    (void)state;
    static const struct {
        const char *url;
        bool is_remote;
    } urls[] = {
        {".", false},
        {"../kit", false},
        {"/srv/git/kit.git", false},
        {"./a:b", false},
        {"a folder/with blanks", false},
        {"https://example.org/kit.git", true},
        {"https://example.org:8443/group/kit", true},
        {"https://[2001:db8::1]/kit", true},
        {"https://[2001:db8::1]:8443/kit", true},
        {"ssh://example.org/kit.git", true},
        {"ssh://git@example.org:2222/~user/kit.git", true},
        {"git@example.org:group/kit.git", true},
        {"example.org:kit.git", true},
        {"localhost:/srv/kit", true},
    };
    for (size_t i = 0; i < COUNT_OF(urls); i++) {
        char text[200];
        snprintf(text, sizeof text, "sources: {base: {url: '%s'}}\n", urls[i].url);
        struct loaded loaded;
        load(&loaded, text);
        if (!loaded.ok || loaded.config.sources[0].is_remote != urls[i].is_remote)
            fail_msg("%s: ok %d", urls[i].url, loaded.ok);
        assert_string_equal(loaded.config.sources[0].url, urls[i].url);
        unload(&loaded);
    }
}

static void test_tags(void **state)
{
    (void)state;
    static const struct {
        const char *tag;
        bool is_rtl;
    } tags[] = {
        {"en", false},        {"ckb", true},         {"pt-BR", false},    {"es-419", false},
        {"zh-Hant", false},   {"sr-Latn-RS", false}, {"uz-Arab", true},   {"ku-Latn", false},
        {"ar-EG", true},      {"de-1996", false},    {"sl-rozaj", false}, {"ca-ES-valencia", false},
        {"az-Arab-IR", true}, {"he", true},
    };
    for (size_t i = 0; i < COUNT_OF(tags); i++) {
        char text[100];
        snprintf(text, sizeof text, "languages: {%s: X}\n", tags[i].tag);
        struct loaded loaded;
        load(&loaded, text);
        if (!loaded.ok || loaded.config.languages[0].is_rtl != tags[i].is_rtl)
            fail_msg("%s", tags[i].tag);
        unload(&loaded);
    }
}

static void dump_nav(FILE *out, const struct nav_item *items, size_t count)
{
    fputc('[', out);
    for (size_t i = 0; i < count; i++) {
        fprintf(out, "%s%s>%s", i ? ", " : "", items[i].title, items[i].target);
        if (items[i].child_count)
            dump_nav(out, items[i].children, items[i].child_count);
    }
    fputc(']', out);
}

static void dump_words(FILE *out, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        fprintf(out, "%s%s", i ? " " : "", words[i]);
}

static char *dumped(const struct site_config *config)
{
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    fprintf(out, "%s|%s|%s|%s|%s|%d\n", config->site_name, config->site_url, config->default_language, config->theme,
            config->output_dir, config->show_authors);
    for (size_t i = 0; i < config->language_count; i++) {
        const struct language *language = &config->languages[i];
        fprintf(out, "language %s %s %s ", language->tag, language->name, language->is_rtl ? "rtl" : "ltr");
        dump_words(out, language->fallback, language->fallback_count);
        fputc('\n', out);
    }
    for (size_t i = 0; i < config->source_count; i++) {
        const struct source_spec *source = &config->sources[i];
        fprintf(out, "source %s %s %s '%s' '%s' next=%d ", source->name, source->is_remote ? "remote" : "local",
                source->url, source->ref, source->path, source->next);
        dump_words(out, source->tags, source->tag_count);
        fprintf(out, " %s\n", source->edit);
    }
    for (size_t i = 0; i < config->edition_count; i++) {
        const struct edition_spec *edition = &config->editions[i];
        fprintf(out, "edition %s < '%s' '%s' %s sources=", edition->id, edition->extends, edition->title,
                edition->is_restricted ? "restricted" : "public");
        dump_words(out, edition->sources, edition->source_count);
        fprintf(out, " own=%s languages=", edition->language);
        dump_words(out, edition->languages, edition->language_count);
        fprintf(out, " allowed=");
        dump_words(out, edition->languages_allowed, edition->languages_allowed_count);
        fprintf(out, " nav=");
        dump_nav(out, edition->nav, edition->nav_count);
        fputc('\n', out);
    }
    for (int i = 0; i < CATEGORY_COUNT; i++)
        if (config->levels.is_set[i])
            fprintf(out, "%s=%s ", diag_category_word((enum diag_category)i), diag_level_word(config->levels.level[i]));
    fputc('\n', out);
    fclose(out);
    return text;
}

static __attribute__((noinline)) char *slurp(const char *path)
{
    FILE *file = fopen(path, "r");
    if (!file)
        fail_msg("%s is not there; tests run in the root of the repository", path);
    char *text = calloc(1, 1 << 16);
    size_t length = fread(text, 1, (1 << 16) - 1, file);
    text[length] = 0;
    fclose(file);
    return text;
}

/* The text that a file expects; with WAYMARK_UPDATE_EXPECTED set, what is expected from now on. */
static void expect_file(const char *path, const char *text)
{
    if (getenv("WAYMARK_UPDATE_EXPECTED")) {
        FILE *file = fopen(path, "w");
        assert_non_null(file);
        fputs(text, file);
        fclose(file);
    }
    char *expected = slurp(path);
    if (strcmp(text, expected) != 0)
        fail_msg("%s differs from:\n%s", path, text);
    free(expected);
}

static void test_full(void **state)
{
    (void)state;
    char *yaml = slurp("tests/fixtures/config/full.yaml");
    struct loaded loaded;
    load(&loaded, yaml);
    free(yaml); /* nothing points into it */
    char *problems = printed(&loaded.diags), *text = dumped(&loaded.config);
    assert_string_equal(problems, "");
    assert_true(loaded.ok);
    expect_file("tests/fixtures/config/full.txt", text);
    free(problems);
    free(text);
    unload(&loaded);
}

/* Everything that is wrong with one file, in one run. */
static void test_wrong(void **state)
{
    (void)state;
    char *yaml = slurp("tests/fixtures/config/wrong.yaml");
    struct loaded loaded;
    load(&loaded, yaml);
    diag_sort(&loaded.diags);
    char *problems = printed(&loaded.diags);
    assert_false(loaded.ok);
    expect_file("tests/fixtures/config/wrong.txt", problems);
    free(problems);
    free(yaml);
    unload(&loaded);
}

static const struct {
    const char *name, *yaml, *dump;
} defaults[] = {
    {"nothing", "",
     "kb||en||public|0\nlanguage en English ltr \nsource base local . '' '' next=0  \n"
     "edition global < '' '' public sources=base own=en languages=en allowed= nav=[]\n\n"},
    {"a language alone", "default_language: ar\n",
     "kb||ar||public|0\nlanguage ar العربية rtl \nsource base local . '' '' next=0  \n"
     "edition global < '' '' public sources=base own=ar languages=ar allowed= nav=[]\n\n"},
    {"the specification's example",
     "languages: {en: {name: English}, fr: {name: Français}, ar: {name: العربية, dir: rtl}}\n"
     "default_language: en\neditions: {global: {path: content, languages: [en, fr]}, xb: {path: countries/xb}}\n",
     "kb||en||public|0\nlanguage en English ltr \nlanguage fr Français ltr \nlanguage ar العربية rtl \n"
     "source global local . '' 'content' next=0  \nsource xb local . '' 'countries/xb' next=0  \n"
     "edition global < '' '' public sources=global own=en languages=en fr allowed= nav=[]\n"
     "edition xb < 'global' '' public sources=xb own=en languages=en fr allowed= nav=[]\n\n"},
    {"no edition is called global", "editions: {base-text: {}, xa: {path: xa}, xb: {extends: xa}}\n",
     "kb||en||public|0\nlanguage en English ltr \nsource base local . '' '' next=0  \nsource xa local . '' 'xa' next=0 "
     " \n"
     "edition base-text < '' '' public sources=base own=en languages=en allowed= nav=[]\n"
     "edition xa < 'base-text' '' public sources=xa own=en languages=en allowed= nav=[]\n"
     "edition xb < 'xa' '' public sources= own=en languages=en allowed= nav=[]\n\n"},
    {"the root takes what is left",
     "sources: {a: {url: a}, b: {url: b}, c: {url: c}}\neditions: {xa: {source: b}, global: }\n",
     "kb||en||public|0\nlanguage en English ltr \nsource a local a '' '' next=0  \nsource b local b '' '' next=0  \n"
     "source c local c '' '' next=0  \nedition global < '' '' public sources=a c own=en languages=en allowed= nav=[]\n"
     "edition xa < 'global' '' public sources=b own=en languages=en allowed= nav=[]\n\n"},
    {"all categories but one", "validation: {all: warn, links: off}\n",
     "kb||en||public|0\nlanguage en English ltr \nsource base local . '' '' next=0  \n"
     "edition global < '' '' public sources=base own=en languages=en allowed= nav=[]\n"
     "links=off anchors=warning ids=warning titles=warning html=warning urls=warning params=warning terms=warning "
     "cites=warning kinds=warning nav=warning files=warning drift=warning translations=warning unknown_keys=warning "
     "all=warning \n"},
};

static void test_defaults(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(defaults); i++) {
        struct loaded loaded;
        load(&loaded, defaults[i].yaml);
        char *problems = printed(&loaded.diags);
        if (!loaded.ok)
            fail_msg("%s: %s", defaults[i].name, problems);
        char *text = dumped(&loaded.config);
        if (strcmp(text, defaults[i].dump) != 0)
            fail_msg("%s:\nexpected\n%sgot\n%s", defaults[i].name, defaults[i].dump, text);
        free(text);
        free(problems);
        unload(&loaded);
    }
    /* Without the file: as with an empty one. */
    struct loaded without = {.ok = true};
    config_default(&without.config, &without.arena, ROOT "/");
    char *text = dumped(&without.config);
    assert_string_equal(text, defaults[0].dump);
    assert_string_equal(without.config.root, ROOT);
    free(text);
    unload(&without);
}

/* ---- what depends on the disk ---- */

static char *make_site(void)
{
    char *folder = strdup("/tmp/waymark-config-XXXXXX");
    if (!mkdtemp(folder))
        fail_msg("no temporary folder");
    char path[200];
    static const char *const folders[] = {"site", "site/content", "site/themes", "site/themes/default", "elsewhere"};
    for (size_t i = 0; i < COUNT_OF(folders); i++) {
        snprintf(path, sizeof path, "%s/%s", folder, folders[i]);
        assert_int_equal(mkdir(path, 0777), 0);
    }
    return folder;
}

static void link_to(const char *folder, const char *target, const char *name)
{
    char from[200], to[200];
    snprintf(from, sizeof from, "%s/%s", folder, target);
    snprintf(to, sizeof to, "%s/%s", folder, name);
    assert_int_equal(symlink(from, to), 0);
}

static void remove_site(char *folder)
{
    char command[200];
    snprintf(command, sizeof command, "rm -r '%s'", folder);
    assert_int_equal(system(command), 0);
    free(folder);
}

static void test_folders(void **state)
{
    (void)state;
    char *folder = make_site(), root[200];
    snprintf(root, sizeof root, "%s/site", folder);
    struct loaded loaded;
    load_at(&loaded, root, SLICE(""));
    assert_true(loaded.ok);
    assert_string_equal(loaded.config.sources[0].path, "content"); /* it is there */
    assert_string_equal(loaded.config.theme, "themes/default");
    unload(&loaded);
    config_default(&loaded.config, &loaded.arena, root);
    assert_string_equal(loaded.config.sources[0].path, ""); /* all of the folder */
    unload(&loaded);

    link_to(folder, "site/content", "site/through");
    link_to(folder, "elsewhere", "site/beside");
    link_to(folder, "site", "elsewhere/back");
    static const struct {
        const char *dir;
        bool ok;
    } dirs[] = {
        {"public", true},
        {"public/", true},
        {"a/../public", true},
        {"beside", true},
        {"beside/new/deep", true},
        {"content/public", true},
        {"through", false},
        {"through/.", false},
        {"beside/back", false},
        {"beside/back/content", false},
        {"themes/default", false},
        {"through/new", true},
        {"../elsewhere/public", true},
        {"../site", false},
        {"./", false},
    };
    for (size_t i = 0; i < COUNT_OF(dirs); i++) {
        char text[200];
        snprintf(text, sizeof text, "output: {dir: %s}\n", dirs[i].dir);
        load_at(&loaded, root, slice_of(text));
        if (loaded.ok != dirs[i].ok)
            fail_msg("%s: %d", dirs[i].dir, loaded.ok);
        unload(&loaded);
    }
    remove_site(folder);
}

/* ---- limits ---- */

static void test_long_chain(void **state)
{
    (void)state;
    struct buffer text = BUFFER(1 << 20);
    buffer_text(&text, "editions:\n  global: {}\n");
    for (int i = 1; i < LIMIT_EDITION_DEPTH; i++)
        buffer_printf(&text, "  x%d: {extends: %s%.0d}\n", i, i == 1 ? "global" : "x", i - 1);
    struct loaded loaded;
    load(&loaded, buffer_string(&text));
    assert_true(loaded.ok);
    unload(&loaded);
    for (int i = LIMIT_EDITION_DEPTH; i < 1000; i++)
        buffer_printf(&text, "  x%d: {extends: x%d}\n", i, i - 1);
    load(&loaded, buffer_string(&text));
    assert_false(loaded.ok);
    assert_int_equal(loaded.diags.count, 1);
    assert_int_equal(loaded.diags.items[0].code, DIAG_CONFIG_EXTENDS);
    assert_string_equal(loaded.diags.items[0].text,
                        "more than 16 editions stand in one line: x16 → x15 → x14 → x13 → x12 → "
                        "x11 → x10 → x9 → x8 → x7 → x6 → x5 → x4 → x3 → x2 → x1 → global");
    unload(&loaded);
    buffer_free(&text);
}

static void test_many_editions(void **state)
{
    (void)state;
    struct buffer text = BUFFER(1 << 20);
    buffer_text(&text, "editions:\n  global: {}\n");
    for (int i = 1; i < LIMIT_EDITIONS; i++)
        buffer_printf(&text, "  x%d: {path: countries/x%d}\n", i, i);
    struct loaded loaded;
    load(&loaded, buffer_string(&text));
    assert_true(loaded.ok);
    assert_int_equal(loaded.config.edition_count, LIMIT_EDITIONS);
    assert_int_equal(loaded.config.source_count, LIMIT_EDITIONS);
    assert_string_equal(loaded.config.sources[1999].path, "countries/x1999");
    assert_true(loaded.arena.total_bytes < 16 << 20);
    unload(&loaded);
    buffer_text(&text, "  one-more: {}\n");
    load(&loaded, buffer_string(&text));
    assert_false(loaded.ok);
    assert_string_equal(loaded.diags.items[0].text, "2001 editions; at most 2000 are read");
    unload(&loaded);
    /* The same mistake everywhere is not listed everywhere. */
    buffer_clear(&text);
    buffer_text(&text, "editions:\n  global: {}\n");
    for (int i = 1; i < LIMIT_EDITIONS; i++)
        buffer_printf(&text, "  x%d: {pth: x}\n", i);
    load(&loaded, buffer_string(&text));
    assert_false(loaded.ok);
    assert_in_range(loaded.diags.count, 100, 201);
    unload(&loaded);
    buffer_free(&text);
}

/* ---- conditions ---- */

static void test_conditions(void **state)
{
    (void)state;
    static const struct {
        const char *name, *edition, *audience;
        enum condition condition;
        const char *editions, *audiences;
        bool is_shown;
    } conditions[] = {
        {"its own id", "xa", "", CONDITION_ONLY, "xa", "", true},
        {"another id", "xb", "", CONDITION_ONLY, "xa", "", false},
        {"one of several", "xb", "", CONDITION_ONLY, "  xa\txb ", "", true},
        {"an ancestor", "xa-north", "", CONDITION_ONLY, "xa", "", true},
        {"the root", "xa-north", "", CONDITION_ONLY, "global", "", true},
        {"a descendant", "xa", "", CONDITION_ONLY, "xa-north", "", false},
        {"the beginning of an id is no id", "xa-north", "", CONDITION_ONLY, "xa-nor", "", false},
        {"except its own", "xa", "", CONDITION_EXCEPT, "xa", "", false},
        {"except an ancestor", "xa-north", "", CONDITION_EXCEPT, "xa", "", false},
        {"except another", "xb", "", CONDITION_EXCEPT, "xa", "", true},
        {"for its audience", "xa", "chief", CONDITION_ONLY, "", "officer chief", true},
        {"for another audience", "xa", "officer", CONDITION_ONLY, "", "chief", false},
        {"for any audience", "xa", "", CONDITION_ONLY, "", "chief", true},
        {"except its audience", "xa", "chief", CONDITION_EXCEPT, "", "chief", false},
        {"except an audience, for any", "xa", "", CONDITION_EXCEPT, "", "chief", true},
        {"both", "xa", "chief", CONDITION_ONLY, "xa", "chief", true},
        {"only one of both", "xa", "officer", CONDITION_ONLY, "xa", "chief", false},
        {"except both", "xa", "chief", CONDITION_EXCEPT, "xa", "chief", false},
        {"except one of both", "xa", "officer", CONDITION_EXCEPT, "xa", "chief", true},
        {"except another edition's audience", "xb", "chief", CONDITION_EXCEPT, "xa", "chief", true},
        {"no condition", "xa", "chief", CONDITION_ONLY, "", "", true},
        {"no exception", "xa", "chief", CONDITION_EXCEPT, "", " ", true},
    };
    struct loaded loaded;
    load(&loaded, "editions: {global: {}, xa: {}, xb: {}, xa-north: {extends: xa}}\n");
    assert_true(loaded.ok);
    for (size_t i = 0; i < COUNT_OF(conditions); i++) {
        const struct edition_spec *edition = config_edition(&loaded.config, slice_of(conditions[i].edition));
        bool is_shown = config_shows(&loaded.config, edition, slice_of(conditions[i].audience), conditions[i].condition,
                                     slice_of(conditions[i].editions), slice_of(conditions[i].audiences));
        if (is_shown != conditions[i].is_shown)
            fail_msg("%s", conditions[i].name);
    }
    assert_true(slice_is(config_unknown_edition(&loaded.config, SLICE(" xa  xz global")), "xz"));
    assert_int_equal(config_unknown_edition(&loaded.config, SLICE("xa global ")).length, 0);
    assert_null(config_language(&loaded.config, SLICE("fr")));
    assert_null(config_source(&loaded.config, SLICE("xz")));
    unload(&loaded);
}

int main(void)
{
    setenv("HOME", "/home/editor", 1);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases),         cmocka_unit_test(test_secrets),    cmocka_unit_test(test_addresses),
        cmocka_unit_test(test_tags),          cmocka_unit_test(test_full),       cmocka_unit_test(test_wrong),
        cmocka_unit_test(test_defaults),      cmocka_unit_test(test_folders),    cmocka_unit_test(test_long_chain),
        cmocka_unit_test(test_many_editions), cmocka_unit_test(test_conditions),
    };
    return cmocka_run_group_tests_name("config", tests, NULL, NULL);
}
