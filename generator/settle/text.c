/* What all data files have in common: texts by language, keys, periods. */

#include "base/buffer.h"
#include "settle/parts.h"
#include "text/unicode.h"

struct yaml_reader settle_reader(const struct settle_load *load, const struct diag_file *file)
{
    return (struct yaml_reader){
        .file = file, .arena = load->arena, .diags = load->diags, .most_diags = load->diags->count + SETTLE_DIAGS_MOST};
}

const struct yaml_node *settle_open(const struct yaml_reader *reader)
{
    const struct yaml_node *root;
    if (!yaml_load(&root, reader->arena, reader->file, reader->file->bytes, reader->diags))
        return NULL;
    return yaml_expect(reader, root, YAML_MAPPING) ? root : NULL;
}

/* A tag that the site does not have is a warning: shared data may know more languages than one site. */
static void check_language(const struct settle_load *load, const struct yaml_reader *reader,
                           const struct yaml_node *node)
{
    const struct site_config *config = load->config;
    if (config_language(config, node->key))
        return;
    const char **tags = ARENA_ARRAY(load->arena, const char *, config->language_count);
    for (size_t i = 0; i < config->language_count; i++)
        tags[i] = config->languages[i].tag;
    yaml_report_name(reader, DIAG_LANGUAGE_UNKNOWN, yaml_key_place(reader->file, node), node->key, tags,
                     config->language_count, "the site has no language '%.*s'", SLICE_ARGS(node->key));
}

struct localised settle_same(struct arena *arena, struct slice text)
{
    struct localised_text *item = ARENA_NEW(arena, struct localised_text);
    *item = (struct localised_text){"", text};
    return (struct localised){item, 1};
}

bool settle_text(const struct settle_load *load, const struct yaml_reader *reader, const struct yaml_node *node,
                 struct localised *out)
{
    const char *text;
    if (node->kind != YAML_MAPPING) {
        if (!yaml_read_text(&text, reader, node))
            return false;
        *out = settle_same(load->arena, slice_of(text));
        return true;
    }
    struct localised_text *items = ARENA_ARRAY(load->arena, struct localised_text, node->count + 1);
    size_t count = 0;
    for (const struct yaml_node *child = node->first; child; child = child->next) {
        check_language(load, reader, child);
        if (!yaml_read_text(&text, reader, child))
            return false;
        items[count++] = (struct localised_text){child->key.at, slice_of(text)};
    }
    *out = (struct localised){items, count};
    if (count)
        return true;
    return yaml_report(reader, DIAG_VALUE_EMPTY, yaml_place(reader->file, node), "write {en: TEXT, fr: TEXT}",
                       "%s has a text in no language", yaml_subject(reader, node));
}

bool settle_text_of(const struct settle_load *load, const struct yaml_reader *reader, const struct yaml_node *map,
                    const char *key, struct localised *out)
{
    const struct yaml_node *node = yaml_get(map, key);
    return !node || settle_text(load, reader, node, out);
}

static bool add_texts(const struct yaml_reader *reader, const struct yaml_node *node, const char *tag,
                      struct localised_text *items, size_t *count)
{
    const char **texts;
    size_t text_count;
    if (!yaml_read_texts(&texts, &text_count, reader, node))
        return false;
    for (size_t i = 0; i < text_count; i++)
        items[(*count)++] = (struct localised_text){tag, slice_of(texts[i])};
    return true;
}

bool settle_texts_of(const struct settle_load *load, const struct yaml_reader *reader, const struct yaml_node *map,
                     const char *key, const struct localised_text **items, size_t *count)
{
    const struct yaml_node *node = yaml_get(map, key);
    if (!node)
        return true;
    size_t most = node->count + 1;
    bool by_language = node->kind == YAML_MAPPING, ok = true;
    for (const struct yaml_node *child = by_language ? node->first : NULL; child; child = child->next)
        most += child->count;
    struct localised_text *texts = ARENA_ARRAY(load->arena, struct localised_text, most);
    size_t used = 0;
    if (!by_language)
        ok = add_texts(reader, node, "", texts, &used);
    for (const struct yaml_node *child = by_language ? node->first : NULL; child; child = child->next) {
        check_language(load, reader, child);
        ok &= add_texts(reader, child, child->key.at, texts, &used);
    }
    *items = texts;
    *count = used;
    return ok;
}

struct fact_place settle_place(const struct yaml_reader *reader, const struct yaml_node *node)
{
    struct place place = yaml_key_place(reader->file, node);
    return (struct fact_place){reader->file, (uint32_t)place.offset, (uint32_t)place.length};
}

bool settle_check_key(const struct yaml_reader *reader, const struct yaml_node *node, const char *what)
{
    if (unicode_is_id(node->key, NULL))
        return true;
    return yaml_report(reader, DIAG_DATA_KEY, yaml_key_place(reader->file, node),
                       "use letters and digits, with '-', '_' or '.' between them", "'%.*s' cannot be the key of %s",
                       SLICE_ARGS(node->key), what);
}

bool settle_check_period(const struct yaml_reader *reader, const struct yaml_node *node, int32_t from, int32_t until)
{
    if (from == 0 || until == 0 || from <= until)
        return true;
    return yaml_report(reader, DIAG_VALUE_TYPE, yaml_place(reader->file, yaml_get(node, "valid_until")),
                       "both are days on which it holds", "`valid_until` is before `valid_from`");
}

bool settle_duplicate(const struct yaml_reader *reader, const struct yaml_node *node, const char *what,
                      const struct fact_place *standing)
{
    struct arena scratch = {0};
    struct diag where = {.offset = standing->at};
    diag_locate(&where, &scratch, standing->file->bytes);
    arena_free(&scratch);
    return yaml_report(reader, DIAG_DATA_DUPLICATE, yaml_key_place(reader->file, node), "keep one of them",
                       "the %s '%.*s' stands in %s:%u already", what, SLICE_ARGS(node->key), standing->file->path,
                       where.line);
}

bool settle_unknown_edition(const struct settle_load *load, const struct yaml_reader *reader,
                            const struct yaml_node *node, const char *edition)
{
    const struct site_config *config = load->config;
    const char **names = ARENA_ARRAY(load->arena, const char *, config->edition_count);
    for (size_t i = 0; i < config->edition_count; i++)
        names[i] = config->editions[i].id;
    return yaml_report_name(reader, DIAG_VALUE_TYPE, yaml_place(reader->file, node), slice_of(edition), names,
                            config->edition_count, "there is no edition '%s'", edition);
}

bool settle_is_address(struct slice url)
{
    static const char *const schemes[] = {"https://", "http://", "mailto:", "tel:"};
    bool has_scheme = false;
    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++)
        has_scheme |= slice_starts_with(url, schemes[i]) && url.length > strlen(schemes[i]);
    for (size_t i = 0; i < url.length; i++)
        if ((unsigned char)url.at[i] <= ' ' || strchr("\"<>\\`", url.at[i]))
            return false;
    return has_scheme;
}

const char *settle_names(struct arena *arena, const struct slice *names, size_t count)
{
    enum { SHOWN_MOST = 8 };
    struct buffer text = BUFFER(1 << 10);
    size_t shown = count <= SHOWN_MOST ? count : SHOWN_MOST - 1;
    for (size_t i = 0; i < shown; i++) {
        const char *before = i == 0 ? "" : i + 1 == count ? " and " : ", ";
        buffer_printf(&text, "%s%.*s", before, SLICE_ARGS(names[i]));
    }
    if (shown < count)
        buffer_printf(&text, " and %zu more", count - shown);
    const char *copy = arena_slice(arena, buffer_view(&text)).at;
    buffer_free(&text);
    return copy;
}
