/* The strict reading of YAML: what it accepts, where everything stands, and what
 * it says about what people get wrong. */

#include "base/limits.h"
#include "yaml/yaml.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <time.h>

#include <cmocka.h>

#include "expect.h"

struct loaded {
    struct arena arena;
    struct diag_list diags;
    struct diag_file file;
    const struct yaml_node *root;
    bool ok;
};

static void load(struct loaded *loaded, struct slice text)
{
    *loaded = (struct loaded){.file = {"data.yaml", text}};
    loaded->ok = yaml_load(&loaded->root, &loaded->arena, &loaded->file, text, &loaded->diags);
}

static void unload(struct loaded *loaded)
{
    arena_free(&loaded->arena);
    diag_list_free(&loaded->diags);
}

/* ---- what is wrong ---- */

static const struct expected errors[] = {
    {"a colon in a value", "title: Stop: search\n", DIAG_YAML_SYNTAX, 1, 12, "a ': ' inside a value without quotes",
     "put quotes around the value: \"Stop: search\""},
    {"a colon in a value with double quotes in it", "title: The \"rule\": search\n", DIAG_YAML_SYNTAX, 1, 18,
     "a ': ' inside a value without quotes", "put quotes around the value: 'The \"rule\": search'"},
    {"a colon between curly quotes", "title: “Stop: search”\n", DIAG_YAML_SYNTAX, 1, 13,
     "a ': ' inside a value without quotes", "put quotes around the value: \"Stop: search\""},
    {"the third line", "a: 1\nb: é\ntitle: Stop: search\n", DIAG_YAML_SYNTAX, 3, 12,
     "a ': ' inside a value without quotes", NULL},
    {"behind carriage returns alone", "a: 1\rb: c: d\r", DIAG_YAML_SYNTAX, 2, 5, "a ': ' inside a value without quotes",
     NULL},
    {"brackets begin the value", "title: [draft] Policy\n", DIAG_YAML_SYNTAX, 1, 16,
     "text after the closing bracket of the value", "put quotes around the whole value: \"[draft] Policy\""},
    {"quotes begin the value", "title: \"Stop\" and search\n", DIAG_YAML_SYNTAX, 1, 15,
     "text after the closing quote of the value", "put quotes around the whole value: '\"Stop\" and search'"},
    {"an apostrophe in single quotes", "title: 'it's'\n", DIAG_YAML_SYNTAX, 1, 12,
     "text after the closing quote of the value",
     "in single quotes an apostrophe is written twice: 'it''s'; or put quotes around the whole value"},
    {"a parameter begins the value", "title: {{agency.name}} rules\n", DIAG_YAML_KEY, 1, 8,
     "a key must be text, not a list or a mapping",
     "put quotes around a value that begins with a parameter: \"{{agency.name}} rules\""},
    {"a list as a key", "[a]: b\n", DIAG_YAML_KEY, 1, 1, "a key must be text, not a list or a mapping",
     "put quotes around a text that begins with '[', '{' or '?'"},
    {"an empty key", ": b\n", DIAG_YAML_KEY, 1, 1, "a key that is empty", "write a name before the ':'"},
    {"an empty key in quotes", "\"\": b\n", DIAG_YAML_KEY, 1, 1, "a key that is empty", NULL},
    {"a question mark alone", "a:\n- ?\n", DIAG_YAML_KEY, 2, 3, "a '?' alone announces a key",
     "put quotes around it: \"?\""},
    {"no blank after the colon", "a: 1\ntitle:Foo\nb: 2\n", DIAG_YAML_SYNTAX, 2, 1, "no blank after the ':'",
     "write 'key: value', with a blank after the ':'"},
    {"no blank after the first colon", "title:Foo\nb: 2\n", DIAG_YAML_SYNTAX, 1, 1, "no blank after the ':'", NULL},
    {"no key", "a: 1\nfoo bar\n", DIAG_YAML_SYNTAX, 2, 1, "a line without 'key: '",
     "write 'key: value'; a text of several lines is indented below its key, after '|' or '>'"},
    {"no key in the first line", "just text\nb: 2\n", DIAG_YAML_SYNTAX, 1, 1, "a line without 'key: '", NULL},
    {"deeper than the key above", "a: 1\n  b: 2\n", DIAG_YAML_SYNTAX, 2, 4,
     "this line is indented deeper than the value above allows",
     "indent it like the key above; or remove that key's value, if this is meant to stand below it"},
    {"indented like nothing", "a:\n  b: 1\n c: 2\n", DIAG_YAML_SYNTAX, 3, 2,
     "the indentation of this line fits no line above", "indent it exactly like the lines that it belongs to"},
    {"a quote without an end", "a: \"open\nb: 2\n", DIAG_YAML_SYNTAX, 1, 4, "this quote is never closed",
     "put the closing quote at the end of the value; in single quotes an apostrophe is written twice"},
    {"a quote that meets the end of the document", "a: 'x\n---\n", DIAG_YAML_SYNTAX, 1, 4,
     "this quote is not closed before the '---' or '...' line", "put the closing quote at the end of the value"},
    {"a bracket without an end", "a: [1, 2\n", DIAG_YAML_SYNTAX, 1, 4, "this '[' is never closed",
     "put a ']' behind the last item"},
    {"a bracket that runs into a key", "a: [1, 2\nb: 3\n", DIAG_YAML_SYNTAX, 1, 4,
     "this '[' is not closed before the next key", "put a ']' behind the last item"},
    {"a brace without an end", "a: {b: c\n", DIAG_YAML_SYNTAX, 1, 4, "this '{' is never closed",
     "put a '}' behind the last value"},
    {"a bracket too many", "a: [b]]\n", DIAG_YAML_SYNTAX, 1, 7, "text after the closing bracket of the value", NULL},
    {"a comma is missing", "a: [\"b\" c]\n", DIAG_YAML_SYNTAX, 1, 9, "a ',' or ']' is missing before this",
     "separate items by ', ' and close the list with ']'; put quotes around a text that holds brackets or commas"},
    {"a comma is missing in braces", "a: {b: \"c\" d: e}\n", DIAG_YAML_SYNTAX, 1, 12,
     "a ',' or '}' is missing before this",
     "separate entries by ', ' and close the mapping with '}'; put quotes around a text that holds braces or commas"},
    {"a brace alone", "a: }\n", DIAG_YAML_SYNTAX, 1, 4, "a value is missing before this",
     "write a value, or put quotes around the text"},
    {"a list on its key's line", "tags: - a\n", DIAG_YAML_SYNTAX, 1, 7, "a list cannot begin on the line of its key",
     "write [a, b], or put each '- item' on a line of its own"},
    {"a key after a list", "- a\nb: c\n", DIAG_YAML_SYNTAX, 2, 1,
     "no '- ' at the beginning of this line, though the lines above are a list",
     "begin it with '- ', or indent it like the lines that it belongs to"},
    {"text behind a bar", "a: | text\n", DIAG_YAML_SYNTAX, 1, 6, "text on the line of '|' or '>'",
     "begin the text on the next line, indented; or put quotes around the value"},
    {"an at sign begins the value", "a: @home\n", DIAG_YAML_SYNTAX, 1, 4, "a value cannot begin with this character",
     "put quotes around the value: \"@home\""},
    {"a back tick begins the value", "a: `code`\n", DIAG_YAML_SYNTAX, 1, 4, "a value cannot begin with this character",
     "put quotes around the value: \"`code`\""},
    {"a Windows path in double quotes", "a: \"C:\\Users\"\n", DIAG_YAML_SYNTAX, 1, 7,
     "an escape in double quotes that lacks hexadecimal digits",
     "use single quotes, in which a backslash is just a backslash"},
    {"an unknown escape", "a: \"\\q\"\n", DIAG_YAML_SYNTAX, 1, 5,
     "a backslash in double quotes that begins no known escape",
     "use single quotes, in which a backslash is just a backslash"},
    {"an escape for half a pair", "a: \"\\ud800\"\n", DIAG_YAML_SYNTAX, 1, 5, "an escape that stands for no character",
     "write the character itself"},
    {"text after the end", "a: 1\n...\nb: 2\n", DIAG_YAML_SYNTAX, 3, 1, "text after the end of the data", NULL},
    {"a hard space after the colon", "title:\u00a0Foo\na: b\n", DIAG_YAML_SYNTAX, 1, 1,
     "a non-breaking space where YAML wants a blank",
     "delete the spaces of this line and type them again; word processors put in U+00A0"},
    {"a hard space before a key", "a: b\n\u00a0\u00a0c: d\n", DIAG_YAML_SYNTAX, 2, 1,
     "a non-breaking space at the edge of a key",
     "delete the spaces of this line and type them again; word processors put in U+00A0"},
    {"a wide colon", "title：x\nb: c\n", DIAG_YAML_SYNTAX, 1, 1, "a wide colon, U+FF1A, after the key",
     "write an ordinary ':' and a blank"},
    {"a tab indents", "a:\n\t- b\n", DIAG_YAML_TAB, 2, 1, "a tab in the indentation",
     "indent with blanks: YAML allows no tabs there"},
    {"a tab before a key", "\ta: b\n", DIAG_YAML_TAB, 1, 1, "a tab in the indentation", NULL},
    {"a tab in a text block", "a: |\n\tb\n", DIAG_YAML_TAB, 2, 1, "a tab in the indentation", NULL},
    {"an alias", "a: *bold\n", DIAG_YAML_ALIAS, 1, 4, "an alias, '*bold'",
     "aliases are not supported; put quotes around a text that begins with '*'"},
    {"emphasis begins the value", "a: *bold* text\n", DIAG_YAML_ALIAS, 1, 4,
     "a value that begins with '*' or '&' is an alias or anchor to YAML", "put quotes around it: \"*bold* text\""},
    {"an anchor", "a: &Co b\n", DIAG_YAML_ALIAS, 1, 4, "an anchor, '&Co'",
     "anchors are not supported; put quotes around a text that begins with '&'"},
    {"a tag", "a: !important x\n", DIAG_YAML_TAG, 1, 4, "a tag, '!important'",
     "delete the tag; put quotes around a text that begins with '!'"},
    {"a tag of Python", "a: !!python/object:os.system x\n", DIAG_YAML_TAG, 1, 4,
     "a tag, 'tag:yaml.org,2002:python/object:os.system'", NULL},
    {"a tag with an address", "a: !<tag:example.org,2000:x> y\n", DIAG_YAML_TAG, 1, 4,
     "a tag, 'tag:example.org,2000:x'", NULL},
    {"a tag of an unknown handle", "a: !x!y z\n", DIAG_YAML_TAG, 1, 4, "a value that begins with '!' is a tag to YAML",
     "put quotes around it: \"!x!y z\""},
    {"a directive", "%YAML 1.2\n---\na: b\n", DIAG_YAML_DIRECTIVE, 1, 1, "a YAML directive",
     "delete the lines that begin with '%'"},
    {"a directive of another version", "# x\n\n%YAML 9.9\n---\na: b\n", DIAG_YAML_DIRECTIVE, 3, 1, "a YAML directive",
     NULL},
    {"a second document", "a: 1\n---\nb: 2\n", DIAG_YAML_DOCUMENTS, 2, 1, "a second document begins here",
     "one file holds one document: delete the '---' line or what follows it"},
    {"a key twice", "a: b\nb: c\na: c\n", DIAG_YAML_DUPLICATE_KEY, 3, 1, "the key 'a' stands twice, first in line 1",
     "keep one of them"},
    {"a key twice in braces", "x: {é: b, é: c}\n", DIAG_YAML_DUPLICATE_KEY, 1, 11,
     "the key 'é' stands twice, first in line 1", NULL},
    {"a key twice after normalisation", "caf\u00e9: 1\ncafe\u0301: 2\n", DIAG_YAML_DUPLICATE_KEY, 2, 1,
     "the key 'cafe\u0301' stands twice, first in line 1",
     "the two look the same but are written with different Unicode characters; keep one"},
    {"a byte of Windows", "a: b\n\nc: caf\xe9\n", DIAG_YAML_ENCODING, 3, 7, "the byte 0xe9 is no UTF-8",
     "save the file as UTF-8; in the encoding of Windows this byte is 'é'"},
    {"a dash of Windows", "c: a \x96 b\n", DIAG_YAML_ENCODING, 1, 6, "the byte 0x96 is no UTF-8",
     "save the file as UTF-8; in the encoding of Windows this byte is '–'"},
    {"a broken sequence", "c: \xe2\x82 b\n", DIAG_YAML_ENCODING, 1, 4, "the byte 0xe2 is no UTF-8",
     "save the file as UTF-8"},
    {"a control character", "a: b\n\nb: \x01\n", DIAG_YAML_CONTROL, 3, 4, "the control character U+0001",
     "delete this invisible character and type what should stand there"},
    {"an escape character", "a: \x1b[31m\n", DIAG_YAML_CONTROL, 1, 4, "the control character U+001B", NULL},
    {"a C1 control", "a: \xc2\x9b\n", DIAG_YAML_CONTROL, 1, 4, "the control character U+009B", NULL},
    {"a line separator", "a: b\u2028c\n", DIAG_YAML_CONTROL, 1, 5, "an invisible line separator, U+2028",
     "delete it and press Enter; it often comes with text that was pasted"},
    {"a byte order mark inside", "a: b\n\ufeffc: d\n", DIAG_YAML_CONTROL, 2, 1, "a byte order mark inside the text",
     "delete this invisible character; it comes from joining two files"},
    {"a control character by escape", "a: \"\\e[1m\"\n", DIAG_YAML_CONTROL, 1, 4,
     "an escape that stands for the control character U+001B",
     "in double quotes a backslash begins an escape; use single quotes, or write it twice"},
    {"a NUL by escape", "a: \"\\0\"\n", DIAG_YAML_CONTROL, 1, 4,
     "an escape that stands for the control character U+0000", NULL},
    {"an indentation of nothing", "a: |0\n  b\n", DIAG_YAML_SYNTAX, 1, 5, "an indentation of 0 after '|' or '>'",
     "leave the digit out"},
    {"a percent line", "a: b\n%c\n", DIAG_YAML_DIRECTIVE, 2, 1, "a line that begins with '%' is a directive to YAML",
     NULL},
};

/* What libyaml accepts and people did not mean: warnings. */
static const struct expected doubts[] = {
    {"a number sign cuts the value", "title: A #1 priority\n", DIAG_YAML_COMMENT, 1, 10,
     "a '#' after a blank begins a comment: the value ends before it",
     "put quotes around the value: \"A #1 priority\"; or write '# ' if it is a comment"},
    {"a number sign is the whole value", "a: #1 thing\n", DIAG_YAML_COMMENT, 1, 4,
     "a '#' after a blank begins a comment: the value ends before it", NULL},
    {"in a list", "- é\n- a #b\n", DIAG_YAML_COMMENT, 2, 5,
     "a '#' after a blank begins a comment: the value ends before it", NULL},
    {"a comment", "a: b # c\n", 0, 0, 0, NULL, NULL},
    {"a comment of signs", "a: b ####\n", 0, 0, 0, NULL, NULL},
    {"no comment: no blank before the sign", "a: b#1\n", 0, 0, 0, NULL, NULL},
    {"no comment: quotes", "a: \"A #1 priority\"\n", 0, 0, 0, NULL, NULL},
    {"curly quotes around the value", "a: “Hello”\n", DIAG_YAML_QUOTES, 1, 4,
     "curly quotes do not quote: they are part of the value",
     "write \"Hello\"; if they are meant as text, put straight quotes around them"},
    {"German quotes", "a: „Hallo“\n", DIAG_YAML_QUOTES, 1, 4, "curly quotes do not quote: they are part of the value",
     NULL},
    {"curly quotes around the key", "“title”: x\n", DIAG_YAML_QUOTES, 1, 1,
     "curly quotes do not quote: they are part of the key", "write the key without quotes: title"},
    {"curly quotes inside the value", "a: the “rule” of law\n", 0, 0, 0, NULL, NULL},
    {"an apostrophe at the end", "a: the officers’\n", 0, 0, 0, NULL, NULL},
    {"curly quotes in straight ones", "a: \"“Hello”\"\n", 0, 0, 0, NULL, NULL},
};

static void test_errors(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(errors); i++) {
        struct loaded loaded;
        load(&loaded, slice_of(errors[i].input));
        expect_one(&errors[i], &loaded.diags);
        if (loaded.ok || loaded.root)
            fail_msg("%s: was loaded", errors[i].name);
        unload(&loaded);
    }
}

static void test_doubts(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(doubts); i++) {
        struct loaded loaded;
        load(&loaded, slice_of(doubts[i].input));
        expect_one(&doubts[i], &loaded.diags);
        if (!loaded.ok)
            fail_msg("%s: was not loaded", doubts[i].name);
        unload(&loaded);
    }
}

static void test_utf16(void **state)
{
    (void)state;
    static const struct {
        const char *name, *bytes;
        size_t length;
    } cases[] = {
        {"little end first, marked",
         "\xff\xfe"
         "a\0:\0",
         6},
        {"big end first, marked", "\xfe\xff\0a\0:", 6},
        {"little end first", "a\0:\0 \0b\0", 8},
        {"big end first", "\0a\0:\0 \0b", 8},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct loaded loaded;
        load(&loaded, (struct slice){cases[i].bytes, cases[i].length});
        struct expected expected = {cases[i].name,
                                    "",
                                    DIAG_YAML_ENCODING,
                                    1,
                                    1,
                                    "the text is in UTF-16, not in UTF-8",
                                    "save the file again with the encoding UTF-8"};
        expect_one(&expected, &loaded.diags);
        unload(&loaded);
    }
}

/* ---- what is right, and where it stands ---- */

static void dump(FILE *out, const struct yaml_node *node, const struct slice file)
{
    if (node->key.length)
        fprintf(out, "%.*s<%.*s>=", SLICE_ARGS(node->key), (int)node->key_length, file.at + node->key_at);
    if (node->kind == YAML_SCALAR) {
        static const char *const styles[] = {"plain", "quoted", "block", "flow"};
        fprintf(out, "%s(%.*s)<%.*s>", styles[node->style], SLICE_ARGS(node->text), (int)node->length,
                file.at + node->at);
        return;
    }
    fputc(node->kind == YAML_MAPPING ? '{' : '[', out);
    for (const struct yaml_node *child = node->first; child; child = child->next) {
        dump(out, child, file);
        if (child->next)
            fputs(", ", out);
    }
    fprintf(out, "%c<%.*s>", node->kind == YAML_MAPPING ? '}' : ']', (int)node->length, file.at + node->at);
}

/* In a dump <…> are the bytes of the file that a key or value says it comes from. */
static const struct {
    const char *name, *yaml, *tree;
} trees[] = {
    {"nothing", "", "{}<>"},
    {"blanks and comments", "\n# x\n  \n", "{}<>"},
    {"a line of dashes alone", "---\n", "{}<>"},
    {"styles", "a: b\nc: 'd''e'\nf: \"g\\n\"\n",
     "{a<a>=plain(b)<b>, c<c>=quoted(d'e)<'d''e'>, f<f>=quoted(g\n)<\"g\\n\">}<a: b\nc: 'd''e'\nf: \"g\\n\">"},
    {"blocks", "a: |\n  x\n  y\n\nb: >-\n  z\n  w\n",
     "{a<a>=block(x\ny\n)<|\n  x\n  y>, b<b>=block(z w)<>-\n  z\n  w>}<a: |\n  x\n  y\n\nb: >-\n  z\n  w>"},
    {"flow", "{a: [b, {c: d}], 'e': }",
     "{a<a>=[plain(b)<b>, {c<c>=plain(d)<d>}<{c: d}>]<[b, {c: d}]>, e<'e'>=plain()<>}<{a: [b, {c: d}], 'e': }>"},
    {"a list below its key", "a:\n- b\n- c: d\n",
     "{a<a>=[plain(b)<b>, {c<c>=plain(d)<d>}<c: d>]<- b\n- c: d>}<a:\n- b\n- c: d>"},
    {"comments between", "a: # x\n  b # y\n# z\nc: d\n",
     "{a<a>=plain(b)<b>, c<c>=plain(d)<d>}<a: # x\n  b # y\n# z\nc: d>"},
    {"not typed by its look", "a: no\nb: 012\nc: 1e3\nd: 2026-01-01\ne: .inf\n",
     "{a<a>=plain(no)<no>, b<b>=plain(012)<012>, c<c>=plain(1e3)<1e3>, d<d>=plain(2026-01-01)<2026-01-01>, "
     "e<e>=plain(.inf)<.inf>}<a: no\nb: 012\nc: 1e3\nd: 2026-01-01\ne: .inf>"},
    {"a text over two lines", "a: b\n  c\nd: e\n", "{a<a>=plain(b c)<b\n  c>, d<d>=plain(e)<e>}<a: b\n  c\nd: e>"},
    {"more than one byte a letter", "é: ü\nش: “日本”\nz: 😀\n",
     "{é<é>=plain(ü)<ü>, ش<ش>=plain(“日本”)<“日本”>, z<z>=plain(😀)<😀>}<é: ü\nش: “日本”\nz: 😀>"},
    {"Windows line ends", "a: b\r\nc: |\r\n  d\r\n",
     "{a<a>=plain(b)<b>, c<c>=block(d\n)<|\r\n  d>}<a: b\r\nc: |\r\n  d>"},
    {"a byte order mark",
     "\xef\xbb\xbf"
     "a: b\n",
     "{a<a>=plain(b)<b>}<a: b>"},
    {"dashes and dots around", "---\na: b\n...\n", "{a<a>=plain(b)<b>}<a: b>"},
    {"a tab after the colon", "a:\tb\n", "{a<a>=plain(b)<b>}<a:\tb>"},
    {"a question mark for a key", "? a\n: b\n", "{a<a>=plain(b)<b>}<? a\n: b>"},
    {"an address", "a: https://example.org/x?y=z\n",
     "{a<a>=plain(https://example.org/x?y=z)<https://example.org/x?y=z>}"
     "<a: https://example.org/x?y=z>"},
    {"brackets in a value", "a: b [c] {d}\n", "{a<a>=plain(b [c] {d})<b [c] {d}>}<a: b [c] {d}>"},
    {"empty values", "a:\nb: ''\nc: []\n", "{a<a>=plain()<>, b<b>=quoted()<''>, c<c>=[]<[]>}<a:\nb: ''\nc: []>"},
};

static void test_trees(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(trees); i++) {
        struct loaded loaded;
        load(&loaded, slice_of(trees[i].yaml));
        if (!loaded.ok)
            fail_msg("%s: was not loaded", trees[i].name);
        char *text = NULL;
        size_t length = 0;
        FILE *stream = open_memstream(&text, &length);
        dump(stream, loaded.root, loaded.file.bytes);
        fclose(stream);
        if (strcmp(text, trees[i].tree) != 0)
            fail_msg("%s:\nexpected %s\ngot      %s", trees[i].name, trees[i].tree, text);
        free(text);
        unload(&loaded);
    }
}

/* The header of a document stands inside a larger file: all places count from the file's start. */
static void test_front_matter(void **state)
{
    (void)state;
    struct slice whole = SLICE("\xef\xbb\xbf---\r\ntitle: é\r\nowner: a: b\r\n---\r\n# Text\r\n");
    struct diag_file file = {NULL, whole};
    struct slice part = {whole.at + 8, 27};
    struct arena arena = {0};
    struct diag_list diags = {0};
    const struct yaml_node *root;
    assert_false(yaml_load(&root, &arena, &file, part, &diags));
    assert_int_equal(diags.count, 1);
    assert_null(diags.items[0].path);
    assert_int_equal(diags.items[0].line, 3);
    assert_int_equal(diags.items[0].column, 9);
    assert_int_equal(whole.at[diags.items[0].offset], ':');
    part.length = 11;
    assert_true(yaml_load(&root, &arena, &file, part, &diags));
    const struct yaml_node *title = yaml_get(root, "title");
    assert_int_equal(title->key_at, 8);
    assert_int_equal(title->at, 15);
    assert_int_equal(title->length, 2);
    arena_free(&arena);
    diag_list_free(&diags);
}

/* ---- hostile ---- */

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

enum { HOSTILE_BYTES = 1 << 20 };

/* 0.1 s on a machine that does nothing else; sanitizers take tenfold. */
#ifdef __clang__
#define HOSTILE_SECONDS 3.0
#else
#define HOSTILE_SECONDS 0.3
#endif

static struct slice repeat(const char *before, const char *unit, const char *after)
{
    char *text = malloc(HOSTILE_BYTES + 1);
    size_t used = strlen(before);
    memcpy(text, before, used);
    while (used + strlen(unit) + strlen(after) <= HOSTILE_BYTES) {
        memcpy(text + used, unit, strlen(unit));
        used += strlen(unit);
    }
    memcpy(text + used, after, strlen(after));
    return (struct slice){text, used + strlen(after)};
}

static const struct {
    const char *name, *before, *unit, *after;
    enum diag_code code; /* of the last diagnostic */
} hostile[] = {
    {"brackets", "", "[", "", DIAG_YAML_LIMIT},
    {"braces", "", "{a: ", "", DIAG_YAML_LIMIT},
    {"dashes", "", "- ", "", DIAG_YAML_LIMIT},
    {"question marks", "", "? ", "", DIAG_YAML_KEY},
    {"lines of dashes", "a:\n", " - ", "", DIAG_YAML_LIMIT},
    {"tag directives", "", "%TAG !a! tag:x\n", "", DIAG_YAML_DIRECTIVE},
    {"tag directives of a second document", "a: b\n---\n", "%TAG !a! tag:x\n", "", DIAG_YAML_DOCUMENTS},
    {"many values", "[", "a,", "]", DIAG_YAML_LIMIT},
    {"many keys twice", "", "a: 1\n", "", DIAG_YAML_LIMIT},
    {"many keys twice on one line", "{", "\"a\": b, ", "}", DIAG_YAML_LIMIT},
    {"many anchors", "a: [", "&a b,", "]", DIAG_YAML_LIMIT},
    {"many aliases", "a: [", "*a,", "]", DIAG_YAML_LIMIT},
    {"many comments", "", "a: b #c\n", "", DIAG_YAML_LIMIT},
    {"many bytes that are no UTF-8", "a: ", "\xff", "", DIAG_YAML_ENCODING},
    {"many control characters", "a: ", "\x01", "", DIAG_YAML_CONTROL},
    {"a quote without end", "a: \"", "b c ", "", DIAG_YAML_SYNTAX},
    {"colons", "a: ", "b: ", "", DIAG_YAML_SYNTAX},
    {"keys of a thousand letters", "{", "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\" ", "",
     DIAG_YAML_SYNTAX},
    {"lists of lists", "a: [", "[[[[[[[a]]]]]]],", "]", DIAG_YAML_LIMIT},
};

static void test_hostile(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(hostile); i++) {
        struct slice text = repeat(hostile[i].before, hostile[i].unit, hostile[i].after);
        struct loaded loaded;
        double start = seconds();
        load(&loaded, text);
        double spent = seconds() - start;
        if (loaded.ok || loaded.diags.count == 0 || loaded.diags.items[loaded.diags.count - 1].code != hostile[i].code)
            fail_msg("%s: ended with %s", hostile[i].name,
                     loaded.diags.count ? diag_word(loaded.diags.items[loaded.diags.count - 1].code) : "nothing");
        assert_in_range(loaded.diags.count, 1, 51);
        if (spent > HOSTILE_SECONDS)
            fail_msg("%s: took %.2f s", hostile[i].name, spent);
        unload(&loaded);
        free((char *)text.at);
    }
}

static void test_limits(void **state)
{
    (void)state;
    char deep[2 * (LIMIT_YAML_DEPTH + 1) + 1];
    for (size_t depth = LIMIT_YAML_DEPTH; depth <= LIMIT_YAML_DEPTH + 1; depth++) {
        memset(deep, '[', depth);
        memset(deep + depth, ']', depth);
        struct loaded loaded;
        load(&loaded, (struct slice){deep, depth * 2});
        assert_int_equal(loaded.ok, depth == LIMIT_YAML_DEPTH);
        if (!loaded.ok) {
            assert_string_equal(loaded.diags.items[0].text, "nested more than 32 levels deep");
            assert_int_equal(loaded.diags.items[0].column, LIMIT_YAML_DEPTH + 1);
        }
        unload(&loaded);
    }
    size_t length = (size_t)LIMIT_YAML_BYTES + 1;
    char *large = malloc(length);
    memset(large, ' ', length);
    struct loaded loaded;
    load(&loaded, (struct slice){large, length});
    assert_false(loaded.ok);
    assert_string_equal(loaded.diags.items[0].text, "the data is 4194305 bytes long; at most 4194304 are read");
    unload(&loaded);
    load(&loaded, (struct slice){large, length - 1});
    assert_true(loaded.ok);
    unload(&loaded);
    free(large);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_errors), cmocka_unit_test(test_doubts),       cmocka_unit_test(test_utf16),
        cmocka_unit_test(test_trees),  cmocka_unit_test(test_front_matter), cmocka_unit_test(test_hostile),
        cmocka_unit_test(test_limits),
    };
    return cmocka_run_group_tests_name("yaml", tests, NULL, NULL);
}
