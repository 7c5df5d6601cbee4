/* Loads words: one YAML file a language and layer, then, for each language of the
 * site, the text that stands where that language has none. Relies on yaml/ for
 * reading and on text/format for what a language's plurals are called. */

#include "script/words.h"
#include "base/limits.h"
#include "base/suggest.h"
#include "script/template.h"
#include "yaml/yaml.h"
#include <stdio.h>
#include <stdlib.h>

enum { CANDIDATES_MOST = 16 };

/* A language to look into, and the one of the site that led to it. */
struct candidate {
    const char *tag, *origin;
};

/* The words of one file. */
struct sheet {
    const char *language; /* from the file's name */
    size_t layer;
    struct diag_file file;
    struct word *words; /* one for each key, once all files are read */
    const struct yaml_node *root;
    bool is_faulty; /* it has been said what is wrong: nothing in it is missed */
};

struct loading {
    struct words *words;
    struct arena *arena;
    const struct template_options *options;
    struct diag_list *diags;
    struct sheet *sheets;
    size_t sheet_count, sheet_capacity;
};

/* "messages/pt-BR.yaml" → "pt-BR"; NULL for other files. */
static const char *sheet_language(struct arena *arena, const char *name)
{
    static const char folder[] = "messages/", end[] = ".yaml";
    struct slice path = slice_of(name);
    if (!slice_starts_with(path, folder) || !slice_ends_with(path, end))
        return NULL;
    path = slice_from(path, sizeof folder - 1);
    path.length -= sizeof end - 1;
    return memchr(path.at, '/', path.length) ? NULL : arena_copy(arena, path.at, path.length);
}

static void read_sheets(struct loading *loading)
{
    const struct template_options *options = loading->options;
    for (size_t i = 0; i < options->layer_count; i++) {
        for (size_t j = 0; j < options->layers[i].file_count; j++) {
            const struct theme_file *from = &options->layers[i].files[j];
            const char *language = sheet_language(loading->arena, from->name);
            if (!language)
                continue;
            struct sheet sheet = {.language = language, .layer = i, .file = {from->path, from->bytes}};
            sheet.is_faulty = !yaml_load(&sheet.root, loading->arena, &sheet.file, from->bytes, loading->diags);
            if (sheet.root && sheet.root->kind != YAML_MAPPING) {
                sheet.is_faulty = true;
                diag_add(loading->diags, DIAG_THEME_WORD, yaml_place(&sheet.file, sheet.root),
                         "a messages file is a mapping from keys to words");
                diag_help(loading->diags, "write 'key: Text', one a line");
            }
            LIST_GROW(loading->sheets, loading->sheet_count, loading->sheet_capacity);
            loading->sheets[loading->sheet_count++] = sheet;
        }
    }
}

static const struct yaml_node *first_word(const struct sheet *sheet)
{
    return sheet->is_faulty ? NULL : sheet->root->first;
}

static bool is_reference(const struct loading *loading, const struct sheet *sheet)
{
    return strcmp(sheet->language, "en") == 0 || strcmp(sheet->language, loading->options->default_language) == 0;
}

/* The keys are those of English and of the site's own language, in any layer: the
 * other files translate them. */
static void collect_keys(struct loading *loading)
{
    struct words *words = loading->words;
    for (size_t i = 0; i < loading->sheet_count; i++) {
        if (!is_reference(loading, &loading->sheets[i]))
            continue;
        for (const struct yaml_node *node = first_word(&loading->sheets[i]); node; node = node->next) {
            if (table_add(&words->by_key, node->key, (uint32_t)words->key_count) != words->key_count)
                continue;
            words->keys = memory_grow(words->keys, words->key_count, &words->key_capacity, sizeof *words->keys);
            words->keys[words->key_count++] = node->key;
        }
    }
}

static bool read_plural(const struct loading *loading, const struct sheet *sheet, const struct yaml_node *node,
                        struct word *out)
{
    out->is_plural = true;
    for (const struct yaml_node *form = node->first; form; form = form->next) {
        size_t plural = 0;
        while (plural < PLURAL_COUNT && !slice_is(form->key, plural_word((enum plural)plural)))
            plural++;
        if (plural == PLURAL_COUNT || form->kind != YAML_SCALAR) {
            diag_add(loading->diags, DIAG_THEME_WORD, yaml_key_place(&sheet->file, form),
                     plural == PLURAL_COUNT ? "'%.*s' is no plural form" : "the form '%.*s' is no text",
                     SLICE_ARGS(form->key));
            return diag_help(loading->diags, "the forms are zero, one, two, few, many and other, each a text");
        }
        out->forms[plural] = form->text;
    }
    if (out->forms[PLURAL_OTHER].at)
        return true;
    diag_add(loading->diags, DIAG_THEME_WORD, yaml_key_place(&sheet->file, node), "the word '%.*s' has no form 'other'",
             SLICE_ARGS(node->key));
    return diag_help(loading->diags, "'other' stands wherever no other form fits; every word with plurals has it");
}

static void read_word(const struct loading *loading, struct sheet *sheet, const struct yaml_node *node)
{
    uint32_t key = table_get(&loading->words->by_key, node->key);
    if (key == TABLE_NONE) {
        char help[200];
        words_suggest(loading->words, node->key, help, sizeof help);
        diag_add(loading->diags, DIAG_THEME_WORD_UNKNOWN, yaml_key_place(&sheet->file, node),
                 "no template asks for the word '%.*s'", SLICE_ARGS(node->key));
        diag_help(loading->diags, "%s", help[0] ? help : "the keys are those of messages/en.yaml");
        return;
    }
    struct word word = {.is_there = true};
    if (node->kind == YAML_SCALAR) {
        word.forms[PLURAL_OTHER] = node->text.at ? node->text : SLICE("");
    } else if (node->kind != YAML_MAPPING) {
        word.forms[PLURAL_OTHER] = SLICE("");
        diag_add(loading->diags, DIAG_THEME_WORD, yaml_place(&sheet->file, node), "the word '%.*s' is a list",
                 SLICE_ARGS(node->key));
        diag_help(loading->diags, "write a text, or the plural forms as {one: …, other: …}");
    } else if (!read_plural(loading, sheet, node, &word)) {
        word = (struct word){.is_there = true};
        word.forms[PLURAL_OTHER] = SLICE("");
    }
    sheet->words[key] = word; /* a faulty one too: it is not missing */
}

bool words_next_argument(struct slice text, size_t *from, size_t *at, struct slice *name)
{
    for (size_t i = *from; i < text.length; i++) {
        if (text.at[i] != '{')
            continue;
        size_t end = i + 1;
        while (end < text.length && ((text.at[end] >= 'a' && text.at[end] <= 'z') || text.at[end] == '_'))
            end++;
        if (end > i + 1 && end < text.length && text.at[end] == '}') {
            *name = (struct slice){text.at + i + 1, end - i - 1};
            *at = i;
            *from = end + 1;
            return true;
        }
    }
    return false;
}

static bool has_argument(const struct word *word, struct slice name)
{
    for (size_t i = 0; i < PLURAL_COUNT; i++) {
        struct slice found;
        for (size_t from = 0, at; words_next_argument(word->forms[i], &from, &at, &found);)
            if (slice_equal(found, name))
                return true;
    }
    return false;
}

/* An argument that the English (or own) word does not have is never given. */
static void check_arguments(const struct loading *loading, const struct sheet *sheet, size_t key)
{
    const struct word *reference = NULL;
    for (size_t i = 0; i < loading->sheet_count && !reference; i++)
        if (is_reference(loading, &loading->sheets[i]) && loading->sheets[i].words[key].is_there)
            reference = &loading->sheets[i].words[key];
    for (size_t i = 0; reference && i < PLURAL_COUNT; i++) {
        struct slice name;
        for (size_t from = 0, at; words_next_argument(sheet->words[key].forms[i], &from, &at, &name);) {
            if (has_argument(reference, name))
                continue;
            const struct yaml_node *node = yaml_get(sheet->root, loading->words->keys[key].at);
            diag_add(loading->diags, DIAG_THEME_WORD_UNKNOWN, yaml_place(&sheet->file, node),
                     "the word '%.*s' has no argument '{%.*s}'", SLICE_ARGS(loading->words->keys[key]),
                     SLICE_ARGS(name));
            diag_help(loading->diags, "use the arguments that the word has in messages/en.yaml");
        }
    }
}

static void read_words(struct loading *loading)
{
    for (size_t i = 0; i < loading->sheet_count; i++) {
        struct sheet *sheet = &loading->sheets[i];
        sheet->words = ARENA_ARRAY(loading->arena, struct word, loading->words->key_count);
        for (const struct yaml_node *node = first_word(sheet); node; node = node->next)
            read_word(loading, sheet, node);
    }
    for (size_t i = 0; i < loading->sheet_count; i++)
        for (size_t key = 0; key < loading->words->key_count; key++)
            if (loading->sheets[i].words[key].is_there)
                check_arguments(loading, &loading->sheets[i], key);
}

/* Appends a tag, then itself with subtags cut from the right, each once. */
static size_t add_candidates(struct arena *arena, struct candidate *candidates, size_t count, const char *tag)
{
    struct slice rest = slice_of(tag);
    while (rest.length && count < CANDIDATES_MOST) {
        const char *candidate = arena_copy(arena, rest.at, rest.length);
        bool is_new = true;
        for (size_t i = 0; i < count; i++)
            is_new &= strcmp(candidates[i].tag, candidate) != 0;
        if (is_new)
            candidates[count++] = (struct candidate){candidate, tag};
        while (rest.length && rest.at[rest.length - 1] != '-')
            rest.length--;
        if (rest.length)
            rest.length--;
    }
    return count;
}

static const struct sheet *find_word(const struct loading *loading, const char *language, size_t key)
{
    const struct sheet *best = NULL;
    for (size_t i = 0; i < loading->sheet_count; i++) {
        const struct sheet *sheet = &loading->sheets[i];
        if (strcmp(sheet->language, language) == 0 && sheet->words[key].is_there &&
            (!best || sheet->layer < best->layer))
            best = sheet;
    }
    return best;
}

/* The sheet that people would add a missing word to. */
static const struct sheet *sheet_of(const struct loading *loading, const char *language)
{
    for (size_t i = 0; i < loading->sheet_count; i++)
        if (strcmp(loading->sheets[i].language, language) == 0)
            return &loading->sheets[i];
    return NULL;
}

static void report_missing(const struct loading *loading, const struct words_language *language, size_t own_count,
                           const struct candidate *candidates)
{
    const struct words *words = loading->words;
    const struct sheet *sheet = NULL;
    for (size_t i = 0; i < own_count && !sheet; i++)
        sheet = sheet_of(loading, candidates[i].tag);
    if (!sheet) {
        diag_add(loading->diags, DIAG_THEME_WORD_MISSING, PLACE_RUN, "the theme has no words in '%s'", language->tag);
        diag_help(loading->diags, "add messages/%s.yaml to the theme; messages/en.yaml has all keys", language->tag);
        return;
    }
    for (size_t key = 0; key < words->key_count && !sheet->is_faulty; key++) {
        bool is_own = false;
        for (size_t i = 0; i < own_count; i++)
            is_own |= find_word(loading, candidates[i].tag, key) != NULL;
        if (is_own)
            continue;
        diag_add(loading->diags, DIAG_THEME_WORD_MISSING, place_file(&sheet->file),
                 "the word '%.*s' is missing in '%s'", SLICE_ARGS(words->keys[key]), language->tag);
        diag_help(loading->diags, "add a line '%.*s: …' to this file", SLICE_ARGS(words->keys[key]));
    }
}

static void report_plural(const struct loading *loading, const struct words_language *language,
                          const struct sheet *sheet, size_t key)
{
    unsigned needed = format_plurals(language->format);
    for (size_t i = 0; i < PLURAL_COUNT; i++) {
        if (!(needed & 1u << i) || sheet->words[key].forms[i].at)
            continue;
        struct slice name = loading->words->keys[key];
        diag_add(loading->diags, DIAG_THEME_WORD_MISSING, yaml_key_place(&sheet->file, yaml_get(sheet->root, name.at)),
                 "the word '%.*s' has no form '%s', which '%s' needs", SLICE_ARGS(name), plural_word((enum plural)i),
                 language->tag);
        diag_help(loading->diags, "add '%s: …'; without it the form 'other' is shown", plural_word((enum plural)i));
        return;
    }
}

static const struct language *language_of(const struct template_options *options, const char *tag)
{
    for (size_t i = 0; i < options->language_count; i++)
        if (strcmp(options->languages[i].tag, tag) == 0)
            return &options->languages[i];
    return NULL;
}

static struct key mix_text(struct key key, struct slice text)
{
    uint64_t length = text.length;
    return key_mix(key_mix(key, (struct slice){(const char *)&length, sizeof length}), text);
}

static void settle_language(struct loading *loading, struct words_language *language)
{
    struct words *words = loading->words;
    struct candidate candidates[CANDIDATES_MOST];
    size_t own_count = add_candidates(loading->arena, candidates, 0, language->tag);
    size_t count = own_count;
    const struct language *spec = language_of(loading->options, language->tag);
    for (size_t i = 0; spec && i < spec->fallback_count; i++)
        count = add_candidates(loading->arena, candidates, count, spec->fallback[i]);
    count = add_candidates(loading->arena, candidates, count, loading->options->default_language);
    count = add_candidates(loading->arena, candidates, count, "en");
    if (spec)
        report_missing(loading, language, own_count, candidates);

    language->words = ARENA_ARRAY(loading->arena, struct word, words->key_count);
    for (size_t key = 0; key < words->key_count; key++) {
        for (size_t i = 0; i < count && !language->words[key].is_there; i++) {
            const struct sheet *sheet = find_word(loading, candidates[i].tag, key);
            if (!sheet)
                continue;
            language->words[key] = sheet->words[key];
            language->words[key].language = words_language(words, candidates[i].origin);
            if (spec && i < own_count && sheet->words[key].is_plural)
                report_plural(loading, language, sheet, key);
        }
        language->key = mix_text(language->key, words->keys[key]);
        for (size_t i = 0; i < PLURAL_COUNT; i++)
            language->key = mix_text(language->key, language->words[key].forms[i]);
    }
}

static void add_language(struct words *words, struct arena *arena, const char *tag)
{
    for (size_t i = 0; i < words->language_count; i++)
        if (strcmp(words->languages[i].tag, tag) == 0)
            return;
    struct words_language *language = &words->languages[words->language_count++];
    *language = (struct words_language){.tag = arena_copy(arena, tag, strlen(tag)), .format = format_new(tag)};
}

void words_load(struct words *words, struct arena *arena, const struct template_options *options,
                struct diag_list *diags)
{
    struct loading loading = {.words = words, .arena = arena, .options = options, .diags = diags};
    words->languages = ARENA_ARRAY(arena, struct words_language, options->language_count + 2);
    for (size_t i = 0; i < options->language_count; i++)
        add_language(words, arena, options->languages[i].tag);
    add_language(words, arena, options->default_language);
    add_language(words, arena, "en");

    read_sheets(&loading);
    collect_keys(&loading);
    read_words(&loading);
    for (size_t i = 0; i < words->language_count; i++)
        settle_language(&loading, &words->languages[i]);
    free(loading.sheets);
}

void words_free(struct words *words)
{
    for (size_t i = 0; i < words->language_count; i++)
        format_free(words->languages[i].format);
    free(words->keys);
    table_free(&words->by_key);
    *words = (struct words){0};
}

uint32_t words_language(const struct words *words, const char *tag)
{
    for (size_t i = 0; i < words->language_count; i++)
        if (strcmp(words->languages[i].tag, tag) == 0)
            return (uint32_t)i;
    return 0;
}

const struct word *words_get(const struct words *words, uint32_t language, struct slice key)
{
    uint32_t index = table_get(&words->by_key, key);
    return index == TABLE_NONE ? NULL : &words->languages[language].words[index];
}

void words_suggest(const struct words *words, struct slice key, char *out, size_t out_bytes)
{
    struct suggestion suggestion = {.wanted = key};
    for (size_t i = 0; i < words->key_count; i++)
        suggest_offer(&suggestion, words->keys[i]);
    suggest_text(&suggestion, out, out_bytes);
}
